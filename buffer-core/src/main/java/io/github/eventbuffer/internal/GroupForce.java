package io.github.eventbuffer.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Forces appended entries to the device, many with one force.
 *
 * <p>A thread of its own forces all that is in the queue as long as someone waits, so nobody waits
 * longer than he wants to, however long the device takes. It is started by the first one who waits:
 * a buffer whose appends need not survive a power cut has none. After each force those are woken
 * whose entries it covered, and not the others: a wake-up takes a twentieth of a force.
 *
 * <p>Thread-safe.
 */
final class GroupForce implements AutoCloseable {
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long TRY_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  private final SegmentForce force;

  /** Made at open: what it inherits is not the affair of whichever request comes first. */
  private final Thread thread;

  /** Those who came since the thread last looked, the last one first. */
  private final AtomicReference<@Nullable Waiter> arrived = new AtomicReference<>();

  private volatile boolean running;
  private volatile boolean closed;

  // Of the thread.
  private @Nullable Waiter waiting;

  /** A link of a list, so that the thread needs no memory to keep it. */
  private static final class Waiter {
    final Thread thread = Thread.currentThread();
    final long sequence;
    @Nullable Waiter next;

    /** A later force may fail, and poison, before this one has seen that its own did not. */
    volatile boolean forced;

    volatile boolean gone;

    Waiter(long sequence) {
      this.sequence = sequence;
    }
  }

  GroupForce(SegmentForce.Target queue, String threadName) {
    force = new SegmentForce(queue);
    thread = new Thread(this::loop, threadName);
    thread.setDaemon(true);
  }

  /**
   * Returns whether the entry with this sequence is on the device. Where no thread is to be had it
   * is forced in the caller's, and the deadline is not kept.
   *
   * @param deadlineNanos on {@link System#nanoTime()}
   */
  boolean force(long sequence, long deadlineNanos) {
    if (!force.isUndecided(sequence)) {
      return force.isForced(sequence);
    }
    if (!running && !start()) {
      return force.force(sequence);
    }
    Waiter waiter = new Waiter(sequence);
    do {
      waiter.next = arrived.get();
    } while (!arrived.compareAndSet(waiter.next, waiter));
    LockSupport.unpark(thread);
    await(waiter, deadlineNanos);
    return waiter.forced || force.isForced(sequence);
  }

  private void await(Waiter waiter, long deadlineNanos) {
    boolean interrupted = false;
    try {
      while (force.isUndecided(waiter.sequence)) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          waiter.gone = true;
          return;
        }
        LockSupport.parkNanos(this, left);
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether the thread runs; it does not after the close. */
  private synchronized boolean start() {
    if (!running && !closed) {
      try {
        thread.start();
        running = true;
      } catch (OutOfMemoryError e) {
        // The limit of threads is reached; the next one tries again.
        return false;
      }
    }
    return running;
  }

  private void loop() {
    boolean last = false;
    while (!last) {
      // What is appended before the close is forced by the turn that begins after it.
      last = closed;
      try {
        turn(last);
      } catch (Throwable e) {
        // The heap may be full; the thread must live on all the same.
        LockSupport.parkNanos(this, TRY_AGAIN_NANOS);
      }
    }
  }

  private void turn(boolean last) {
    // Nobody has a reason to interrupt this thread, and with the flag up it could not sleep.
    Thread.interrupted();
    wakeDecided();
    if (waiting != null || last) {
      try {
        force.force(Long.MAX_VALUE);
      } finally {
        wakeDecided();
      }
    } else {
      // Not for ever: where the stack of whoever came ends, nobody wakes this.
      LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
    }
  }

  /** Keeps those who wait still. */
  private void wakeDecided() {
    takeArrived();
    Waiter left = null;
    for (Waiter each = waiting; each != null; each = waiting) {
      waiting = each.next;
      if (!force.isUndecided(each.sequence)) {
        wake(each);
      } else if (!each.gone) {
        each.next = left;
        left = each;
      }
    }
    waiting = left;
  }

  private void takeArrived() {
    Waiter first = arrived.getAndSet(null);
    for (Waiter each = first; each != null; each = first) {
      first = each.next;
      each.next = waiting;
      waiting = each;
    }
  }

  private void wake(Waiter decided) {
    decided.forced = force.isForced(decided.sequence);
    if (decided.gone) {
      return;
    }
    try {
      LockSupport.unpark(decided.thread);
    } catch (Throwable e) {
      // A virtual thread that no carrier can be told of, with a full heap: it looks at its
      // deadline.
    }
  }

  /** Ends the thread, with one more force; waits for the one under way. */
  @Override
  public void close() {
    boolean ran;
    synchronized (this) {
      closed = true;
      ran = running;
    }
    if (ran) {
      LockSupport.unpark(thread);
      Uninterruptibly.join(thread);
    }
    // There may be one in a caller's thread.
    force.close();
  }
}
