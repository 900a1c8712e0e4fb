package io.github.eventbuffer.internal;

import io.github.eventbuffer.Destination;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a queue holds. A reader believes no others: where a write went astray, a page of
 * one queue may lie in a file of another, and the sequences of the two have nothing to do with each
 * other. The other queue may be this buffer's second one or that of another buffer, whose events
 * must not go to this one's destination: each entry but a mark bears a hash of its own.
 */
final class EntryFormat {
  private final byte entry;
  private final byte mark;
  private final int mostFrameBytes;
  private final int destinationHash;

  /** The three as they stand in a file. */
  private final int entryHeader;

  private final int markHeader;
  private final int takenHeader;

  /** {@code taken}: how entries are marked that say which others were taken away. */
  private EntryFormat(byte entry, byte mark, byte taken, int mostPayloadBytes, Destination of) {
    this.entry = entry;
    this.mark = mark;
    mostFrameBytes = mostPayloadBytes + Frame.OVERHEAD_BYTES;
    destinationHash = hash(of);
    entryHeader = header(entry);
    markHeader = header(mark);
    takenHeader = header(taken);
  }

  /** Events on their way. */
  static EntryFormat events(Destination destination) {
    return new EntryFormat(
        Frame.EVENT, Frame.MARK, Frame.EVENT, BufferOptions.MOST_EVENT_BYTES, destination);
  }

  /** Dead letters: the event as a string, which escaping at most doubles, in an envelope. */
  static EntryFormat letters(Destination destination) {
    return new EntryFormat(
        Frame.LETTER,
        Frame.LETTERS_MARK,
        Frame.LETTERS_TAKEN,
        mostLetterBytes(BufferOptions.MOST_EVENT_BYTES),
        destination);
  }

  /** 16 bits of the CRC32C of the three names in UTF-8, each with a zero byte behind it. */
  private static int hash(Destination destination) {
    CRC32C crc = new CRC32C();
    add(crc, destination.advertiserId());
    add(crc, destination.eventSourceId());
    add(crc, destination.testEventCode());
    return (int) crc.getValue() & 0xffff;
  }

  private static void add(CRC32C crc, @Nullable String name) {
    crc.update((name == null ? "" : name).getBytes(StandardCharsets.UTF_8));
    crc.update(0);
  }

  /** How entries are marked. */
  byte entry() {
    return entry;
  }

  /** How the mark is marked that begins each run. */
  byte mark() {
    return mark;
  }

  /**
   * The first four bytes of a frame of this queue. A mark names its destination in its payload, and
   * that of another one has to be seen.
   */
  int header(byte kind) {
    return Frame.header(kind, kind == mark ? 0 : destinationHash);
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
    return entry == Frame.EVENT;
  }

  /** Whether the first four bytes of a frame of this queue can be these. */
  boolean isHeader(int word) {
    return word == entryHeader || word == markHeader || word == takenHeader;
  }
}
