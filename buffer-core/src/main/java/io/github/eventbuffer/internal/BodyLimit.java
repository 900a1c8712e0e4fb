package io.github.eventbuffer.internal;

/**
 * How large a batch the endpoint takes, learned from what it refuses as too large; no document
 * states it. After a refusal it is what was taken before, or half of what was refused, and it grows
 * again by an eighth after twenty batches that came near to it. Belongs to the flusher.
 */
final class BodyLimit {
  private static final int PATIENCE = 20;
  private static final long LEAST_BYTES = 1 << 10;

  private final long most;
  private long limit;
  private long largestTaken;
  private int taken;

  /** {@code most}: bytes of JSON that a batch may have at all. */
  BodyLimit(long most) {
    this.most = most;
    limit = most;
  }

  /** Bytes of JSON that a batch should have at most. */
  long bytes() {
    return limit;
  }

  /**
   * Whether the endpoint would refuse so many bytes. A batch of an earlier run that had a larger
   * limit of its own is sent as it was.
   */
  boolean isTooLarge(long bytes) {
    return limit < most && bytes > limit;
  }

  /** So many bytes were too large. */
  void refused(long bytes) {
    if (largestTaken >= bytes) {
      largestTaken = 0;
    }
    long half = Math.max(LEAST_BYTES, bytes / 2);
    limit = Math.min(limit, Math.max(half, largestTaken));
    taken = 0;
  }

  /** So many bytes were taken. */
  void accepted(long bytes) {
    largestTaken = Math.max(largestTaken, bytes);
    if (limit < most && bytes > limit - limit / 4 && ++taken >= PATIENCE) {
      limit = Math.min(most, limit + limit / 8);
      taken = 0;
    }
  }
}
