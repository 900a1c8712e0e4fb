package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import java.time.Duration;
import java.util.Map;

/**
 * What the ids of a duplicate window of a million take on the heap: all that a buffer with them
 * takes, by a run that has accepted two windows of them, and by the next one, which found one on
 * disk.
 *
 * <p>Figures in bytes per id: {@code accepted}, {@code found}, {@code most} of the two.
 */
final class FilterHeapTrial implements Trial {
  private static final int IDS = 1_000_000;

  @Override
  public Report run(Setting setting) throws Exception {
    IdLedger ledger = new IdLedger();
    CheckedTransport transport = new CheckedTransport(ledger);
    try (ScratchDirectory directory = new ScratchDirectory()) {
      // What is loaded and cached once and for all is no part of it.
      try (EventBuffer buffer = buffer(directory, "first", transport)) {
        fill(buffer, 0, 10_000, AppendResult.ACCEPTED);
      }
      long before = Heap.used();
      double accepted;
      try (EventBuffer buffer = buffer(directory, "second", transport)) {
        // The keys of the window before are let go of once they are all out of this one.
        fill(buffer, 0, 2 * IDS, AppendResult.ACCEPTED);
        accepted = (double) (Heap.used() - before) / IDS;
        buffer.flush(Duration.ofMinutes(2));
      }
      long lost = ledger.missing(2 * IDS);
      before = Heap.used();
      try (EventBuffer buffer = buffer(directory, "second", transport)) {
        double found = (double) (Heap.used() - before) / IDS;
        fill(buffer, IDS, 1, AppendResult.DUPLICATE);
        return Report.of(
            lost, Map.of("accepted", accepted, "found", found, "most", Math.max(accepted, found)));
      }
    }
  }

  private static EventBuffer buffer(
      ScratchDirectory directory, String name, CheckedTransport transport) {
    return EventBuffer.builder(directory.path().resolve(name))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .duplicateWindow(IDS, Duration.ofDays(1))
        .open();
  }

  private static void fill(EventBuffer buffer, int first, int ids, AppendResult expected) {
    for (int i = first; i < first + ids; i++) {
      AppendResult result = buffer.append(CheckoutEvent.event(CheckoutEvent.id(i)));
      if (result != expected) {
        throw new IllegalStateException("expected " + expected + ", was " + result);
      }
    }
  }
}
