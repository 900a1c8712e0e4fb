package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.EventField.EVENT_ID;
import static io.github.eventbuffer.internal.EventField.EVENT_TIME;
import static io.github.eventbuffer.internal.EventField.EVENT_TYPE;
import static io.github.eventbuffer.internal.EventField.ITEM_ID;
import static io.github.eventbuffer.internal.EventField.UID_TYPE;
import static io.github.eventbuffer.internal.EventField.UID_VALUE;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an object of an event may have, found by their bytes: a hash table by their last
 * eight characters. Immutable, so thread-safe.
 */
final class EventKeys {
  private static final int SLOTS = 32;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** In the object that may have them. */
  private static final long REQUIRED =
      EVENT_ID.bit | EVENT_TYPE.bit | EVENT_TIME.bit | UID_TYPE.bit | UID_VALUE.bit | ITEM_ID.bit;

  private final @Nullable Key[] keys = new Key[SLOTS];

  /** Those that it must have. */
  final long required;

  /** Of the object that this field holds; of the event itself for null. */
  EventKeys(@Nullable EventField parent) {
    long all = 0;
    for (EventField field : EventField.values()) {
      if (field.parent == parent) {
        all |= field.bit;
        Key key = new Key(field);
        int slot = slot(key.tail);
        while (keys[slot] != null) {
          slot = (slot + 1) % SLOTS;
        }
        keys[slot] = key;
      }
    }
    required = all & REQUIRED;
  }

  /** The field with the key in {@code [from, to)}, or null. */
  @Nullable EventField find(byte[] json, int from, int to) {
    long tail = Key.tail(json, from, to);
    for (int slot = slot(tail); ; slot = (slot + 1) % SLOTS) {
      Key key = keys[slot];
      if (key == null) {
        return null;
      }
      if (key.tail == tail && key.lies(json, from, to)) {
        return key.field;
      }
    }
  }

  private static int slot(long tail) {
    return (int) (tail * MIX >>> 59);
  }

  /** A field's name, eight characters at a time. */
  private static final class Key {
    private static final int MAX_LENGTH = 3 * Long.BYTES;

    final EventField field;
    final int length;
    final long head;
    final long middle;
    final long tail;

    Key(EventField field) {
      this.field = field;
      length = field.name.length();
      if (length > MAX_LENGTH) {
        throw new IllegalArgumentException(field.name);
      }
      byte[] name = padded(field.name);
      int from = Long.BYTES;
      head = (long) LONG.get(name, from);
      middle = (long) LONG.get(name, from + Long.BYTES);
      tail = tail(name, from, from + length);
    }

    /** Whether it is this, of which the tail is known to be the same. */
    boolean lies(byte[] json, int from, int to) {
      return to - from == length
          && (length <= Long.BYTES || (long) LONG.get(json, from) == head)
          && (length <= 2 * Long.BYTES || (long) LONG.get(json, from + Long.BYTES) == middle);
    }

    /** The last eight characters, or as many as there are. */
    static long tail(byte[] json, int from, int to) {
      int missing = Math.max(0, Long.BYTES - (to - from));
      return (long) LONG.get(json, to - Long.BYTES) >>> missing * Byte.SIZE;
    }

    private static byte[] padded(String name) {
      String text = " ".repeat(Long.BYTES) + name + " ".repeat(MAX_LENGTH);
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
