package io.github.eventbuffer.internal;

import java.io.IOException;

/**
 * Gives up the oldest segment for new events, as {@code WhenFull.DROP_OLDEST} has it: when an
 * append found no room, and nothing that is done with was left to remove. Belongs to the flusher.
 */
final class Eviction {
  static final long NOTHING = -1;

  private final boolean allowed;
  private final SegmentList segments;
  private final SegmentQueue queue;
  private final Commits commits;
  private final Commits.Cut cut;

  Eviction(
      boolean allowed, SegmentList segments, SegmentQueue queue, Commits commits, Commits.Cut cut) {
    this.allowed = allowed;
    this.segments = segments;
    this.queue = queue;
    this.commits = commits;
    this.cut = cut;
  }

  /**
   * Gives up the events of the oldest segment; the segment itself is removed by {@link Retention}.
   *
   * @return how many events were given up, not counting dead letters, and perhaps none; {@link
   *     #NOTHING} when there was no segment to give up, else the checkpoint is to be written
   */
  long run() throws IOException {
    Segment oldest = allowed && queue.isStarved() ? segments.first() : null;
    Segment next = oldest == null ? null : segments.after(oldest.number());
    if (next == null || next.firstSequence() - 1 <= commits.state().committedSequence()) {
      // The segment that is appended to stays; one that is done with waits for the checkpoint.
      return NOTHING;
    }
    return commits.drop(next.firstSequence() - 1, new Position(next.number(), 0), cut);
  }
}
