package io.github.eventbuffer.examples;

import java.util.BitSet;

/**
 * The numbers of the events whose acceptance reached this process: what the buffer has promised.
 * Thread-safe.
 */
final class Receipts {

  private final BitSet kept = new BitSet();
  private long filtered;

  synchronized void keep(int first, int end, int duplicates) {
    kept.set(first, end);
    filtered += duplicates;
  }

  /** How many appends were answered with {@code DUPLICATE}. */
  synchronized long filtered() {
    return filtered;
  }

  synchronized int count() {
    return kept.cardinality();
  }

  /** The first event that no receipt is there for. */
  synchronized int firstMissing() {
    return kept.nextClearBit(0);
  }

  synchronized BitSet numbers() {
    return (BitSet) kept.clone();
  }
}
