package io.github.eventbuffer.benchmarks;

import java.io.IOException;

/** {@link RawQueue}, given the JSON that the buffer would make of the events. */
final class RawStore implements EventStore {
  private final ScratchDirectory directory = new ScratchDirectory();
  private final RawQueue queue;
  private byte[][] json = {};

  RawStore(boolean preallocated) throws IOException {
    queue =
        preallocated ? RawQueue.preallocated(directory.path()) : RawQueue.sparse(directory.path());
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) {
    queue.append(json[event]);
  }

  @Override
  public long missing(long events) {
    IdLedger ledger = new IdLedger();
    try (RawQueue.Tail tail = queue.tail()) {
      while (tail.next() >= 0) {
        ledger.enterEvent(tail.entry());
      }
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    queue.close();
    directory.close();
  }
}
