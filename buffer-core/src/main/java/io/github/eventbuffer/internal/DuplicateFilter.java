package io.github.eventbuffer.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
 * <p>Caffeine bounds nothing here. Of a full cache, its admission policy may evict the entry that
 * was just put in favour of an older one that is read more often, and the newest ids are those that
 * a window must know; and to expire entries it keeps an object for each and walks through the map
 * once more per append. A ring in the order of acceptance bounds count and age. What earlier runs
 * accepted lies in {@link EarlierIds}.
 *
 * <p>Thread-safe.
 */
final class DuplicateFilter {
  /** So often, in confirmed keys, those are let go of that are too old, and twice as many. */
  private static final int SWEEP = 64;

  private static final long NONE_YET = Long.MIN_VALUE;

  private final Cache<DuplicateKey, DuplicateKey> keys = Caffeine.newBuilder().build();
  private final AtomicReferenceArray<@Nullable DuplicateKey> ring;
  private final AtomicLong confirmed = new AtomicLong();
  private final long ageMillis;
  private volatile EarlierIds earlier;

  private final ReentrantLock sweeping = new ReentrantLock();

  /** The next to be looked at for its age, in the count of {@link #confirmed}. */
  private long oldest;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition decided = lock.newCondition();
  private volatile int waiting;

  /** {@code earlier}: what earlier runs accepted. */
  DuplicateFilter(int entries, Duration age, EarlierIds earlier) {
    this.earlier = earlier;
    ring = new AtomicReferenceArray<>(entries);
    ageMillis = age.toMillis();
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
   * @param waitNanos how long to wait for another caller's outcome
   */
  Outcome reserve(DuplicateKey key, long waitNanos) {
    if (isEarlier(key)) {
      return Outcome.DUPLICATE;
    }
    long deadlineNanos = NONE_YET;
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
          // The clock is read by those who wait, and not by every append.
          deadlineNanos = deadlineNanos == NONE_YET ? System.nanoTime() + waitNanos : deadlineNanos;
          if (!awaitOutcome(known, deadlineNanos)) {
            return Outcome.TIMED_OUT;
          }
        }
        default -> {
          forget(known);
          // Else another thread is about to.
          Thread.onSpinWait();
        }
      }
    }
  }

  /** The reserved event is in the queue. */
  void confirm(DuplicateKey key) {
    decide(key, DuplicateKey.CONFIRMED);
    remember(key);
  }

  /**
   * The reserved event is not in the queue; the id is free again. Does no harm when it is not known
   * whether the key was reserved.
   */
  @SuppressWarnings("ReferenceEquality") // an equal one is another caller's
  void release(DuplicateKey key) {
    decide(key, DuplicateKey.RELEASED);
    if (keys.getIfPresent(key) == key) {
      forget(key);
    }
  }

  /** How many keys of this run there are, pending ones and some that are too old included. */
  int held() {
    return keys.asMap().size();
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
    long number = confirmed.getAndIncrement();
    DuplicateKey pushedOut = ring.getAndSet((int) (number % ring.length()), key);
    if (pushedOut != null) {
      forget(pushedOut);
    }
    if (number % SWEEP == 0 && sweeping.tryLock()) {
      try {
        sweep(number, key.acceptedAtMillis - ageMillis);
      } finally {
        sweeping.unlock();
      }
    }
  }

  /** Lets go of keys that were accepted before this time; else they would stay until pushed out. */
  private void sweep(long newest, long before) {
    oldest = Math.max(oldest, newest - ring.length() + 1);
    for (int i = 0; i < 2 * SWEEP && oldest < newest; i++) {
      int slot = (int) (oldest % ring.length());
      DuplicateKey key = ring.get(slot);
      if (key == null || key.acceptedAtMillis >= before) {
        return;
      }
      if (ring.compareAndSet(slot, key, null)) {
        forget(key);
      }
      oldest++;
    }
  }

  /**
   * Removes a key that is decided and in the map. Only the thread that claims it does, so what it
   * finds is this very key, not an equal one that was put in its place; and nothing is allocated: a
   * lambda that compares them, and what Caffeine makes for it, is a third of what an append costs
   * the heap.
   */
  private void forget(DuplicateKey key) {
    if (!key.claimRemoval()) {
      return;
    }
    boolean removed = false;
    try {
      keys.asMap().remove(key);
      removed = true;
    } finally {
      if (!removed) {
        // The stack was too deep. Somebody else can do it then.
        key.state = DuplicateKey.RELEASED;
      }
    }
  }

  private void decide(DuplicateKey key, int state) {
    // Decided by its owner already, it may be another thread's to remove by now.
    if (key.state == DuplicateKey.PENDING) {
      key.state = state;
    }
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
