package io.github.eventbuffer.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the entries of damaged segments lie, by sequence. Pages may lie in each other's place, so
 * neither the chain of documents nor the order in the file says what comes next.
 *
 * <p>Entries that follow each other in the file and in sequence are one run, so what is kept grows
 * with the damage, not with the segment. Not thread-safe.
 */
final class EntryIndex {
  private final List<Run> runs = new ArrayList<>();
  private final Collection<Segment> disordered;
  private final long upTo;
  private int head;
  private long highest;

  /** Where the last run goes on, if it does. */
  private long next;

  /**
   * Entries from this sequence to that one.
   *
   * @param offset where the first of them begins in the segment's file
   */
  record Run(long first, long last, int segment, long offset) {}

  /**
   * Still empty.
   *
   * @param disordered the segments that were known to be mixed up when it was made
   * @param upTo entries above it may have come since
   */
  EntryIndex(Collection<Segment> disordered, long upTo) {
    this.disordered = disordered;
    this.upTo = upTo;
  }

  /** Adds an entry; those of a segment one after the other. */
  void add(long sequence, int segment, long offset, long end) {
    Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
    if (last != null && last.segment == segment && last.last + 1 == sequence && offset == next) {
      runs.set(runs.size() - 1, new Run(last.first, sequence, segment, last.offset));
    } else {
      runs.add(new Run(sequence, sequence, segment, offset));
    }
    next = end;
    highest = Math.max(highest, sequence);
  }

  /** The highest sequence in it; 0 when it is empty. */
  long highest() {
    return highest;
  }

  /** To be called once, when all were added. */
  void sort() {
    runs.sort(Comparator.comparingLong(Run::first));
  }

  /** The run with the least sequence above this one, which must not fall from call to call. */
  @Nullable Run least(long sequence) {
    while (head < runs.size() && runs.get(head).last <= sequence) {
      head++;
    }
    return head < runs.size() ? runs.get(head) : null;
  }

  /** The run that {@link #least} named begins here from now on: what is before was read. */
  void goneOn(long sequence, long offset) {
    Run run = runs.get(head);
    runs.set(head, new Run(sequence, run.last, run.segment, offset));
  }

  /**
   * Whether there may be an entry above {@code sequence}, up to {@code wanted}, that is not here.
   */
  @SuppressWarnings("ReferenceEquality") // views are made anew when there are more of them
  boolean isOutdated(Collection<Segment> nowDisordered, long sequence, long wanted) {
    Run run = least(sequence);
    boolean isIn = run != null && Math.max(run.first, sequence + 1) <= upTo;
    return nowDisordered != disordered || wanted > upTo && !isIn;
  }
}
