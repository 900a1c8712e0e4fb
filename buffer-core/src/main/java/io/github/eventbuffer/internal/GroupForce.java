package io.github.eventbuffer.internal;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Forces appended entries to the device, many with one force.
 *
 * <p>Whoever comes first forces all that is in the queue at that moment; the others wait for it,
 * and find their entry forced, or one of them forces for all that came since. Those who wait are
 * woken at once and not one after the other, as a lock would wake them: that takes longer than a
 * force. A force covers each segment written since the last one, and the directory of each segment
 * that is new.
 *
 * <p>A failed force is never tried again on the same file: the kernel may have dropped the dirty
 * pages, and a second force would say that all is well. The segment is poisoned instead.
 *
 * <p>Thread-safe.
 */
final class GroupForce {
  private final SegmentQueue queue;
  private final AtomicBoolean forcing = new AtomicBoolean();
  private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

  // Of the one who forces.
  private final Set<Path> knownDirectories = new HashSet<>();
  private final Set<Path> knownFiles = new HashSet<>();

  private volatile long forcedSequence;
  private volatile long poisonedSequence;

  GroupForce(SegmentQueue queue) {
    this.queue = queue;
  }

  /**
   * Returns whether the entry with this sequence is on the device.
   *
   * @param deadlineNanos on {@link System#nanoTime()}; a force under way is not cut short by it
   */
  boolean force(long sequence, long deadlineNanos) {
    boolean interrupted = false;
    try {
      while (!isForced(sequence) && sequence > poisonedSequence) {
        if (forcing.compareAndSet(false, true)) {
          forceUnlessDone(sequence);
        } else if (System.nanoTime() - deadlineNanos >= 0) {
          break;
        } else {
          interrupted |= Thread.interrupted();
          awaitForce(deadlineNanos);
        }
      }
      return isForced(sequence);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void forceUnlessDone(long sequence) {
    try {
      if (!isForced(sequence) && sequence > poisonedSequence) {
        forceAll();
      }
    } finally {
      forcing.set(false);
      for (Thread each = waiting.poll(); each != null; each = waiting.poll()) {
        LockSupport.unpark(each);
      }
    }
  }

  /** Until the force under way is over; may return earlier. */
  private void awaitForce(long deadlineNanos) {
    Thread me = Thread.currentThread();
    waiting.add(me);
    // Asked once it is listed: who forces says that it is over first, and wakes then.
    if (forcing.get()) {
      LockSupport.parkNanos(this, deadlineNanos - System.nanoTime());
    }
    waiting.remove(me);
  }

  /** A force that failed is written down before one that succeeds later; so read the other way. */
  private boolean isForced(long sequence) {
    return forcedSequence >= sequence && sequence > poisonedSequence;
  }

  private void forceAll() {
    SegmentQueue.Unforced unforced = queue.unforced();
    try {
      for (Path file : unforced.files()) {
        try {
          SegmentFiles.force(file);
        } catch (NoSuchFileException e) {
          // Delivered, committed and removed since the list was made.
          continue;
        }
        if (knownFiles.add(file)) {
          Path run = file.getParent();
          SegmentFiles.forceDirectory(run);
          if (run != null && knownDirectories.add(run)) {
            SegmentFiles.forceDirectory(run.getParent());
          }
        }
      }
    } catch (Throwable e) {
      poisonedSequence = queue.poison(e);
      return;
    }
    queue.forced(unforced);
    knownFiles.retainAll(unforced.files());
    forcedSequence = unforced.lastSequence();
  }
}
