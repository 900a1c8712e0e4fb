package io.github.eventbuffer.internal;

/**
 * How large a batch the endpoint takes, learned from what it refuses as too large; no document
 * states it. After a refusal it is what was taken before, or half of what was refused, and it grows
 * again by an eighth after twenty batches that came near to it. Belongs to the flusher.
 *
 * <p>A connection that breaks is a refusal in disguise, or an outage. So a limit that was guessed
 * from it is doubled with each batch that comes near to it and is taken; a connection that breaks
 * again then proves the guess right.
 */
final class BodyLimit {
  private static final int PATIENCE = 20;
  private static final long LEAST_BYTES = 1 << 10;

  private final long most;
  private long limit;
  private long largestTaken;
  private int taken;

  /** Whether nothing but a broken connection speaks for the limit. */
  private boolean guessed;

  /** Whether a limit that was guessed was put to the proof since it was the most. */
  private boolean tried;

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

  /** The connection broke over so many bytes. */
  void cutOff(long bytes) {
    refused(bytes);
    guessed = !tried;
  }

  /** So many bytes were too large. */
  void refused(long bytes) {
    guessed = false;
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
    if (limit < most && bytes > limit - limit / 4 && (guessed || ++taken >= PATIENCE)) {
      limit = Math.min(most, limit + (guessed ? limit : limit / 8));
      taken = 0;
      tried = limit < most && (tried || guessed);
    }
  }
}
