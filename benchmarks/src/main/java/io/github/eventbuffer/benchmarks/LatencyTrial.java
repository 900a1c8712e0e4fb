package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/**
 * How long an append takes while one thread appends at a steady rate and all of it is read and
 * removed on the way: by the flusher, which cuts batches, commits, rolls and preallocates, or, for
 * the bare queue, by a tailer. Both look at each event that they read.
 *
 * <p>An append's time begins when it was due, not when the thread came to it: so a stall counts for
 * each append that it holds up. Both sides make the event in the loop, as a checkout does; the bare
 * queue then writes bytes that were encoded beforehand.
 *
 * <p>Figures in nanoseconds: {@code p50}, {@code p90}, {@code p99}, {@code p999}, {@code p9999},
 * {@code pause}, the longest.
 */
final class LatencyTrial implements Trial {
  private static final int PER_SECOND = 25_000;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
  private static final double[] SHOWN = {
    0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92.5, 95, 96.5, 98, 99, 99.5, 99.7, 99.8, 99.9,
    99.95, 99.97, 99.98, 99.99, 99.995, 99.999, 100
  };

  private final boolean raw;
  private final IdLedger ledger = new IdLedger();

  /** What the loop made last: so that no event is made for nothing. */
  private volatile ConversionEvent made = CheckoutEvent.event(CheckoutEvent.id(0));

  LatencyTrial(boolean raw) {
    this.raw = raw;
  }

  @Override
  public Report run(Setting setting) throws Exception {
    int warmUps = setting.choose(2, 10) * PER_SECOND;
    int events = warmUps + setting.choose(6, 40) * PER_SECOND;
    return raw ? raw(warmUps, events) : ours(warmUps, events);
  }

  private Report ours(int warmUps, int events) throws Exception {
    try (ScratchDirectory directory = new ScratchDirectory();
        EventBuffer buffer =
            EventBuffer.builder(directory.path().resolve("events"))
                .destination(Destination.of("12345", "website_pixel"))
                .transport(new CheckedTransport(ledger))
                .open()) {
      Histogram latencies =
          paced(
              warmUps,
              events,
              number -> {},
              () -> {
                if (buffer.append(made) != AppendResult.ACCEPTED) {
                  throw new IllegalStateException("not accepted");
                }
              });
      buffer.flush(Duration.ofMinutes(1));
      return report(latencies, ledger.missing(events));
    }
  }

  private Report raw(int warmUps, int events) throws Exception {
    byte[] json = CheckoutEvent.json(CheckoutEvent.id(0));
    AtomicBoolean done = new AtomicBoolean();
    try (ScratchDirectory directory = new ScratchDirectory();
        RawQueue queue = RawQueue.sparse(directory.path())) {
      Thread reader = new Thread(() -> read(queue, done), "reader");
      reader.start();
      Histogram latencies =
          paced(
              warmUps,
              events,
              number -> CheckoutEvent.number(json, number),
              () -> queue.append(json));
      done.set(true);
      reader.join();
      return report(latencies, ledger.missing(events));
    }
  }

  private void read(RawQueue queue, AtomicBoolean done) {
    try (RawQueue.Tail tail = queue.tail()) {
      while (true) {
        boolean last = done.get();
        while (tail.next() >= 0) {
          ledger.enterEvent(tail.entry());
        }
        if (last) {
          return;
        }
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Histogram paced(int warmUps, int events, IntConsumer encode, Runnable append) {
    Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    long start = System.nanoTime();
    for (int i = 0; i < events; i++) {
      made = CheckoutEvent.event(CheckoutEvent.id(i));
      encode.accept(i);
      long due = start + i * INTERVAL_NANOS;
      while (System.nanoTime() - due < 0) {
        Thread.onSpinWait();
      }
      append.run();
      if (i >= warmUps) {
        latencies.recordValue(
            Math.min(System.nanoTime() - due, latencies.getHighestTrackableValue()));
      }
    }
    return latencies;
  }

  private static Report report(Histogram latencies, long lost) {
    List<Report.Point> curve = new ArrayList<>();
    for (double percentile : SHOWN) {
      curve.add(new Report.Point(percentile, latencies.getValueAtPercentile(percentile)));
    }
    return new Report(
        Map.of(
            "p50", (double) latencies.getValueAtPercentile(50),
            "p90", (double) latencies.getValueAtPercentile(90),
            "p99", (double) latencies.getValueAtPercentile(99),
            "p999", (double) latencies.getValueAtPercentile(99.9),
            "p9999", (double) latencies.getValueAtPercentile(99.99),
            "pause", (double) latencies.getMaxValue()),
        lost,
        curve);
  }
}
