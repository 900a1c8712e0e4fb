package io.github.eventbuffer.internal;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the queue tells of its space, and the buffer's share of the disk. Thread-safe. */
final class Storage implements SegmentQueue.Events {
  private final long maxDiskBytes;
  private final LongSupplier diskBytes;
  private final Notices notices;
  private volatile LongSupplier lettersNeed = () -> 0;
  private volatile Runnable wake = () -> {};
  private volatile Runnable wantSpace = () -> {};
  private volatile @Nullable String trouble;

  Storage(long maxDiskBytes, LongSupplier diskBytes, Notices notices) {
    this.maxDiskBytes = maxDiskBytes;
    this.diskBytes = diskBytes;
    this.notices = notices;
  }

  /** Connects the parts that are made after the queue. */
  void connect(LongSupplier needOfLetters, Runnable wakeFlusher, Runnable wantSpaceOfFlusher) {
    lettersNeed = needOfLetters;
    wake = wakeFlusher;
    wantSpace = wantSpaceOfFlusher;
  }

  /** Why nothing can be stored, or null. */
  @Nullable String trouble() {
    return trouble;
  }

  @Override
  public void reached() {
    wake.run();
  }

  /**
   * Room for dead letters is left: a batch whose letters found none could not be committed, and the
   * queue would never shrink.
   */
  @Override
  public boolean mayAllocate(long bytes) {
    return diskBytes.getAsLong() + bytes + lettersNeed.getAsLong() <= maxDiskBytes;
  }

  @Override
  public void storageFailed(String what, Throwable cause) {
    trouble = what + ": " + cause.getMessage();
    if (SpaceErrors.isNoSpace(cause)) {
      wantSpace.run();
    }
    wake.run();
    notices.storageFailed(what, cause);
  }

  @Override
  public void storageRecovered() {
    trouble = null;
  }

  /** The same share of the disk for the dead letters, which nobody waits for. */
  SegmentQueue.Events quiet() {
    return new SegmentQueue.Events() {
      @Override
      public void reached() {}

      @Override
      public boolean mayAllocate(long bytes) {
        return diskBytes.getAsLong() + bytes <= maxDiskBytes;
      }

      @Override
      public void storageFailed(String what, Throwable cause) {
        notices.storageFailed("dead letters: " + what, cause);
      }

      @Override
      public void storageRecovered() {}
    };
  }
}
