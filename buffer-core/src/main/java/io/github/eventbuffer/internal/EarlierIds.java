package io.github.eventbuffer.internal;

import java.util.Arrays;
import java.util.List;

/**
 * The events that earlier runs accepted, as far as the duplicate window reaches: made once, at
 * open, and never changed. A million objects in a cache would take ten times as long to put there.
 * Immutable, so thread-safe.
 *
 * <pre>
 *  keys, a part for each segment, in the order of acceptance, three longs an event:
 *      high half | low half | accepted at
 *  slots: {@link KeySlots}
 * </pre>
 *
 * The place is the event's number in the order of acceptance; a window has at most ten million.
 */
final class EarlierIds {
  static final EarlierIds NONE = new Builder().build(1);

  private static final int LONGS = 3;

  /** How many slots are brought near at a time; the smallest cache has room for them. */
  private static final int AHEAD = 64;

  private final List<Builder> parts;

  /** By part: the place of its first key; of the first one there may be only the end. */
  private final int[] firstPlaces;

  private final int[] slots;
  private final int count;
  private final long newestMillis;

  /** Kept for no other use than that the JIT must not leave {@link #touch} out. */
  @SuppressWarnings("UnusedVariable")
  private int touched;

  private EarlierIds(List<Builder> parts, int most) {
    this.parts = List.copyOf(parts);
    int found = parts.stream().mapToInt(Builder::size).sum();
    count = Math.min(found, most);
    slots = KeySlots.of(count);
    firstPlaces = new int[parts.size()];
    int first = 1 - (found - count);
    for (int i = 0; i < firstPlaces.length; i++) {
      firstPlaces[i] = first;
      first += parts.get(i).size;
    }
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < firstPlaces.length; i++) {
      newest = Math.max(newest, insert(parts.get(i), firstPlaces[i]));
    }
    newestMillis = newest;
  }

  /** Returns when the newest of these events was accepted. */
  private long insert(Builder part, int firstPlace) {
    int[] table = slots;
    long[] keys = part.keys;
    long newest = Long.MIN_VALUE;
    for (int from = Math.max(0, 1 - firstPlace); from < part.size; from += AHEAD) {
      int to = Math.min(part.size, from + AHEAD);
      touched += touch(table, keys, from, to);
      for (int i = from; i < to; i++) {
        int key = i * LONGS;
        int tag = tag(keys[key]);
        table[find(table, keys[key], keys[key + 1], tag)] = tag | firstPlace + i;
        newest = Math.max(newest, keys[key + 2]);
      }
    }
    return newest;
  }

  /**
   * Brings the slots of these keys near. An insertion waits for the memory before it knows what to
   * do next; these loads do not depend on each other, and wait together.
   */
  private static int touch(int[] table, long[] keys, int from, int to) {
    int mask = table.length - 1;
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += table[(int) keys[i * LONGS + 1] & mask];
    }
    return sum;
  }

  /** The last {@code most} keys of these parts, which are not added to any more. */
  static EarlierIds of(List<Builder> parts, int most) {
    return new EarlierIds(parts.stream().filter(part -> part.size > 0).toList(), most);
  }

  private static int tag(long high) {
    return KeySlots.tag((int) high);
  }

  /** The slot of this key, or the free one where it would be. The table is {@link #slots}. */
  private int find(int[] table, long high, long low, int tag) {
    int mask = table.length - 1;
    int at = (int) low & mask;
    while (true) {
      int slot = table[at];
      if (slot == 0 || KeySlots.hasTag(slot, tag) && isAt(KeySlots.place(slot), high, low)) {
        return at;
      }
      at = at + 1 & mask;
    }
  }

  private boolean isAt(int place, long high, long low) {
    int part = part(place);
    return word(part, place, 0) == high && word(part, place, 1) == low;
  }

  private int part(int place) {
    int found = Arrays.binarySearch(firstPlaces, place);
    return found >= 0 ? found : -found - 2;
  }

  private long word(int part, int place, int word) {
    return parts.get(part).keys[(place - firstPlaces[part]) * LONGS + word];
  }

  /**
   * Whether this key is in the window.
   *
   * @param oldestMillis what was accepted before is out of the window
   * @param room how many of these events, the newest, the window has room for
   */
  boolean contains(long high, long low, long oldestMillis, long room) {
    int place = KeySlots.place(slots[find(slots, high, low, tag(high))]);
    return place > count - room && place > 0 && word(part(place), place, 2) >= oldestMillis;
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
    private static final int ROOM = 1 << 10;

    /** What is expected may be wrong, and must not cost the heap that it would take. */
    private static final long MOST_GROWTH = 16;

    private long[] keys = new long[ROOM * LONGS];
    private int size;

    /** How many there are. */
    int size() {
      return size;
    }

    /** Forgets the newest ones, but for this many. */
    void truncate(int newSize) {
      size = newSize;
    }

    /** Whether the next one needs more room. */
    boolean isFull() {
      return size * LONGS == keys.length;
    }

    /**
     * Makes room for about so many in all, when it is full. As large arrays as these are make the
     * collector run in the middle of an open, if there is a new one for each time that it doubles.
     */
    void expect(long all) {
      long room = Math.max(2L * size, Math.min(all, MOST_GROWTH * size)) + ROOM;
      keys = Arrays.copyOf(keys, (int) Math.min(room * LONGS, Integer.MAX_VALUE - ROOM));
    }

    void add(long high, long low, long acceptedAtMillis) {
      if (isFull()) {
        expect(2L * size);
      }
      keys[size * LONGS] = high;
      keys[size * LONGS + 1] = low;
      // Damage may have made it any number; before the epoch no event was accepted.
      keys[size * LONGS + 2] = Math.max(0, acceptedAtMillis);
      size++;
    }

    /** Gives back the room that was not used, if it is much. */
    void trim() {
      if (keys.length > (size + size / 16 + ROOM) * LONGS) {
        keys = Arrays.copyOf(keys, size * LONGS);
      }
    }

    /** The last {@code most} of them. */
    EarlierIds build(int most) {
      return of(List.of(this), most);
    }
  }
}
