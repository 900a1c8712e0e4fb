package io.github.eventbuffer;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The machine's clock, put forward by a test: waits end in time, ages are what the test says. */
final class SteppedClock implements BufferClock {
  private final AtomicLong ahead = new AtomicLong();

  /** Lets time pass: monotonic and wall time. */
  void pass(Duration time) {
    ahead.addAndGet(time.toNanos());
  }

  @Override
  public Instant now() {
    return Instant.now().plusNanos(ahead.get());
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() + ahead.get();
  }

  @Override
  public void park(long nanos) {
    if (nanos > 0) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
