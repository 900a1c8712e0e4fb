package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;

/**
 * Wall time for the age of events: read once at open and carried on by the monotonic clock, so that
 * a step of the wall clock changes no age while the buffer runs. Thread-safe.
 */
final class WallTime {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private final BufferClock clock;
  private final long openedMillis;
  private final long openedNanos;

  WallTime(BufferClock clock) {
    this.clock = clock;
    openedMillis = clock.now().toEpochMilli();
    openedNanos = clock.nanoTime();
  }

  /** Milliseconds since the epoch. */
  long millis() {
    return openedMillis + (clock.nanoTime() - openedNanos) / NANOS_PER_MILLI;
  }
}
