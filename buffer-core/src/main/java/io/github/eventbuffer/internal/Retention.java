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
  private final SegmentList.Newest newest;
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
      SegmentList.Newest newest,
      SegmentBounds bounds,
      BadSectors badSectors,
      Quarantine quarantine,
      int windowEntries,
      long windowMillis,
      LongSupplier wallMillis) {
    this.segments = segments;
    this.newest = newest;
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
   * @param spaceWanted whether space comes before the duplicate window
   * @return whether there was any
   */
  boolean run(Commits commits, boolean spaceWanted) throws IOException {
    boolean forced = false;
    Segment oldest = segments.first();
    while (oldest != null) {
      Segment next = segments.after(oldest.number());
      if (next == null
          ? !spaceWanted || !isOver(commits)
          : next.firstSequence() - 1 > commits.writtenSequence()
              || !spaceWanted && isInWindow(oldest, next, newest.lastSequence())
              || bounds.lastSequence(oldest, next) > commits.writtenSequence()) {
        return forced;
      }
      if (!forced) {
        commits.force();
        forced = true;
      }
      remove(oldest);
      Path run = Objects.requireNonNull(oldest.file().getParent(), "a segment of a run");
      if (next == null || !run.equals(next.file().getParent())) {
        SegmentFiles.removeRunIfEmpty(run);
      }
      oldest = next;
    }
    return forced;
  }

  /**
   * Whether the last segment is done with: the share of the disk may be too small for it and a new
   * one.
   */
  private boolean isOver(Commits commits) {
    return !newest.hasRun() && newest.lastSequence() <= commits.writtenSequence();
  }

  /** Off the list first: a file that is listed and not there counts as lost. */
  private void remove(Segment segment) throws IOException {
    segments.remove(segment);
    try {
      if (badSectors.isIn(segment.file())) {
        quarantine.take(segment.file());
      } else {
        Files.deleteIfExists(segment.file());
      }
    } catch (IOException e) {
      // It takes its space still, and the next look tries again.
      segments.add(segment);
      throw e;
    }
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
      long youngest = oldest.firstAcceptedAtMillis();
      try (SegmentReader reader = new SegmentReader(segments)) {
        reader.moveTo(new Position(oldest.number(), 0));
        while (reader.next(next.firstSequence() - 1)) {
          youngest = Math.max(youngest, Frame.acceptedAtMillis(reader.bytes(), reader.frame()));
        }
      }
      measured = oldest.number();
      measuredMillis = youngest;
    }
    return measuredMillis;
  }
}
