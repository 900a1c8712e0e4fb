package io.github.eventbuffer.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * One change to the bytes of a file, whatever their number.
 *
 * @param place where, in millionths of the bytes
 * @param length of what is changed
 * @param value which bit, from where, or which of the hostile numbers
 */
record Mutation(Kind kind, int place, int length, int value) {
  private static final int MILLION = 1_000_000;

  /** Lengths and counts that a reader must not believe, and all flags of Chronicle's headers. */
  private static final int[] HOSTILE = {
    -1,
    Integer.MIN_VALUE,
    Integer.MIN_VALUE + 1,
    Integer.MAX_VALUE,
    Integer.MAX_VALUE - 3,
    Integer.MAX_VALUE - Frame.OVERHEAD_BYTES + 1,
    -Frame.OVERHEAD_BYTES,
    -Frame.OVERHEAD_BYTES - 1,
    -Frame.HEADER_BYTES - Long.BYTES,
    0,
    1,
    3,
    Frame.OVERHEAD_BYTES,
    Frame.OVERHEAD_BYTES - 1,
    1 << 16,
    1 << 20,
    1 << 24,
    (1 << 24) + 1,
    0x3fff_ffff,
    0x3fff_fffc,
    0x4000_0000,
    0x4000_0001,
    0x4000_1000,
    0x7fff_fffc,
    0x8000_0000,
    0x8000_0100,
    0xbfff_ffff,
    0xc000_0000,
    0xc000_0100
  };

  enum Kind {
    BIT_FLIPPED,
    ZEROED,
    OVERWRITTEN,
    /** Other bytes of the same file. */
    SPLICED,
    TAKEN_OUT,
    PUT_IN,
    CUT_OFF,
    /** One bit of one of the file's own fields for numbers. */
    FIELD_BIT_FLIPPED,
    /** A hostile number, at one of the file's own fields for numbers. */
    HOSTILE_FIELD,
    /** A hostile number anywhere, aligned. */
    HOSTILE_WORD
  }

  /** One to four of these kinds. */
  static Arbitrary<List<Mutation>> some(Kind... kinds) {
    return Combinators.combine(
            Arbitraries.of(kinds),
            Arbitraries.integers().between(0, MILLION - 1),
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(1, 16)),
                net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(1, 6_000)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(1, 100_000))),
            Arbitraries.integers().between(0, MILLION - 1))
        .as(Mutation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  /** Applies all of them. */
  static byte[] apply(List<Mutation> mutations, byte[] bytes, int... fields) {
    byte[] changed = bytes.clone();
    for (Mutation mutation : mutations) {
      changed = changed.length == 0 ? changed : mutation.apply(changed, fields);
    }
    return changed;
  }

  private byte[] apply(byte[] bytes, int... fields) {
    int at = scaled(place, bytes.length);
    int to = Math.min(bytes.length, at + length);
    switch (kind) {
      case BIT_FLIPPED -> bytes[at] ^= (byte) (1 << value % 8);
      case ZEROED -> Arrays.fill(bytes, at, to, (byte) 0);
      case OVERWRITTEN -> {
        for (int i = at; i < to; i++) {
          bytes[i] = (byte) ((i ^ value) * 0x9e3779b9 >>> 24);
        }
      }
      case SPLICED -> {
        int from = scaled(value, bytes.length);
        System.arraycopy(bytes, from, bytes, at, Math.min(to - at, bytes.length - from));
      }
      case TAKEN_OUT -> {
        byte[] left = Arrays.copyOf(bytes, bytes.length - (to - at));
        System.arraycopy(bytes, to, left, at, bytes.length - to);
        return left;
      }
      case PUT_IN -> {
        byte[] more = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, at, more, at + length, bytes.length - at);
        return more;
      }
      case CUT_OFF -> {
        return Arrays.copyOf(bytes, at);
      }
      case FIELD_BIT_FLIPPED -> {
        if (fields.length > 0) {
          int field = fields[scaled(place, fields.length)] + value / 8 % Integer.BYTES;
          if (field < bytes.length) {
            bytes[field] ^= (byte) (1 << value % 8);
          }
        }
      }
      case HOSTILE_FIELD -> {
        if (fields.length > 0) {
          put(bytes, fields[scaled(place, fields.length)]);
        }
      }
      case HOSTILE_WORD -> put(bytes, at & ~3);
    }
    return bytes;
  }

  private void put(byte[] bytes, int at) {
    if (at + Integer.BYTES <= bytes.length) {
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(at, HOSTILE[value % HOSTILE.length]);
    }
  }

  private static int scaled(int place, int size) {
    return (int) ((long) place * size / MILLION);
  }
}
