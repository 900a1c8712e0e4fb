package io.github.eventbuffer.internal;

import java.util.Arrays;

/**
 * Keys of accepted events, in arrays, and not an object for each.
 *
 * <pre>
 *  keys, in the order in which they were added, four longs each:
 *      high half | low half | number | accepted at
 *  slots: {@link KeySlots}
 * </pre>
 *
 * The place is the key's number in this table. Keys are added, and removed only all at once, so
 * whoever asks says which of them still count; one may be there more than once. Not thread-safe.
 */
final class KeyTable {
  private static final int LONGS = 4;
  private static final int NUMBER = 2;
  private static final int ACCEPTED_AT = 3;
  private static final int FIRST_KEYS = 8;

  private int[] slots = {};
  private long[] keys = {};
  private int count;
  private long newestNumber = Long.MIN_VALUE;
  private long newestMillis = Long.MIN_VALUE;

  /** How many keys there are. */
  int count() {
    return count;
  }

  /** Whether all keys have a number up to this one, or were accepted before this time. */
  boolean isOut(long number, long beforeMillis) {
    return newestNumber <= number || newestMillis < beforeMillis;
  }

  /** Whether the key is there with a number above this one, accepted at this time or later. */
  boolean contains(long high, long low, long aboveNumber, long sinceMillis) {
    int[] table = slots;
    if (count == 0) {
      return false;
    }
    int mask = table.length - 1;
    int tag = tag(high);
    for (int at = (int) low & mask; table[at] != 0; at = at + 1 & mask) {
      int slot = table[at];
      if (KeySlots.hasTag(slot, tag)) {
        int key = key(KeySlots.place(slot));
        if (keys[key] == high
            && keys[key + 1] == low
            && keys[key + NUMBER] > aboveNumber
            && keys[key + ACCEPTED_AT] >= sinceMillis) {
          return true;
        }
      }
    }
    return false;
  }

  /** Makes room for so many more keys: to add them takes no memory then. */
  void ensureRoom(int more) {
    int needed = count + more;
    if (needed <= keys.length / LONGS) {
      return;
    }
    if (needed > KeySlots.MOST) {
      throw new IllegalStateException("a window has ten million keys at most, not " + needed);
    }
    int room = Math.max(FIRST_KEYS, Math.max(needed, count + count / 2));
    long[] moreKeys = Arrays.copyOf(keys, Math.multiplyExact(room, LONGS));
    int[] table = KeySlots.of(room);
    for (int place = 1; place <= count; place++) {
      int key = key(place);
      table[free(table, keys[key + 1])] = tag(keys[key]) | place;
    }
    keys = moreKeys;
    slots = table;
  }

  /** Adds a key, for which there is room. */
  void add(long high, long low, long number, long acceptedAtMillis) {
    int slot = free(slots, low);
    int tag = tag(high);
    int key = count * LONGS;
    keys[key] = high;
    keys[key + 1] = low;
    keys[key + NUMBER] = number;
    keys[key + ACCEPTED_AT] = acceptedAtMillis;
    count++;
    slots[slot] = tag | count;
    newestNumber = number > newestNumber ? number : newestNumber;
    newestMillis = acceptedAtMillis > newestMillis ? acceptedAtMillis : newestMillis;
  }

  /** Forgets all keys, and keeps the room. */
  void clear() {
    Arrays.fill(slots, 0);
    count = 0;
    newestNumber = Long.MIN_VALUE;
    newestMillis = Long.MIN_VALUE;
  }

  private static int free(int[] table, long low) {
    int mask = table.length - 1;
    int at = (int) low & mask;
    while (table[at] != 0) {
      at = at + 1 & mask;
    }
    return at;
  }

  /** Not the bits that choose a stripe: those are the same in all of its keys. */
  private static int tag(long high) {
    return KeySlots.tag((int) (high >>> 32));
  }

  private static int key(int place) {
    return (place - 1) * LONGS;
  }
}
