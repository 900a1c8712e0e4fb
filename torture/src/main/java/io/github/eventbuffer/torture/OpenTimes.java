package io.github.eventbuffer.torture;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How long opens took. Thread-safe. */
final class OpenTimes {
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

  /** Puts the usual three figures into a run's last line. */
  void report(Run run) {
    run.figure("opens", count());
    run.figure("p50_open_ms", millis(50));
    run.figure("p99_open_ms", millis(99));
    run.figure("worst_open_ms", millis(100));
  }
}
