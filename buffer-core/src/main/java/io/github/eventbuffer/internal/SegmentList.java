package io.github.eventbuffer.internal;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a queue in order, oldest first. Thread-safe; the appender adds, the flusher
 * removes.
 */
final class SegmentList {
  private final ConcurrentSkipListMap<Integer, Segment> byNumber = new ConcurrentSkipListMap<>();

  /** A view of those that {@link #disordered(int, int)} names. */
  private volatile Collection<Segment> disordered = List.of();

  void add(Segment segment) {
    byNumber.put(segment.number(), segment);
  }

  void remove(Segment segment) {
    byNumber.remove(segment.number());
  }

  /** The segment with this number, or the first one after it, or null. */
  @Nullable Segment atOrAfter(int number) {
    return value(byNumber.ceilingEntry(number));
  }

  @Nullable Segment after(int number) {
    return value(byNumber.higherEntry(number));
  }

  @Nullable Segment first() {
    return value(byNumber.firstEntry());
  }

  @Nullable Segment last() {
    return value(byNumber.lastEntry());
  }

  /**
   * The last segment whose first sequence is not above {@code sequence}, else the first; or null.
   */
  @Nullable Segment holding(long sequence) {
    Segment found = first();
    for (Segment segment : byNumber.values()) {
      if (segment.firstSequence() > sequence) {
        break;
      }
      found = segment;
    }
    return found;
  }

  /** The segments from the one that is {@link #holding} this sequence to the last. */
  List<Segment> from(long sequence) {
    Segment first = holding(sequence);
    return first == null ? List.of() : List.copyOf(byNumber.tailMap(first.number()).values());
  }

  /**
   * From the segment {@code from} to the segment {@code to}, pages lie in each other's place: what
   * is missing in one may be in any other of them. To be said before the list has readers.
   */
  void disordered(int from, int to) {
    disordered = byNumber.subMap(from, true, to, true).values();
  }

  /** The segments whose order says nothing of the order of their entries; none as a rule. */
  Collection<Segment> disordered() {
    return disordered;
  }

  Collection<Segment> all() {
    return byNumber.values();
  }

  long bytes() {
    long sum = 0;
    for (Segment segment : byNumber.values()) {
      sum += segment.bytes();
    }
    return sum;
  }

  private static @Nullable Segment value(Map.@Nullable Entry<Integer, Segment> entry) {
    return entry == null ? null : entry.getValue();
  }
}
