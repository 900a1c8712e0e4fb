package io.github.eventbuffer.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events within the bounds of a batch that became dead letters before it was acknowledged; the
 * batch is sent without them. They are found again in the dead letters after a restart, so nothing
 * of them stands in the checkpoint. Immutable.
 */
final class Exclusions {
  static final Exclusions NONE = new Exclusions(new long[0], 0);

  private final long[] sequences;
  private final int expired;

  private Exclusions(long[] sequences, int expired) {
    this.sequences = sequences;
    this.expired = expired;
  }

  int size() {
    return sequences.length;
  }

  /** How many of them were too old, not refused. */
  int expired() {
    return expired;
  }

  boolean contains(long sequence) {
    return sequences.length > 0 && Arrays.binarySearch(sequences, sequence) >= 0;
  }

  /**
   * The idempotency key of what is left: another body needs another key, and the same body the same
   * one, also after a restart. So it follows from the batch's key and the exclusions alone.
   */
  UUID keyOf(UUID batchKey) {
    if (sequences.length == 0) {
      return batchKey;
    }
    ByteBuffer name = ByteBuffer.allocate((2 + sequences.length) * Long.BYTES);
    name.putLong(batchKey.getMostSignificantBits()).putLong(batchKey.getLeastSignificantBits());
    for (long sequence : sequences) {
      name.putLong(sequence);
    }
    return UUID.nameUUIDFromBytes(name.array());
  }

  /** Where the dead letters are found. */
  interface Letters {
    /** The uncommitted dead letter of the event that was read last, or null. */
    @Nullable Buried find(SegmentReader at);

    /** Whether any may be found for these events. */
    default boolean isAny(long firstSequence, long lastSequence) {
      return true;
    }
  }

  /**
   * A dead letter whose event is not committed.
   *
   * @param sequence the event's
   * @param digest of the event's text
   * @param segment where the dead letter lies
   */
  record Buried(long sequence, UUID digest, Burial burial, int segment) {}

  /** Collects them in the order of the queue. */
  static final class Builder {
    private long[] sequences = new long[16];
    private int size;
    private int expired;

    /** Takes a dead letter that is not sent again; returns whether it is one. */
    boolean take(@Nullable Buried letter) {
      if (letter == null || letter.burial() == Burial.NAMED) {
        return false;
      }
      add(letter);
      return true;
    }

    /** Takes a dead letter, whether it is sent again or not. */
    void add(Buried letter) {
      if (size == sequences.length) {
        sequences = Arrays.copyOf(sequences, 2 * size);
      }
      sequences[size++] = letter.sequence();
      expired += letter.burial() == Burial.EXPIRED ? 1 : 0;
    }

    Exclusions build() {
      return size == 0 ? NONE : new Exclusions(Arrays.copyOf(sequences, size), expired);
    }
  }
}
