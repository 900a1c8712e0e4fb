package io.github.eventbuffer.benchmarks;

import java.io.IOException;

/** {@link RawQueue}, given the JSON that the buffer would make of the events. */
final class RawStore implements EventStore {
  private final ScratchDirectory directory = new ScratchDirectory();
  private final RawQueue queue;
  private final boolean forced;
  private byte[][] json = {};

  private RawStore(boolean preallocated, boolean forced) throws IOException {
    queue =
        preallocated ? RawQueue.preallocated(directory.path()) : RawQueue.sparse(directory.path());
    this.forced = forced;
  }

  /** With Chronicle's defaults. */
  static RawStore sparse() throws IOException {
    return new RawStore(false, false);
  }

  /** On segments laid out as the buffer's. */
  static RawStore preallocated() throws IOException {
    return new RawStore(true, false);
  }

  /** The same, with a force after each append. For one thread. */
  static RawStore forced() throws IOException {
    return new RawStore(true, true);
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) throws IOException {
    queue.append(json[event]);
    if (forced) {
      queue.force();
    }
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
