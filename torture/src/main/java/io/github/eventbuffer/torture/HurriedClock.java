package io.github.eventbuffer.torture;

import io.github.eventbuffer.BufferClock;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * A monotonic clock that runs faster than time does, so that nobody waits a minute for a minute.
 */
final class HurriedClock implements BufferClock {
  private final long times;
  private final long origin = System.nanoTime();

  /** {@code times}: how much faster. */
  HurriedClock(long times) {
    this.times = times;
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return (System.nanoTime() - origin) * times;
  }

  @Override
  public void park(long nanos) {
    LockSupport.parkNanos(this, Math.max(1, nanos / times));
  }
}
