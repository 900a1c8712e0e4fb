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
  private final SegmentQueue queue;
  private final Set<Path> knownDirectories = new HashSet<>();
  private final Set<Path> knownFiles = new HashSet<>();
  private @Nullable Throwable failure;
  private volatile long forcedSequence;
  private volatile long poisonedSequence;

  SegmentForce(SegmentQueue queue) {
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
   * Forces all that is in the queue, unless the entry with this sequence is decided on; it is then.
   *
   * @return whether it is on the device
   */
  synchronized boolean force(long sequence) {
    if (isUndecided(sequence)) {
      forceAll();
    }
    return isForced(sequence);
  }

  private void forceAll() {
    Throwable failed = failure;
    if (failed == null) {
      SegmentQueue.Unforced unforced = queue.unforced();
      try {
        force(unforced.files());
      } catch (Throwable e) {
        failed = e;
      }
      if (failed == null) {
        queue.forced(unforced);
        knownFiles.retainAll(unforced.files());
        forcedSequence = unforced.lastSequence();
        return;
      }
      failure = failed;
    }
    // With a full heap this may throw. It is what comes next then, and not another force.
    poisonedSequence = queue.poison(failed);
    failure = null;
  }

  private void force(List<Path> files) throws IOException {
    for (Path file : files) {
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
  }
}
