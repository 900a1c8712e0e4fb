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
  private final EntryFormat format;
  private final ConcurrentSkipListMap<Integer, Segment> byNumber = new ConcurrentSkipListMap<>();

  /** Segments up to this one were there at open. */
  private volatile int lastAtOpen;

  private volatile long highestAtOpen = Long.MAX_VALUE;

  /** A view of those that {@link #disordered(int, int)} names. */
  private volatile Collection<Segment> disordered = List.of();

  /** The end of the queue that is appended to. */
  interface Newest {
    /**
     * Whether there is a run to append to. A segment that was listed before the answer is no, is
     * never appended to again, and {@link #lastSequence()} asked for after it covers all in there.
     */
    boolean hasRun();

    /** Sequence of the newest event. */
    long lastSequence();
  }

  /** No segment yet; those that come hold such entries. */
  SegmentList(EntryFormat format) {
    this.format = format;
  }

  EntryFormat format() {
    return format;
  }

  void add(Segment segment) {
    byNumber.put(segment.number(), segment);
  }

  /** Unless it was removed. */
  void replace(Segment segment, Segment by) {
    byNumber.replace(segment.number(), segment, by);
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
   * All that is there up to this segment holds no sequence above this one, as far as is known; the
   * next event gets the next one. Should an entry turn up in there all the same, in a page astray,
   * it must not pass for an event that is appended now.
   */
  void opened(int lastNumber, long lastSequence) {
    highestAtOpen = lastSequence;
    lastAtOpen = lastNumber;
  }

  /** The highest sequence that an entry of this segment may bear. */
  long mostIn(Segment segment) {
    return segment.number() <= lastAtOpen ? highestAtOpen : Long.MAX_VALUE;
  }

  /**
   * From the segment {@code from} to the segment {@code to}, pages lie in each other's place: what
   * is missing in one may be in any other of them. What was said before holds, too.
   */
  synchronized void disordered(int from, int to) {
    int first = from;
    int last = to;
    for (Segment segment : disordered) {
      first = Math.min(first, segment.number());
      last = Math.max(last, segment.number());
    }
    disordered = byNumber.subMap(first, true, last, true).values();
  }

  /** The segments whose order says nothing of the order of their entries; none as a rule. */
  Collection<Segment> disordered() {
    return disordered;
  }

  /** By its number: its length may have changed since it was looked up. */
  boolean isDisordered(int number) {
    for (Segment segment : disordered) {
      if (segment.number() == number) {
        return true;
      }
    }
    return false;
  }

  /** From this number on. */
  Collection<Segment> since(int number) {
    return byNumber.tailMap(number).values();
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
