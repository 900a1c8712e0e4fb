package io.github.eventbuffer.torture;

import io.github.eventbuffer.BufferClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that the driver moves: hours in an instant, and the wall clock to any year. Made for one
 * buffer, whose flusher is the only thread that sleeps by it. Thread-safe.
 *
 * <p>Unlike a clock that is only advanced, this one knows when the flusher has done all that there
 * is to do ({@link #settle}), so that a virtual moment is over before the next one begins, and a
 * run with the same seed meets the same moments.
 */
final class VirtualClock implements BufferClock {
  /** Shortly before the overflow, as a machine's clock may be. */
  private static final long ORIGIN = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Object monitor = new Object();
  private long nanos = ORIGIN;
  private Instant wall;
  private @Nullable Thread sleeper;
  private long wakeAt;
  private long sleeps;

  VirtualClock(Instant wall) {
    this.wall = wall;
  }

  @Override
  public Instant now() {
    synchronized (monitor) {
      return wall;
    }
  }

  @Override
  public long nanoTime() {
    synchronized (monitor) {
      return nanos;
    }
  }

  /** Virtual time since the start. */
  Duration elapsed() {
    return Duration.ofNanos(nanoTime() - ORIGIN);
  }

  @Override
  public void park(long forNanos) {
    synchronized (monitor) {
      sleeper = Thread.currentThread();
      wakeAt = nanos + forNanos;
      sleeps++;
      monitor.notifyAll();
    }
    try {
      LockSupport.park(this);
    } finally {
      synchronized (monitor) {
        sleeper = null;
      }
    }
  }

  /** Moves both times; returns when the flusher has done what is due by then. */
  void advance(Duration by) throws InterruptedException {
    synchronized (monitor) {
      nanos += by.toNanos();
      wall = wall.plus(by);
    }
    settle();
  }

  /** Moves the wall clock alone, as an operator does, or a time server. */
  void stepTo(Instant time) {
    synchronized (monitor) {
      wall = time;
    }
  }

  /** How long until the flusher wants to wake. */
  Duration untilWake() {
    synchronized (monitor) {
      return Duration.ofNanos(sleeper == null ? 0 : Math.max(0, wakeAt - nanos));
    }
  }

  /**
   * Has the flusher look twice: one look may have begun before what the caller did last, two in a
   * row have not.
   */
  void settle() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      synchronized (monitor) {
        await(() -> sleeper != null);
        long before = sleeps;
        LockSupport.unpark(sleeper);
        await(() -> sleeps > before && sleeper != null);
      }
    }
  }

  private void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IllegalStateException("the flusher does not come to rest");
      }
      monitor.wait(left);
    }
  }
}
