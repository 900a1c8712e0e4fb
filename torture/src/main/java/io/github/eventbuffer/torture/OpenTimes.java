package io.github.eventbuffer.torture;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How long opens took. Thread-safe. */
final class OpenTimes {
  private static final int ENOUGH = 100;

  private long[] micros = new long[1024];
  private int count;

  synchronized void add(@Nullable Duration took) {
    if (took != null) {
      if (count == micros.length) {
        micros = Arrays.copyOf(micros, 2 * count);
      }
      micros[count++] = took.toNanos() / 1_000;
    }
  }

  synchronized int count() {
    return count;
  }

  /** The time that so many of a hundred did not exceed, in milliseconds; 0 without any. */
  synchronized long millis(double percent) {
    if (count == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(micros, count);
    Arrays.sort(sorted);
    int at = (int) Math.ceil(percent / 100 * count) - 1;
    return (sorted[Math.max(0, at)] + 999) / 1_000;
  }

  /**
   * Holds the opens against their bound. Of a few nothing is said: on a machine that is busy with
   * something else one of them may be late.
   *
   * @param percent so many of a hundred have to keep it
   */
  void judge(Oracle oracle, double percent, Duration bound) {
    if (count() >= ENOUGH && millis(percent) > bound.toMillis()) {
      oracle.violate(
          Violation.Rule.LIVENESS,
          percent + " % of the opens took up to " + millis(percent) + " ms, bound " + bound);
    }
  }

  /** Puts the usual three figures into a run's last line. */
  void report(Run run) {
    run.figure("opens", count());
    run.figure("p50_open_ms", millis(50));
    run.figure("p99_open_ms", millis(99));
    run.figure("worst_open_ms", millis(100));
  }
}
