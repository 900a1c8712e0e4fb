package io.github.eventbuffer.testkit;

import io.github.eventbuffer.BufferClock;
import java.util.concurrent.TimeUnit;

/** So many requests in each minute, the minutes counted from the first request. Thread-safe. */
final class RateLimit {

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** What the client is told; not allowed when the limit was used up before. */
  record Decision(boolean allowed, int limit, int remaining, long resetSeconds) {}

  private final int perMinute;
  private final BufferClock clock;
  private boolean started;
  private long windowStart;
  private int used;

  RateLimit(int perMinute, BufferClock clock) {
    this.perMinute = perMinute;
    this.clock = clock;
  }

  synchronized Decision take() {
    long now = clock.nanoTime();
    if (!started || now - windowStart >= MINUTE_NANOS) {
      started = true;
      windowStart = now;
      used = 0;
    }
    boolean allowed = used < perMinute;
    used += allowed ? 1 : 0;
    long leftNanos = MINUTE_NANOS - (now - windowStart);
    long resetSeconds = Math.max(1, (leftNanos + 999_999_999L) / 1_000_000_000L);
    return new Decision(allowed, perMinute, perMinute - used, resetSeconds);
  }
}
