package io.github.eventbuffer;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Time as the buffer sees it; replaced in tests by a clock that is moved by hand. Thread-safe.
 *
 * <p>Delays are measured on {@link #nanoTime()}, which never steps; {@link #now()} is used for the
 * age of events and for people only.
 */
public interface BufferClock {

  /** Wall time. May step either way. */
  Instant now();

  /** Monotonic time in nanoseconds with an arbitrary origin, as {@link System#nanoTime()}. */
  long nanoTime();

  /**
   * Parks the calling thread until it is unparked, or for about {@code nanos} of this clock's
   * monotonic time, or, as {@link LockSupport#parkNanos} may, for no reason.
   */
  void park(long nanos);

  /** The clock of the machine. */
  static BufferClock system() {
    return SystemClock.INSTANCE;
  }

  /** The clock of the machine. */
  enum SystemClock implements BufferClock {
    /** The only one. */
    INSTANCE;

    @Override
    public Instant now() {
      return Instant.now();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void park(long nanos) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
