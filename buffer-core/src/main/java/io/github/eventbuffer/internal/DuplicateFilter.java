package io.github.eventbuffer.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.eventbuffer.BufferClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Knows the events of the duplicate window: the last {@code entries} accepted ones, none older than
 * {@code age}.
 *
 * <p>Reserve, append, confirm. An id is a duplicate only once its append is confirmed; until then a
 * second caller with the same id waits for the first one's outcome, and when that one fails, the
 * second one takes its place. A cache that is asked first and told later would answer "duplicate"
 * to the retry of an event that was never stored.
 *
 * <p>Caffeine lets go of what is older than {@code age}. It does not bound the count: its admission
 * policy may evict the entry that was just put in favour of an older one that is read more often,
 * and the newest ids are those that a window must know. A ring in the order of acceptance does it.
 * What earlier runs accepted lies in {@link EarlierIds}.
 *
 * <p>Thread-safe.
 */
final class DuplicateFilter {
  private final Cache<DuplicateKey, DuplicateKey> keys;
  private final AtomicReferenceArray<@Nullable DuplicateKey> ring;
  private final AtomicLong confirmed = new AtomicLong();
  private final long ageMillis;
  private volatile EarlierIds earlier;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition decided = lock.newCondition();
  private volatile int waiting;

  /** {@code earlier}: what earlier runs accepted. */
  DuplicateFilter(int entries, Duration age, BufferClock clock, EarlierIds earlier) {
    this.earlier = earlier;
    ring = new AtomicReferenceArray<>(entries);
    ageMillis = age.toMillis();
    keys =
        Caffeine.newBuilder()
            .expireAfterWrite(age)
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
  }

  /** What {@link #reserve} found. */
  enum Outcome {
    RESERVED,
    DUPLICATE,
    TIMED_OUT
  }

  /**
   * Claims a key for the caller, who must {@link #confirm} or {@link #release} it.
   *
   * @param key pending
   * @param deadlineNanos on {@link System#nanoTime()}; how long to wait for another caller's
   *     outcome
   */
  Outcome reserve(DuplicateKey key, long deadlineNanos) {
    if (isEarlier(key)) {
      return Outcome.DUPLICATE;
    }
    while (true) {
      DuplicateKey known = keys.asMap().putIfAbsent(key, key);
      if (known == null) {
        return Outcome.RESERVED;
      }
      switch (known.state) {
        case DuplicateKey.CONFIRMED -> {
          if (key.acceptedAtMillis - known.acceptedAtMillis <= ageMillis) {
            return Outcome.DUPLICATE;
          }
          forget(known);
        }
        case DuplicateKey.PENDING -> {
          if (!awaitOutcome(known, deadlineNanos)) {
            return Outcome.TIMED_OUT;
          }
        }
        default -> forget(known);
      }
    }
  }

  /** The reserved event is in the queue. */
  void confirm(DuplicateKey key) {
    decide(key, DuplicateKey.CONFIRMED);
    remember(key);
  }

  /** The reserved event is not in the queue; the id is free again. */
  void release(DuplicateKey key) {
    decide(key, DuplicateKey.RELEASED);
    forget(key);
  }

  private boolean isEarlier(DuplicateKey key) {
    EarlierIds ids = earlier;
    if (ids.count() == 0) {
      return false;
    }
    long oldest = key.acceptedAtMillis - ageMillis;
    long room = ring.length() - confirmed.get();
    if (room <= 0 || ids.newestMillis() < oldest) {
      // None of them is in the window any more, nor will be.
      earlier = EarlierIds.NONE;
      return false;
    }
    return ids.contains(key.high, key.low, oldest, room);
  }

  private void remember(DuplicateKey key) {
    int slot = (int) (confirmed.getAndIncrement() % ring.length());
    DuplicateKey oldest = ring.getAndSet(slot, key);
    if (oldest != null) {
      forget(oldest);
    }
  }

  /** Removes this very key, not an equal one that another caller put in its place. */
  @SuppressWarnings("ReferenceEquality")
  private void forget(DuplicateKey key) {
    keys.asMap().computeIfPresent(key, (same, known) -> known == key ? null : known);
  }

  private void decide(DuplicateKey key, int state) {
    key.state = state;
    // The waiter counts itself before it looks at the state, and the state is written before the
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

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the lock only
  private boolean awaitOutcome(DuplicateKey known, long deadlineNanos) {
    boolean interrupted = false;
    lock.lock();
    try {
      waiting++;
      while (known.state == DuplicateKey.PENDING) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          decided.await(left, TimeUnit.NANOSECONDS);
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
