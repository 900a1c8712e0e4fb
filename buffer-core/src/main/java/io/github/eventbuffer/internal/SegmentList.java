package io.github.eventbuffer.internal;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a queue in order, oldest first. Thread-safe; the appender adds, the flusher
 * removes.
 */
final class SegmentList {
  private final ConcurrentSkipListMap<Integer, Segment> byNumber = new ConcurrentSkipListMap<>();

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
