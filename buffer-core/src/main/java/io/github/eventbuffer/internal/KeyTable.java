package io.github.eventbuffer.internal;

import java.util.Arrays;

/**
 * Keys of accepted events: a hash table with linear probing, four longs a slot, in one array.
 *
 * <pre>
 *  high half | low half | number, from 1 on; 0 is free | accepted at
 * </pre>
 *
 * No object for each key: the heap has nothing to mark or to move, and a look at a slot is one at
 * memory. Keys are added and never removed but all at once, so whoever asks says which of them
 * still count. One key may be in it more than once. Not thread-safe.
 */
final class KeyTable {
  private static final int LONGS = 4;
  private static final int NUMBER = 2;
  private static final int ACCEPTED_AT = 3;
  private static final int FIRST_SLOTS = 8;

  private long[] slots = {};
  private int count;
  private long newestNumber;
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
    long[] table = slots;
    if (count == 0) {
      return false;
    }
    for (int at = slot(table, low); table[at + NUMBER] != 0; at = after(table, at)) {
      if (table[at] == high
          && table[at + 1] == low
          && table[at + NUMBER] > aboveNumber
          && table[at + ACCEPTED_AT] >= sinceMillis) {
        return true;
      }
    }
    return false;
  }

  /** Makes room for so many more keys: to add them takes no memory then. */
  void ensureRoom(int more) {
    int needed = count + more;
    // At most three quarters full.
    if (needed * 4L <= slots.length / LONGS * 3L) {
      return;
    }
    int grown = Math.max(FIRST_SLOTS, Integer.highestOneBit(needed + needed / 3) << 1);
    long[] table = new long[Math.multiplyExact(grown, LONGS)];
    for (int from = 0; from < slots.length; from += LONGS) {
      if (slots[from + NUMBER] != 0) {
        System.arraycopy(slots, from, table, free(table, slots[from + 1]), LONGS);
      }
    }
    slots = table;
  }

  /** Adds a key, for which there is room. */
  void add(long high, long low, long number, long acceptedAtMillis) {
    long[] table = slots;
    int at = free(table, low);
    table[at] = high;
    table[at + 1] = low;
    table[at + ACCEPTED_AT] = acceptedAtMillis;
    table[at + NUMBER] = number;
    count++;
    newestNumber = number > newestNumber ? number : newestNumber;
    newestMillis = acceptedAtMillis > newestMillis ? acceptedAtMillis : newestMillis;
  }

  /** Forgets all keys, and keeps the room. */
  void clear() {
    // Cut short, it leaves some keys out, and those that come behind them: none counts any more.
    Arrays.fill(slots, 0);
    count = 0;
    newestNumber = 0;
    newestMillis = Long.MIN_VALUE;
  }

  private static int free(long[] table, long low) {
    int at = slot(table, low);
    while (table[at + NUMBER] != 0) {
      at = after(table, at);
    }
    return at;
  }

  private static int slot(long[] table, long low) {
    return ((int) low & table.length / LONGS - 1) * LONGS;
  }

  private static int after(long[] table, int at) {
    return at + LONGS & table.length - 1;
  }
}
