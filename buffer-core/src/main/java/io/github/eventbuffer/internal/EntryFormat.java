package io.github.eventbuffer.internal;

import io.github.eventbuffer.Destination;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a queue holds. A reader believes no others: where a write went astray, a page of
 * one queue may lie in a file of another, and the sequences of the two have nothing to do with each
 * other. The other queue may be this buffer's second one or that of another buffer, whose events
 * must not go to this one's destination: each entry bears a hash of its own.
 *
 * <p>A mark says which sequences were used up before it, so one that lies astray would have all of
 * them pass for lost. It bears a hash of destination and segment besides.
 */
final class EntryFormat {
  private final byte entry;
  private final byte mark;
  private final int mostFrameBytes;
  private final int destinationHash;
  private final boolean anyMark;

  /** The three as they stand in a file. */
  private final int entryHeader;

  private final int markHeader;
  private final int takenHeader;

  /** {@code taken}: how entries are marked that say which others were taken away. */
  private EntryFormat(
      byte entry, byte mark, byte taken, int mostPayloadBytes, Destination of, boolean anyMark) {
    this.entry = entry;
    this.mark = mark;
    mostFrameBytes = mostPayloadBytes + Frame.OVERHEAD_BYTES;
    destinationHash = hash(of);
    this.anyMark = anyMark;
    entryHeader = header(entry);
    markHeader = header(mark);
    takenHeader = header(taken);
  }

  /** Events on their way. */
  static EntryFormat events(Destination destination) {
    return events(destination, false);
  }

  /** The same with any mark, of another destination and segment too. */
  static EntryFormat eventsAndAnyMark(Destination destination) {
    return events(destination, true);
  }

  private static EntryFormat events(Destination destination, boolean anyMark) {
    return new EntryFormat(
        Frame.EVENT, Frame.MARK, Frame.EVENT, BufferOptions.MOST_EVENT_BYTES, destination, anyMark);
  }

  /** Dead letters: the event as a string, which escaping at most doubles, in an envelope. */
  static EntryFormat letters(Destination destination) {
    return new EntryFormat(
        Frame.LETTER,
        Frame.LETTERS_MARK,
        Frame.LETTERS_TAKEN,
        mostLetterBytes(BufferOptions.MOST_EVENT_BYTES),
        destination,
        false);
  }

  /** CRC32C of the three names in UTF-8, each with a zero byte behind it; entries bear 16 bits. */
  static int hash(Destination destination) {
    CRC32C crc = new CRC32C();
    add(crc, destination.advertiserId());
    add(crc, destination.eventSourceId());
    add(crc, destination.testEventCode());
    return (int) crc.getValue();
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

  /** The first four bytes of a frame of this queue. */
  int header(byte kind) {
    return Frame.header(kind, destinationHash & 0xffff);
  }

  /** What the mark of a run bears in the place of an event's hash: which segment it begins. */
  int markHash(int segment) {
    return destinationHash + segment;
  }

  /** Whether an intact frame belongs into this segment, by its kind and {@link Frame#idHash}. */
  boolean belongs(byte kind, int idHash, int segment) {
    return kind != mark || anyMark || idHash == markHash(segment);
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
    return word == entryHeader
        || word == markHeader
        || word == takenHeader
        || anyMark && Frame.looksLikeHeader(word) && Frame.kind(word) == mark;
  }
}
