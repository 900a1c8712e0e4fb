package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.FlushResult;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * How fast a backlog is delivered over HTTP to the sink: batches of 10,000, up to four in flight,
 * not compressed, all of it the buffer's defaults.
 *
 * <p>Figures: {@code rate} in events/s, and {@code ideal}, what it would be if nothing but the
 * sink's answers took time; of {@link #heap} {@code small} and {@code large}, the most heap in use,
 * garbage left out, during a backlog and during one five times as long.
 */
final class DrainTrial implements Trial {
  /** The buffer's defaults. */
  private static final int BATCH = 10_000;

  private static final double IN_FLIGHT = 4;
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private final int answerMillis;
  private final boolean heap;
  private long appended;

  private DrainTrial(int answerMillis, boolean heap) {
    this.answerMillis = answerMillis;
    this.heap = heap;
  }

  /** Times the delivery to a sink that answers so long after each batch has come. */
  static DrainTrial timed(int answerMillis) {
    return new DrainTrial(answerMillis, false);
  }

  /** Looks at the heap. */
  static DrainTrial heap() {
    // Slow enough to be looked at while it lasts.
    return new DrainTrial(50, true);
  }

  @Override
  public Report run(Setting setting) throws Exception {
    try (ScratchDirectory directory = new ScratchDirectory();
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> "scope3_benchmark")
                .baseUrl(Sink.delayed(setting.sink(), answerMillis))
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory.path().resolve("events"))
                .destination(Destination.of("12345", "website_pixel"))
                .transport(transport)
                .open()) {
      // The duplicate window is full after this, and the code is compiled.
      for (int i = 0; i < setting.choose(1, 3); i++) {
        drain(buffer, setting.choose(200_000, 1_000_000));
      }
      Map<String, Double> figures;
      if (heap) {
        int backlog = setting.choose(100_000, 200_000);
        figures =
            Map.of("small", mostUsed(buffer, backlog), "large", mostUsed(buffer, 5 * backlog));
      } else {
        int backlog = setting.choose(300_000, 1_000_000);
        double ideal = IN_FLIGHT * BATCH / Math.max(1e-3, answerMillis / 1e3);
        figures = Map.of("rate", backlog / (drain(buffer, backlog) / 1e9), "ideal", ideal);
      }
      return Report.of(Sink.missing(setting.sink(), appended), figures);
    }
  }

  /**
   * Appends while delivery is paused; returns the nanoseconds from its start to the last answer.
   */
  private long drain(EventBuffer buffer, int events) throws IOException {
    append(buffer, events);
    long start = System.nanoTime();
    buffer.resume();
    FlushResult result = buffer.flush(LONGEST);
    long took = System.nanoTime() - start;
    if (!result.complete()) {
      throw new IOException("not delivered: " + result);
    }
    return took;
  }

  private void append(EventBuffer buffer, int events) {
    buffer.pause();
    for (int i = 0; i < events; i++) {
      AppendResult result = buffer.append(CheckoutEvent.event(CheckoutEvent.id(appended++)));
      if (result != AppendResult.ACCEPTED) {
        throw new IllegalStateException("not accepted: " + result);
      }
    }
  }

  /** What is in flight comes and goes; so the most of many looks, and not one. */
  private double mostUsed(EventBuffer buffer, int events) throws IOException {
    append(buffer, events);
    buffer.resume();
    double most = 0;
    while (buffer.stats().pending() > 0) {
      most = Math.max(most, Heap.used());
    }
    if (!buffer.flush(LONGEST).complete()) {
      throw new IOException("not delivered");
    }
    return most;
  }
}
