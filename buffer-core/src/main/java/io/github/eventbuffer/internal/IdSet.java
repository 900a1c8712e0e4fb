package io.github.eventbuffer.internal;

import java.util.Arrays;

/**
 * Which id hashes are in a batch. Two ids may share a hash; the batch then ends one event early,
 * which does no harm. Open addressing, allocated once. Not thread-safe.
 */
final class IdSet {
  private final int[] table;
  private boolean zero;

  /** Holds up to {@code most} hashes. */
  IdSet(int most) {
    table = new int[Integer.highestOneBit(Math.max(8, most)) << 2];
  }

  boolean contains(int hash) {
    return hash == 0 ? zero : table[slot(hash)] == hash;
  }

  void add(int hash) {
    if (hash == 0) {
      zero = true;
    } else {
      table[slot(hash)] = hash;
    }
  }

  void clear() {
    Arrays.fill(table, 0);
    zero = false;
  }

  private int slot(int hash) {
    int slot = hash * 0x9e3779b9 >>> Integer.numberOfLeadingZeros(table.length - 1);
    while (table[slot] != 0 && table[slot] != hash) {
      slot = slot + 1 & table.length - 1;
    }
    return slot;
  }
}
