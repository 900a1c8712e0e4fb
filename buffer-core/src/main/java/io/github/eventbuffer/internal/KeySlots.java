package io.github.eventbuffer.internal;

/**
 * The slots of a hash table over keys that lie in an array elsewhere, each with a place there from
 * 1 on; linear probing.
 *
 * <pre>
 *  slot: tag &lt;&lt; 24 | place; 0 is free
 * </pre>
 *
 * Only the slots are looked up at random, a third of the whole or less. The tag, eight bits of the
 * key, stands there too, so a key that is not there is seldom compared with one that is.
 */
final class KeySlots {
  private static final int PLACE_BITS = 24;

  /** The most keys of a table. */
  static final int MOST = (1 << PLACE_BITS) - 1;

  private KeySlots() {}

  /** For so many keys: at most three quarters full. */
  static int[] of(int keys) {
    return new int[Integer.highestOneBit(Math.max(2, keys + keys / 3)) << 1];
  }

  /** The lower eight bits of this, where a slot has its tag. */
  static int tag(int bits) {
    return bits << PLACE_BITS;
  }

  static boolean hasTag(int slot, int tag) {
    return (slot & ~MOST) == tag;
  }

  static int place(int slot) {
    return slot & MOST;
  }
}
