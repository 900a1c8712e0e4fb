package io.github.eventbuffer.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Knows the events of the duplicate window: the last {@code entries} accepted ones, none older than
 * {@code age}.
 *
 * <p>Reserve, append, confirm. An id is a duplicate only once its append is confirmed; until then a
 * second caller with the same id waits for the first one's outcome, and when that one fails, the
 * second one takes its place. A cache that is asked first and told later would answer "duplicate"
 * to the retry of an event that was never stored.
 *
 * <p>The keys lie in stripes, so that callers seldom meet; whether one is in the window is decided
 * by its number in the order of acceptance, over all stripes, and by its age, and so exactly. What
 * earlier runs accepted lies in {@link EarlierIds}.
 *
 * <p>Thread-safe.
 */
final class DuplicateFilter {
  /** About so many keys of the window fall to a stripe, to more when there are the most stripes. */
  private static final int STRIPE_ENTRIES = 512;

  private static final int MOST_STRIPES = 1 << 13;
  private static final long NONE_YET = Long.MIN_VALUE;
  private static final long LOOK_AGAIN_NANOS = 100_000_000;

  private final DuplicateStripe[] stripes;
  private final AtomicLong confirmed = new AtomicLong();
  private final int entries;
  private final long ageMillis;
  private volatile EarlierIds earlier;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition decided = lock.newCondition();
  private volatile int waiting;

  /** {@code earlier}: what earlier runs accepted. */
  DuplicateFilter(int entries, Duration age, EarlierIds earlier) {
    this.earlier = earlier;
    this.entries = entries;
    ageMillis = age.toMillis();
    int wanted = Math.min(MOST_STRIPES, Math.max(1, entries / STRIPE_ENTRIES));
    stripes = new DuplicateStripe[Integer.highestOneBit(2 * wanted - 1)];
    Arrays.setAll(stripes, i -> new DuplicateStripe(confirmed, entries, ageMillis));
  }

  /** What {@link #reserve} found. */
  enum Outcome {
    RESERVED,
    DUPLICATE,
    TIMED_OUT
  }

  /**
   * Claims a key for the caller, who must decide on it and {@link #settle} it then.
   *
   * @param waitNanos how long to wait for another caller's outcome
   */
  Outcome reserve(DuplicateKey key, long waitNanos) {
    if (isEarlier(key)) {
      return Outcome.DUPLICATE;
    }
    DuplicateStripe stripe = stripe(key);
    long deadlineNanos = NONE_YET;
    while (true) {
      switch (stripe.reserve(key)) {
        case RESERVED -> {
          return Outcome.RESERVED;
        }
        case DUPLICATE -> {
          return Outcome.DUPLICATE;
        }
        default -> {
          // The clock is read by those who wait, and not by every append.
          deadlineNanos = deadlineNanos == NONE_YET ? System.nanoTime() + waitNanos : deadlineNanos;
          if (!awaitOutcome(stripe, key, deadlineNanos)) {
            return Outcome.TIMED_OUT;
          }
        }
      }
    }
  }

  /**
   * Ends a reservation as its owner has decided: {@link DuplicateKey#CONFIRMED}, the event is in
   * the queue, or {@link DuplicateKey#RELEASED}, it is not and the id is free again. Does no harm
   * when it is not known whether the key was reserved.
   */
  void settle(DuplicateKey key) {
    stripe(key).settle(key);
    // The waiter counts itself before it looks for the reservation, and that has ended before the
    // count is read here: one of the two sees the other.
    if (waiting > 0) {
      lock.lock();
      try {
        decided.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** How many keys of this run there are, pending ones and those included that are too old. */
  int held() {
    return Arrays.stream(stripes).mapToInt(DuplicateStripe::held).sum();
  }

  private DuplicateStripe stripe(DuplicateKey key) {
    return stripes[(int) key.high & stripes.length - 1];
  }

  private boolean isEarlier(DuplicateKey key) {
    EarlierIds ids = earlier;
    if (ids.count() == 0) {
      return false;
    }
    long oldest = key.acceptedAtMillis - ageMillis;
    long room = entries - confirmed.get();
    if (room <= 0 || ids.newestMillis() < oldest) {
      // None of them is in the window any more, nor will be.
      earlier = EarlierIds.NONE;
      return false;
    }
    return ids.contains(key.high, key.low, oldest, room);
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the lock only
  private boolean awaitOutcome(DuplicateStripe stripe, DuplicateKey key, long deadlineNanos) {
    boolean interrupted = false;
    lock.lock();
    try {
      waiting++;
      while (stripe.isUndecided(key)) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          // Not all of it: where the stack of whoever decided ends, nobody signals.
          decided.await(Math.min(left, LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      waiting--;
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
