package io.github.eventbuffer.internal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Forces the entries of a queue to the device: each segment written since the last time, and the
 * directory of each segment that is new.
 *
 * <p>A failed force is never tried again on the same file: the kernel may have dropped the dirty
 * pages, and a second force would say that all is well. The segment is poisoned instead.
 *
 * <p>Thread-safe.
 */
final class SegmentForce {
  private final Target queue;
  private final Set<Path> knownDirectories = new HashSet<>();
  private final Set<Path> knownFiles = new HashSet<>();
  private @Nullable Throwable failure;
  private boolean closed;
  private volatile long forcedSequence;
  private volatile long poisonedSequence;

  /** What is forced: a queue. */
  interface Target {
    /** All that was appended, by earlier runs too, and not forced up to now. */
    SegmentQueue.Unforced unforced();

    /**
     * These files were forced. Done with are those that nothing was appended to since the force
     * began; the one that was growing then may have grown, even if it is full by now.
     */
    void forced(SegmentQueue.Unforced done);

    /** Whether this file is one that there should be. */
    boolean isListed(Path file);

    /**
     * A force failed: nothing may be appended to these files any more. Noted down in the directory,
     * as far as that is possible: in another process a force of the same files would succeed.
     *
     * @return the last sequence that may lie in them: appends went on while the force was under way
     */
    long poison(Throwable cause);
  }

  SegmentForce(Target queue) {
    this.queue = queue;
  }

  /** Whether the entry with this sequence was neither forced yet, nor poisoned. Does not wait. */
  boolean isUndecided(long sequence) {
    return sequence > forcedSequence && sequence > poisonedSequence;
  }

  /** Whether the entry with this sequence is on the device. Does not wait. */
  boolean isForced(long sequence) {
    // A force that failed is written down before one that succeeds later; so read the other way.
    return forcedSequence >= sequence && sequence > poisonedSequence;
  }

  /**
   * Forces all that is in the queue, unless it is closed, or the entry with this sequence is
   * decided on; it is then.
   *
   * @return whether it is on the device
   */
  synchronized boolean force(long sequence) {
    if (!closed && isUndecided(sequence)) {
      forceAll();
    }
    return isForced(sequence);
  }

  /** Waits for the force under way; there is none afterwards. */
  synchronized void close() {
    closed = true;
  }

  private void forceAll() {
    if (failure == null) {
      SegmentQueue.Unforced unforced = queue.unforced();
      try {
        force(unforced.files());
        forcedSequence = unforced.lastSequence();
      } catch (Throwable e) {
        failure = e;
      }
      if (failure == null) {
        // What throws here does no harm: a file that stays listed is forced once more.
        queue.forced(unforced);
        knownFiles.retainAll(unforced.files());
        return;
      }
    }
    // With a full heap this may throw. It is what comes next then, and not another force.
    poisonedSequence = queue.poison(failure);
    failure = null;
  }

  private void force(List<Path> files) throws IOException {
    for (Path file : files) {
      try {
        SegmentFiles.force(file);
      } catch (NoSuchFileException e) {
        if (queue.isListed(file)) {
          throw e;
        }
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
  }
}
