package io.github.eventbuffer.internal;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which sequences were seen, where most of them rise by one. It remembers what is missing below the
 * highest, so it takes no room for what is in order. Not thread-safe.
 */
final class SeenSequences {
  private final TreeMap<Long, Long> gaps = new TreeMap<>();
  private long highest;

  /** Takes a sequence of 1 or more; returns whether it is new. */
  boolean add(long sequence) {
    if (sequence > highest) {
      putGap(highest + 1, sequence - 1);
      highest = sequence;
      return true;
    }
    Map.Entry<Long, Long> gap = gaps.floorEntry(sequence);
    if (gap == null || gap.getValue() < sequence) {
      return false;
    }
    gaps.remove(gap.getKey());
    putGap(gap.getKey(), sequence - 1);
    putGap(sequence + 1, gap.getValue());
    return true;
  }

  /** Whether a sequence was taken. */
  boolean contains(long sequence) {
    if (sequence > highest) {
      return false;
    }
    Map.Entry<Long, Long> gap = gaps.floorEntry(sequence);
    return gap == null || gap.getValue() < sequence;
  }

  private void putGap(long first, long last) {
    if (first <= last) {
      gaps.put(first, last);
    }
  }
}
