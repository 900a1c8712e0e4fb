package io.github.eventbuffer.testkit;

import io.github.eventbuffer.BufferClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A clock that stands still until it is moved by hand. Thread-safe.
 *
 * <p>{@link #nanoTime()} starts shortly before its overflow, as {@link System#nanoTime()} may: code
 * that compares two readings in place of their difference fails here.
 *
 * <p>A parked thread returns when it is unparked, interrupted, or when the clock was advanced to
 * its deadline. The deadline counts from the moment of parking, so advance only when the thread is
 * known to be parked ({@link #awaitParked}), or in several steps.
 */
public final class ManualClock implements BufferClock {

  private static final long ORIGIN = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

  /** A thread inside {@link #park} that no advance has woken yet. */
  private record Parked(Thread thread, long deadline) {}

  private final Object monitor = new Object();
  private final List<Parked> parked = new ArrayList<>();
  private long parks;
  private long nanos = ORIGIN;
  private Instant wall;

  /** A clock that shows the given wall time. */
  public ManualClock(Instant start) {
    wall = Objects.requireNonNull(start, "start");
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

  /**
   * {@inheritDoc}
   *
   * <p>No wake-up is lost between registering and parking: both unpark and advance leave the
   * thread's permit, so {@code LockSupport.park} then returns at once.
   */
  @Override
  @SuppressWarnings("ReferenceEquality") // this entry, not one like it
  public void park(long nanos) {
    if (nanos <= 0) {
      return;
    }
    Parked entry;
    synchronized (monitor) {
      entry = new Parked(Thread.currentThread(), this.nanos + nanos);
      parked.add(entry);
      parks++;
      monitor.notifyAll();
    }
    try {
      LockSupport.park(this);
    } finally {
      synchronized (monitor) {
        parked.removeIf(other -> other == entry);
      }
    }
  }

  /**
   * Moves both times forward and wakes every thread whose deadline has come. A thread that was
   * woken no longer counts as parked from here on, even before it runs.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration: not negative, not " + duration);
    }
    synchronized (monitor) {
      nanos += duration.toNanos();
      wall = wall.plus(duration);
      for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
        Parked entry = all.next();
        if (entry.deadline - nanos <= 0) {
          all.remove();
          LockSupport.unpark(entry.thread);
        }
      }
    }
  }

  /** Moves only the wall clock, either way, as NTP or an operator does. Wakes nobody. */
  public void stepWall(Duration duration) {
    synchronized (monitor) {
      wall = wall.plus(duration);
    }
  }

  /** Number of calls of {@link #park} so far that had something to wait for. */
  public long parks() {
    synchronized (monitor) {
      return parks;
    }
  }

  /**
   * Waits until at least so many threads are parked here.
   *
   * <p>A thread that somebody else unparked counts as parked until it runs. After such a wake-up
   * wait for its next park instead, with {@link #awaitParks}.
   *
   * @param realTimeout time of the machine
   * @return false if they were not in that time
   * @throws InterruptedException if the calling thread is interrupted
   */
  public boolean awaitParked(int threads, Duration realTimeout) throws InterruptedException {
    return await(() -> parked.size() >= threads, realTimeout);
  }

  /**
   * Waits until {@link #parks()} has reached a number.
   *
   * @param realTimeout time of the machine
   * @return false if it did not in that time
   * @throws InterruptedException if the calling thread is interrupted
   */
  public boolean awaitParks(long parks, Duration realTimeout) throws InterruptedException {
    return await(() -> this.parks >= parks, realTimeout);
  }

  private boolean await(BooleanSupplier condition, Duration realTimeout)
      throws InterruptedException {
    synchronized (monitor) {
      return Waiting.until(monitor, condition, realTimeout);
    }
  }
}
