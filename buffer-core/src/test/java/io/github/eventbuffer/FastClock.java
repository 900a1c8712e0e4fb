package io.github.eventbuffer;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** A clock on which a thousand seconds pass in one: delays in earnest, tests that end. */
final class FastClock implements BufferClock {
  private static final int TIMES = 1_000;
  private final long origin = System.nanoTime();

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return (System.nanoTime() - origin) * TIMES;
  }

  @Override
  public void park(long nanos) {
    if (nanos > 0) {
      LockSupport.parkNanos(this, Math.max(1, nanos / TIMES));
    }
  }
}
