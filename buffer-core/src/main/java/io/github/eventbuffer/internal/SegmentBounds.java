package io.github.eventbuffer.internal;

import java.io.IOException;

/**
 * Proves where a segment ends before it is removed. Where the one behind it begins is believed from
 * its first entry, when it is of an earlier run; and where a write went astray, that entry may be a
 * copy of one in the middle of the segment before. What comes behind that one there would seem to
 * be done with. Belongs to the flusher.
 */
final class SegmentBounds {
  private final EntryFormat format;
  private final int lastLoaded;
  private int proven = -1;
  private long last;

  /** Segments up to {@code lastLoaded} are of earlier runs. */
  SegmentBounds(EntryFormat format, int lastLoaded) {
    this.format = format;
    this.lastLoaded = lastLoaded;
  }

  /**
   * The last sequence that may lie in a segment; reads all of it, once, when there is doubt. An
   * entry astray in the segment itself makes it too high, which only keeps the segment longer.
   */
  long lastSequence(Segment segment, Segment next) throws IOException {
    long believed = next.firstSequence() - 1;
    if (next.number() > lastLoaded) {
      return believed;
    }
    if (segment.number() != proven) {
      last = SegmentScan.lastEvent(segment, format);
      proven = segment.number();
    }
    return Math.max(believed, last);
  }
}
