package io.github.eventbuffer.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Identity of an event for the duplicate filter: the first 128 bits of SHA-256 over event type, a
 * zero byte and event id. No two events that were ever seen share one, and no one can make two that
 * do.
 *
 * <p>It is also the reservation that {@link DuplicateFilter} keeps while the event is appended, and
 * is used again for another event once that has ended. What it identifies is changed only while it
 * is {@link #FREE}, and by its owner.
 */
final class DuplicateKey {
  /** The filter does not know it. */
  static final int FREE = 0;

  /** Reserved. */
  static final int PENDING = 1;

  /** Its event is stored; the reservation is to end as accepted. */
  static final int CONFIRMED = 2;

  /** Its event is not stored; the reservation is to end without a trace. */
  static final int RELEASED = 3;

  long high;
  long low;

  /** When its event was accepted, in milliseconds since the epoch. */
  long acceptedAtMillis;

  /**
   * Written by its stripe under the lock, with one exception: the owner's decision. That is a store
   * alone, which still works where the stack ends and no call does.
   */
  volatile int state;

  /** Makes it the key of another event. */
  void set(long newHigh, long newLow, long millis) {
    high = newHigh;
    low = newLow;
    acceptedAtMillis = millis;
  }

  /** Computes keys. Not thread-safe. */
  static final class Digest {
    private static final VarHandle LONG =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** 256 code points of id and 64 characters of type, at most three bytes per UTF-16 unit. */
    private static final int MOST_BYTES = 3 * (2 * 256 + 64) + 1;

    private final MessageDigest sha256;
    private final byte[] input = new byte[MOST_BYTES];
    private final byte[] output = new byte[32];

    Digest() {
      try {
        sha256 = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    /** Takes in an event's type and id, both already validated for length. */
    void update(String eventType, String eventId) {
      int end = copy(eventType, 0);
      input[end++] = 0;
      end = copy(eventId, end);
      digest(end);
    }

    /** The same for a type and an id of ASCII, which lie somewhere in these bytes. */
    void update(byte[] ascii, int type, int typeEnd, int id, int idEnd) {
      int end = typeEnd - type;
      System.arraycopy(ascii, type, input, 0, end);
      input[end++] = 0;
      System.arraycopy(ascii, id, input, end, idEnd - id);
      digest(end + idEnd - id);
    }

    private void digest(int end) {
      // Of an earlier one that an Error cut short, nothing may be left in it.
      sha256.reset();
      sha256.update(input, 0, end);
      try {
        sha256.digest(output, 0, output.length);
      } catch (DigestException e) {
        throw new IllegalStateException("a SHA-256 has 32 bytes", e);
      }
    }

    long high() {
      return (long) LONG.get(output, 0);
    }

    long low() {
      return (long) LONG.get(output, 8);
    }

    /** UTF-16 code units as bytes: one each for Latin-1 text would not tell U+0141 from 'A'. */
    private int copy(String text, int at) {
      int end = at;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c < 0x80) {
          input[end++] = (byte) c;
        } else {
          input[end++] = (byte) (0x80 | c >>> 14);
          input[end++] = (byte) (0x80 | c >>> 7 & 0x7f);
          input[end++] = (byte) (0x80 | c & 0x7f);
        }
      }
      return end;
    }
  }
}
