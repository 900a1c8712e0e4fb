package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventTransport;
import java.time.Duration;
import java.util.Map;

/**
 * How long an open takes that finds a duplicate window of a million ids, all delivered; beside it,
 * one pass of a bare tailer over as many entries. In one JVM, in turn, because both need the same
 * million on disk and warm code: as many of each come before those that are measured as the JIT
 * needs to be done with both. The close is not part of it.
 *
 * <p>Figures in milliseconds: {@code open}, {@code pass}.
 */
final class OpenTrial implements Trial {
  private static final int IDS = 1_000_000;
  private static final int WARM_UPS = 8;

  /** What the buffer stores around the JSON of an event. */
  private static final int FRAME_BYTES = 48;

  @Override
  public Report run(Setting setting) throws Exception {
    double[] open = new double[setting.choose(7, 15)];
    double[] pass = new double[open.length];
    IdLedger ledger = new IdLedger();
    EventTransport transport = new CheckedTransport(ledger);
    try (ScratchDirectory directory = new ScratchDirectory();
        RawQueue raw = RawQueue.sparse(directory.path().resolve("raw"))) {
      try (EventBuffer buffer = buffer(directory, transport)) {
        for (int i = 0; i < IDS; i++) {
          append(buffer, i, AppendResult.ACCEPTED);
        }
        buffer.flush(Duration.ofMinutes(2));
      }
      byte[] frame = new byte[CheckoutEvent.BYTES + FRAME_BYTES];
      for (int i = 0; i < IDS; i++) {
        raw.append(frame);
      }
      for (int i = -WARM_UPS; i < open.length; i++) {
        double opened = open(directory, transport);
        double passed = pass(raw);
        if (i >= 0) {
          open[i] = opened;
          pass[i] = passed;
        }
      }
    }
    return Report.of(ledger.missing(IDS), Map.of("open", Median.of(open), "pass", Median.of(pass)));
  }

  private static EventBuffer buffer(ScratchDirectory directory, EventTransport transport) {
    return EventBuffer.builder(directory.path().resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .duplicateWindow(IDS, Duration.ofDays(1))
        .open();
  }

  private static void append(EventBuffer buffer, long number, AppendResult expected) {
    AppendResult result = buffer.append(CheckoutEvent.event(CheckoutEvent.id(number)));
    if (result != expected) {
      throw new IllegalStateException("expected " + expected + ", was " + result);
    }
  }

  /** Until the oldest id and the newest are known. */
  private static double open(ScratchDirectory directory, EventTransport transport) {
    long start = System.nanoTime();
    try (EventBuffer buffer = buffer(directory, transport)) {
      append(buffer, 0, AppendResult.DUPLICATE);
      append(buffer, IDS - 1, AppendResult.DUPLICATE);
      return (System.nanoTime() - start) / 1e6;
    }
  }

  private static double pass(RawQueue raw) {
    long start = System.nanoTime();
    int entries = 0;
    try (RawQueue.Tail tail = raw.tail()) {
      while (tail.next() >= 0) {
        entries++;
      }
    }
    if (entries != IDS) {
      throw new IllegalStateException(IDS + " entries written, but " + entries + " read");
    }
    return (System.nanoTime() - start) / 1e6;
  }
}
