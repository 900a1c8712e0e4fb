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
  private final BadSectors badSectors;
  private final Quarantine quarantine;
  private final int windowEntries;
  private final long windowMillis;
  private final LongSupplier wallMillis;

  Retention(
      SegmentList segments,
      BadSectors badSectors,
      Quarantine quarantine,
      int windowEntries,
      long windowMillis,
      LongSupplier wallMillis) {
    this.segments = segments;
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
          || !spaceWanted && isInWindow(next, lastSequence)) {
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

  /** Whether the events right before this segment are still in the duplicate window. */
  private boolean isInWindow(Segment next, long lastSequence) {
    boolean byCount = next.firstSequence() > lastSequence - windowEntries;
    boolean byAge = wallMillis.getAsLong() - next.firstAcceptedAtMillis() <= windowMillis;
    return byCount && byAge;
  }
}
