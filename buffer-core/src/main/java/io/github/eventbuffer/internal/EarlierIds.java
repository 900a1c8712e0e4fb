package io.github.eventbuffer.internal;

import java.util.Arrays;

/**
 * The events that earlier runs accepted, as far as the duplicate window reaches: a table of 24
 * bytes a slot that is made once, at open, and never changes. A million objects in a cache would
 * take ten times as long to put there. Immutable, so thread-safe.
 *
 * <pre>
 *  each slot, three longs:  key, high half | key, low half | accepted at / 4 << 24 | place; 0 is free
 * </pre>
 *
 * The place is the event's number in the order of acceptance, from 1 on; a window has at most ten
 * million. The time, in units of 4 ms, lasts until 2109.
 */
final class EarlierIds {
  static final EarlierIds NONE = new Builder().build(1);

  private static final int SLOT = 3;
  private static final int TIME_BITS_LEFT_OUT = 2;
  private static final int PLACE_BITS = 24;
  private static final long PLACE = (1L << PLACE_BITS) - 1;

  private final long[] table;
  private final int mask;
  private final int count;
  private final long newestMillis;

  private EarlierIds(long[] table, int mask, int count, long newestMillis) {
    this.table = table;
    this.mask = mask;
    this.count = count;
    this.newestMillis = newestMillis;
  }

  /**
   * Whether this key is in the window.
   *
   * @param oldestMillis what was accepted before is out of the window
   * @param room how many of these events, the newest, the window has room for
   */
  boolean contains(long high, long low, long oldestMillis, long room) {
    int slot = (int) low & mask;
    while (true) {
      long when = table[slot * SLOT + 2];
      if (when == 0) {
        return false;
      }
      if (table[slot * SLOT] == high && table[slot * SLOT + 1] == low) {
        return when >>> PLACE_BITS >= oldestMillis >> TIME_BITS_LEFT_OUT
            && (when & PLACE) > count - room;
      }
      slot = slot + 1 & mask;
    }
  }

  /** How many events there are. */
  int count() {
    return count;
  }

  /** When the newest of them was accepted. */
  long newestMillis() {
    return newestMillis;
  }

  /** Collects keys in the order of acceptance. */
  static final class Builder {
    private long[] keys = new long[SLOT << 10];
    private int size;

    /** How many there are. */
    int size() {
      return size;
    }

    /** Forgets the newest ones, but for this many. */
    void truncate(int newSize) {
      size = newSize;
    }

    void add(long high, long low, long acceptedAtMillis) {
      if (size * SLOT == keys.length) {
        keys = Arrays.copyOf(keys, 2 * keys.length);
      }
      keys[size * SLOT] = high;
      keys[size * SLOT + 1] = low;
      keys[size * SLOT + 2] = acceptedAtMillis;
      size++;
    }

    /** The last {@code most} of them. */
    EarlierIds build(int most) {
      int count = Math.min(size, most);
      // At most three quarters full.
      int slots = Integer.highestOneBit(Math.max(2, count + count / 3)) << 1;
      long[] table = new long[slots * SLOT];
      int mask = slots - 1;
      long newest = Long.MIN_VALUE;
      for (int place = 1; place <= count; place++) {
        int from = (size - count + place - 1) * SLOT;
        long high = keys[from];
        long low = keys[from + 1];
        // What damage made of a time, or a clock that is far off, must not wrap around.
        long time = Math.max(0, Math.min(keys[from + 2] >> TIME_BITS_LEFT_OUT, (1L << 40) - 1));
        newest = Math.max(newest, time << TIME_BITS_LEFT_OUT);
        int at = ((int) low & mask) * SLOT;
        while (table[at + 2] != 0 && (table[at] != high || table[at + 1] != low)) {
          at += SLOT;
          at = at == table.length ? 0 : at;
        }
        table[at] = high;
        table[at + 1] = low;
        table[at + 2] = time << PLACE_BITS | place;
      }
      return new EarlierIds(table, mask, count, newest);
    }
  }
}
