package io.github.eventbuffer.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The layout of one entry, little-endian:
 *
 * <pre>
 *  offset  size  field
 *       0     1  version, 1
 *       1     1  kind: 1 event, 2 mark, 3 dead letter, 4 mark of the dead
 *                letters, 5 dead letters that were taken away
 *       2     2  hash of the destination ({@link EntryFormat})
 *       4     4  n, length of the payload
 *       8     8  accepted at, milliseconds since the epoch
 *      16    16  duplicate key
 *      32     4  hash of the event id alone; in a mark, of destination and segment
 *      36     n  payload: the event as UTF-8 JSON, exactly as it is sent
 *    36+n     8  sequence
 *    44+n     4  CRC32C of all that precedes
 * </pre>
 *
 * The sequence stands behind the payload so that everything but twelve bytes is encoded and summed
 * before the append lock is taken. Chronicle Queue has no checksum of its own, and after a power
 * cut a committed header can stand over a payload that never reached the disk: each read verifies.
 *
 * <p>A mark is an entry that begins each run of a buffer. It bears the sequence of the last event
 * before it and consumes none; its payload is the buffer's metadata.
 */
final class Frame {
  static final int HEADER_BYTES = 36;
  static final int TRAILER_BYTES = 12;
  static final int OVERHEAD_BYTES = HEADER_BYTES + TRAILER_BYTES;

  static final byte EVENT = 1;
  static final byte MARK = 2;

  static final byte LETTER = 3;
  static final byte LETTERS_MARK = 4;
  static final byte LETTERS_TAKEN = 5;

  /** Offsets of what others read without verifying it. */
  static final int PAYLOAD_LENGTH_AT = 4;

  static final int ACCEPTED_AT = 8;
  static final int KEY_AT = 16;
  static final int ID_HASH_AT = 32;

  private static final byte VERSION = 1;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Frame() {}

  /**
   * Writes all but the trailer around a payload that already lies at {@link #HEADER_BYTES}.
   *
   * @param header its first four bytes
   */
  static void begin(
      byte[] frame,
      int header,
      int payloadBytes,
      long acceptedAtMillis,
      long keyHigh,
      long keyLow,
      int idHash) {
    INT.set(frame, 0, header);
    INT.set(frame, PAYLOAD_LENGTH_AT, payloadBytes);
    LONG.set(frame, ACCEPTED_AT, acceptedAtMillis);
    LONG.set(frame, KEY_AT, keyHigh);
    LONG.set(frame, KEY_AT + Long.BYTES, keyLow);
    INT.set(frame, ID_HASH_AT, idHash);
  }

  /** Sums what {@link #begin} and the payload put there; the first half of the checksum. */
  static void sum(CRC32C crc, byte[] frame) {
    crc.reset();
    crc.update(frame, 0, HEADER_BYTES + payloadBytes(frame, 0));
  }

  /** Writes the trailer; {@code crc} has seen all that precedes it. */
  static void seal(CRC32C crc, byte[] frame, long sequence) {
    int end = HEADER_BYTES + payloadBytes(frame, 0);
    LONG.set(frame, end, sequence);
    crc.update(frame, end, Long.BYTES);
    INT.set(frame, end + Long.BYTES, (int) crc.getValue());
  }

  /**
   * Whether a whole, undamaged frame lies at {@code offset}. Reads nothing outside of {@code
   * available} bytes, whatever the bytes say.
   */
  static boolean isIntact(CRC32C crc, byte[] bytes, int offset, int available) {
    if (available < OVERHEAD_BYTES || !looksLikeHeader((int) INT.get(bytes, offset))) {
      return false;
    }
    int payload = payloadBytes(bytes, offset);
    if (payload < 0 || payload > available - OVERHEAD_BYTES) {
      return false;
    }
    int summed = HEADER_BYTES + payload + Long.BYTES;
    crc.reset();
    crc.update(bytes, offset, summed);
    return (int) crc.getValue() == (int) INT.get(bytes, offset + summed);
  }

  /** The first four bytes of a frame. */
  static int header(byte kind, int destinationHash) {
    return VERSION | kind << 8 | destinationHash << 16;
  }

  /** Whether the first four bytes of a frame can be these, whatever its destination. */
  static boolean looksLikeHeader(int word) {
    return (word & 0xff) == VERSION && kind(word) >= EVENT && kind(word) <= LETTERS_TAKEN;
  }

  static byte kind(byte[] bytes, int offset) {
    return bytes[offset + 1];
  }

  /** The kind in the first four bytes of a frame. */
  static byte kind(int word) {
    return (byte) (word >>> 8);
  }

  static int payloadBytes(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + PAYLOAD_LENGTH_AT);
  }

  static long acceptedAtMillis(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset + ACCEPTED_AT);
  }

  static long keyHigh(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset + KEY_AT);
  }

  static long keyLow(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset + KEY_AT + Long.BYTES);
  }

  static int idHash(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + ID_HASH_AT);
  }

  static long sequence(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset + HEADER_BYTES + payloadBytes(bytes, offset));
  }
}
