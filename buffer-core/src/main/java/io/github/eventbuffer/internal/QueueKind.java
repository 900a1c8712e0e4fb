package io.github.eventbuffer.internal;

/**
 * What a queue holds. A reader believes no entry of the other kind: where a write went astray, a
 * page of one queue may lie in a file of the other, and sequences of the two have nothing to do
 * with each other.
 */
enum QueueKind {
  /** Events on their way. */
  EVENTS(Frame.EVENT, Frame.MARK, BufferOptions.MOST_EVENT_BYTES),

  /** Dead letters: the event as a string, which escaping at most doubles, in an envelope. */
  LETTERS(
      Frame.LETTER, Frame.LETTERS_MARK, QueueKind.mostLetterBytes(BufferOptions.MOST_EVENT_BYTES));

  private final byte entry;
  private final byte mark;
  private final int mostFrameBytes;

  QueueKind(byte entry, byte mark, int mostPayloadBytes) {
    this.entry = entry;
    this.mark = mark;
    mostFrameBytes = mostPayloadBytes + Frame.OVERHEAD_BYTES;
  }

  /** How entries are marked. */
  byte entry() {
    return entry;
  }

  /** How the mark is marked that begins each run. */
  byte mark() {
    return mark;
  }

  /** What a reader believes: an earlier run may have had a larger {@code maxEventBytes}. */
  int mostFrameBytes() {
    return mostFrameBytes;
  }

  /** Bytes of a letter's payload for an event of a given size. */
  static int mostLetterBytes(int maxEventBytes) {
    return 2 * maxEventBytes + (8 << 10);
  }

  /**
   * Whether an entry is passed over that comes after one with a higher sequence. Events are sent
   * once and in order. Of the dead letters each one counts, wherever it lies.
   */
  boolean isOrdered() {
    return this == EVENTS;
  }

  /** Whether the first four bytes of a frame of this queue can be these. */
  boolean isHeader(int word) {
    return Frame.looksLikeHeader(word)
        && (Frame.kind(word) == entry
            || Frame.kind(word) == mark
            || Frame.kind(word) == Frame.LETTERS_TAKEN && this == LETTERS);
  }
}
