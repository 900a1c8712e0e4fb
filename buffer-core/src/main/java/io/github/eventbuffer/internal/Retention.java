package io.github.eventbuffer.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Removes segments that are done with, and no others: every event in them is committed, the
 * checkpoint that says so was forced to the device, and the duplicate window no longer needs them,
 * unless their space is wanted for new events. Belongs to the flusher.
 */
final class Retention {
  private final SegmentList segments;
  private final SegmentBounds bounds;
  private final BadSectors badSectors;
  private final Quarantine quarantine;
  private final int windowEntries;
  private final long windowMillis;
  private final LongSupplier wallMillis;
  private int measured = -1;
  private long measuredMillis;

  Retention(
      SegmentList segments,
      SegmentBounds bounds,
      BadSectors badSectors,
      Quarantine quarantine,
      int windowEntries,
      long windowMillis,
      LongSupplier wallMillis) {
    this.segments = segments;
    this.bounds = bounds;
    this.badSectors = badSectors;
    this.quarantine = quarantine;
    this.windowEntries = windowEntries;
    this.windowMillis = windowMillis;
    this.wallMillis = wallMillis;
  }

  /**
   * Removes what may be removed.
   *
   * @param commits whose written sequence covers a segment before it is removed
   * @param lastSequence the newest sequence
   * @param spaceWanted whether space comes before the duplicate window
   * @return whether there was any
   */
  boolean run(Commits commits, long lastSequence, boolean spaceWanted) throws IOException {
    boolean forced = false;
    Segment oldest = segments.first();
    while (oldest != null) {
      Segment next = segments.after(oldest.number());
      if (next == null
          || next.firstSequence() - 1 > commits.writtenSequence()
          || !spaceWanted && isInWindow(oldest, next, lastSequence)
          || bounds.lastSequence(oldest, next) > commits.writtenSequence()) {
        return forced;
      }
      if (!forced) {
        commits.force();
        forced = true;
      }
      segments.remove(oldest);
      if (badSectors.isIn(oldest.file())) {
        quarantine.take(oldest.file());
      } else {
        Files.deleteIfExists(oldest.file());
      }
      Path run = Objects.requireNonNull(oldest.file().getParent(), "a segment of a run");
      if (!run.equals(next.file().getParent())) {
        SegmentFiles.removeRunIfEmpty(run);
      }
      oldest = next;
    }
    return forced;
  }

  /** Whether the newest events of a segment are still in the duplicate window. */
  private boolean isInWindow(Segment oldest, Segment next, long lastSequence) throws IOException {
    return next.firstSequence() > lastSequence - windowEntries
        && (isYoung(next.firstAcceptedAtMillis())
            || isOtherRun(oldest, next) && isYoung(newestAcceptedAt(oldest, next)));
  }

  private boolean isYoung(long acceptedAtMillis) {
    return wallMillis.getAsLong() - acceptedAtMillis <= windowMillis;
  }

  /**
   * Within a run, times of acceptance rise, and a segment holds nothing newer than its successor's
   * first entry. Between two runs the wall clock may have been set back by any step, so that only
   * the entries themselves tell.
   */
  private static boolean isOtherRun(Segment oldest, Segment next) {
    return !Objects.equals(oldest.file().getParent(), next.file().getParent());
  }

  /** When the newest event of a segment was accepted; read once for each. */
  private long newestAcceptedAt(Segment oldest, Segment next) throws IOException {
    if (oldest.number() != measured) {
      long newest = oldest.firstAcceptedAtMillis();
      try (SegmentReader reader = new SegmentReader(segments, QueueKind.EVENTS)) {
        reader.moveTo(new Position(oldest.number(), 0));
        while (reader.next(next.firstSequence() - 1)) {
          newest = Math.max(newest, Frame.acceptedAtMillis(reader.bytes(), reader.frame()));
        }
      }
      measured = oldest.number();
      measuredMillis = newest;
    }
    return measuredMillis;
  }
}
