package io.github.eventbuffer.internal;

import java.util.TreeMap;

/** How many dead letters that were not taken away lie in which segment. Not thread-safe. */
final class LetterSegments {
  private final TreeMap<Integer, Long> alive = new TreeMap<>();
  private long count;

  void add(int segment) {
    alive.merge(segment, 1L, Long::sum);
    count++;
  }

  void remove(int segment) {
    // It may have been given up since the letter was listed.
    if (alive.containsKey(segment)) {
      alive.merge(segment, -1L, Long::sum);
      count--;
    }
  }

  /** How many are in there. */
  long in(int segment) {
    return Math.max(0, alive.getOrDefault(segment, 0L));
  }

  /** The segment is gone. */
  void forget(int segment) {
    count -= in(segment);
    alive.remove(segment);
  }

  long count() {
    return count;
  }
}
