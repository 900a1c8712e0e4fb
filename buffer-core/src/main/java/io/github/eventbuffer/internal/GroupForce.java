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
 * whose entries it covered, and nobody else: a wake-up takes a twentieth of a force.
 *
 * <p>Thread-safe.
 */
final class GroupForce implements AutoCloseable {
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long TRY_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  private final SegmentForce force;
  private final String threadName;

  /** Those who came since the thread last looked, the last one first. */
  private final AtomicReference<@Nullable Waiter> arrived = new AtomicReference<>();

  private volatile @Nullable Thread thread;
  private volatile boolean closed;

  /** A link of a list, so that the thread needs no memory to keep it. */
  private static final class Waiter {
    final Thread thread = Thread.currentThread();
    final long sequence;
    @Nullable Waiter next;

    Waiter(long sequence) {
      this.sequence = sequence;
    }
  }

  GroupForce(SegmentQueue queue, String threadName) {
    force = new SegmentForce(queue);
    this.threadName = threadName;
  }

  /**
   * Returns whether the entry with this sequence is on the device.
   *
   * @param deadlineNanos on {@link System#nanoTime()}
   * @throws OutOfMemoryError if the first one who waits can have no thread
   */
  boolean force(long sequence, long deadlineNanos) {
    Waiter waiter = new Waiter(sequence);
    do {
      waiter.next = arrived.get();
    } while (!arrived.compareAndSet(waiter.next, waiter));
    // Asked once it is listed: the thread looks for the last time after it was closed.
    if (closed) {
      return force.force(sequence);
    }
    LockSupport.unpark(thread());
    await(sequence, deadlineNanos);
    return force.isForced(sequence);
  }

  private void await(long sequence, long deadlineNanos) {
    boolean interrupted = false;
    while (force.isUndecided(sequence)) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread thread() {
    Thread forcing = thread;
    return forcing == null ? started() : forcing;
  }

  private synchronized Thread started() {
    Thread forcing = thread;
    if (forcing == null) {
      forcing = new Thread(this::loop, threadName);
      forcing.setDaemon(true);
      forcing.start();
      thread = forcing;
    }
    return forcing;
  }

  private void loop() {
    Waiter waiting = null;
    while (true) {
      boolean last = closed;
      waiting = join(arrived.getAndSet(null), waiting);
      if (waiting == null) {
        if (last) {
          return;
        }
        // Not for ever: where the stack of whoever came ends, nobody wakes this.
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      } else if (hasTried()) {
        waiting = wakeDecided(join(arrived.getAndSet(null), waiting));
      } else {
        LockSupport.parkNanos(this, TRY_AGAIN_NANOS);
      }
    }
  }

  /** Whether all who had waited are decided on by now. */
  private boolean hasTried() {
    try {
      force.force(Long.MAX_VALUE);
      return true;
    } catch (Throwable e) {
      // The heap may be full; the thread must live on all the same.
      return false;
    }
  }

  private static @Nullable Waiter join(@Nullable Waiter first, @Nullable Waiter second) {
    if (first == null) {
      return second;
    }
    Waiter end = first;
    while (end.next != null) {
      end = end.next;
    }
    end.next = second;
    return first;
  }

  /** Returns those who are left. */
  private @Nullable Waiter wakeDecided(@Nullable Waiter waiting) {
    Waiter left = null;
    for (Waiter each = waiting; each != null; ) {
      Waiter next = each.next;
      if (force.isUndecided(each.sequence)) {
        each.next = left;
        left = each;
      } else {
        LockSupport.unpark(each.thread);
      }
      each = next;
    }
    return left;
  }

  /** Ends the thread; waits for a force under way. Whoever comes later forces for himself. */
  @Override
  public void close() {
    closed = true;
    Thread forcing = thread;
    while (forcing != null && forcing.isAlive()) {
      LockSupport.unpark(forcing);
      Uninterruptibly.join(forcing, System.nanoTime() + LOOK_AGAIN_NANOS);
    }
  }
}
