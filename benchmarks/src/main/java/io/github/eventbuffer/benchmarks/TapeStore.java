package io.github.eventbuffer.benchmarks;

import com.squareup.tape2.QueueFile;
import java.io.IOException;

/**
 * Tape 2, {@code QueueFile.add}: a file whose every write is forced, so that an event survives a
 * loss of power. Its defaults are its only set-up ("Tape" README: all operations are synchronous).
 */
final class TapeStore implements EventStore {
  private final ScratchDirectory directory = new ScratchDirectory();
  private final QueueFile queue;
  private byte[][] json = {};

  TapeStore() throws IOException {
    queue = new QueueFile.Builder(directory.path().resolve("events").toFile()).build();
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) throws IOException {
    queue.add(json[event]);
  }

  @Override
  public long missing(long events) {
    IdLedger ledger = new IdLedger();
    queue.forEach(ledger::enterEvent);
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    queue.close();
    directory.close();
  }
}
