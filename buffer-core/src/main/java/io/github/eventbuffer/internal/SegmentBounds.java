package io.github.eventbuffer.internal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Proves where a segment begins before the one in front of it is given up. Of a segment of an
 * earlier run that is read from its first entry, and where a write went astray, that entry may be a
 * copy of one in the middle of the segment before: what comes behind that one there would seem to
 * be done with. Belongs to the flusher.
 */
final class SegmentBounds {
  private final SegmentList segments;
  private final int lastLoaded;
  private int proven = -1;

  /** Segments up to {@code lastLoaded} are of earlier runs. */
  SegmentBounds(SegmentList segments, int lastLoaded) {
    this.segments = segments;
    this.lastLoaded = lastLoaded;
  }

  /**
   * The segment behind this one, which begins behind the last event in it; reads all of it, once,
   * when there is doubt. Null when there is none.
   */
  @Nullable Segment proveNext(Segment segment) throws IOException {
    Segment next = segments.after(segment.number());
    if (next == null || next.number() > lastLoaded || next.number() == proven) {
      return next;
    }
    long last = SegmentScan.lastEvent(segment, QueueKind.EVENTS);
    proven = next.number();
    if (last < next.firstSequence()) {
      return next;
    }
    Segment moved = next.beginningAt(last + 1);
    segments.add(moved);
    return moved;
  }
}
