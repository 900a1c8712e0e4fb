package io.github.eventbuffer.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Finds out where an earlier run ended. */
final class Recovery {
  private final SegmentList segments;
  private final int windowEntries;
  private final List<EarlierIds.Builder> ids = new ArrayList<>();
  private long lastSequence;
  private int lastNumber;

  Recovery(SegmentList segments, int windowEntries) {
    this.segments = segments;
    this.windowEntries = windowEntries;
  }

  /** The highest sequence that was ever used. */
  long lastSequence() {
    return lastSequence;
  }

  /** The highest segment number that was ever used. */
  int lastNumber() {
    return lastNumber;
  }

  /**
   * Reads the newest entries, as many as the duplicate window holds: they tell which ids are known.
   * The last segment tells the last sequence. The rest of a backlog is not read here. To be run
   * once.
   */
  void run(Checkpoint checkpoint, Damage damage) throws IOException {
    lastSequence = checkpoint.state().highestSequence();
    lastNumber = checkpoint.state().highestSegment();
    Segment last = segments.last();
    if (last != null) {
      lastNumber = Math.max(lastNumber, last.number());
      long recent = 0;
      for (WindowScan.Part part :
          WindowScan.read(
              segments.from(last.firstSequence() - windowEntries),
              segments.format(),
              checkpoint.state().committedSequence())) {
        if (!part.sound) {
          readWithCare(part, damage);
        }
        // A page astray may hold the newest of all in an earlier segment.
        lastSequence = Math.max(lastSequence, part.newest);
        ids.add(part.ids);
        recent = part.recent;
      }
      findLastSequence(last, recent, damage);
    }
    startOverIfLost(checkpoint, damage);
  }

  /**
   * An event that has a letter was accepted. Where neither queue nor checkpoint tells of it, its
   * sequence is not used again: an event that had it would pass for the one with the letter.
   *
   * @param newestEvent the highest sequence that a letter tells of; 0 without
   */
  void passLetters(long newestEvent, Checkpoint checkpoint, Damage damage) throws IOException {
    boolean unknown = newestEvent > lastSequence;
    lastSequence = Math.max(lastSequence, newestEvent);
    if (segments.first() != null || checkpoint.found() && !checkpoint.isDamaged()) {
      return;
    }
    if (unknown) {
      damage.checkpoint();
      startOver(checkpoint, newestEvent);
    } else if (!checkpoint.found()) {
      // From now on a checkpoint that is not found is one that was lost.
      checkpoint.write(CheckpointState.START);
    }
  }

  /** What the duplicate window holds of what was read. */
  EarlierIds ids() {
    return EarlierIds.of(ids, windowEntries);
  }

  private void readWithCare(WindowScan.Part part, Damage damage) throws IOException {
    try (SegmentReader reader = SegmentScan.alone(part.segment, segments.format())) {
      while (reader.next(Long.MAX_VALUE)) {
        byte[] bytes = reader.bytes();
        int frame = reader.frame();
        part.newest = Math.max(part.newest, reader.sequence());
        part.ids.add(
            Frame.keyHigh(bytes, frame),
            Frame.keyLow(bytes, frame),
            Frame.acceptedAtMillis(bytes, frame));
      }
      if (!part.segment.equals(segments.last())) {
        damage.unreadable(reader.unreadablePlaces());
      }
    }
  }

  /** Reads the end of the last segment, from this offset on, or else all of it. */
  private void findLastSequence(Segment last, long from, Damage damage) throws IOException {
    BadSectors unread = BadSectors.skippedAtOnce();
    try (SegmentReader reader = new SegmentReader(segments, unread)) {
      long newest = 0;
      for (long start = from; start >= 0 && newest == 0; start = start > 0 ? 0 : -1) {
        reader.moveTo(new Position(last.number(), start));
        while (reader.nextFrame(Long.MAX_VALUE)) {
          newest = Math.max(newest, reader.sequence());
        }
      }
      damage.unreadable(reader.unreadablePlaces());
      // The newest entry was accepted, though it cannot be read: its sequence is used up.
      lastSequence = Math.max(lastSequence, newest + (reader.endsInDamage() ? 1 : 0));
      if (unread.isIn(last.file())) {
        // As many entries may be in there and come back with the device: none of their sequences
        // may be used again.
        lastSequence += last.bytes() / Frame.OVERHEAD_BYTES;
      }
    }
  }

  private void startOverIfLost(Checkpoint checkpoint, Damage damage) throws IOException {
    Segment first = segments.first();
    boolean lost = checkpoint.found() ? checkpoint.isDamaged() : first != null;
    if (!lost) {
      return;
    }
    damage.checkpoint();
    if (first != null) {
      startOver(checkpoint, leastSequence(first) - 1);
    }
  }

  /** Where pages lie in each other's place, the first segment need not begin with it. */
  private long leastSequence(Segment first) throws IOException {
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START, 0);
      return reader.next(Long.MAX_VALUE)
          ? Math.min(first.firstSequence(), reader.sequence())
          : first.firstSequence();
    }
  }

  /**
   * Deliver again rather than skip: all that is still there, behind what is known to be committed,
   * counts as undelivered. What is not there any more was removed because a checkpoint passed it.
   */
  private static void startOver(Checkpoint checkpoint, long removed) throws IOException {
    CheckpointState known = checkpoint.state();
    if (checkpoint.found() && known.committedSequence() >= removed) {
      return;
    }
    long others = known.settled() - known.delivered();
    boolean sound = others >= 0 && others <= removed;
    checkpoint.write(
        new CheckpointState(
            removed,
            Position.START,
            sound ? removed - others : removed,
            sound ? known.deadLettered() : 0,
            sound ? known.expired() : 0,
            sound ? known.dropped() : 0,
            sound ? known.damaged() : 0,
            Math.min(known.unattributed(), removed),
            List.of()));
  }

  static BatchCutter cutter(
      QueuedBatch.Source source, CheckpointState state, BufferOptions options, BodyLimit limit)
      throws IOException {
    return new BatchCutter(
        source,
        options.maxBatchEvents(),
        limit::bytes,
        UUID::randomUUID,
        state.position(),
        state.highestSequence() + 1);
  }

  /** The batches that an earlier run had in flight, with the same bounds and keys. */
  static Commits commits(QueuedBatch.Source source, Checkpoint checkpoint, BatchCutter cutter)
      throws IOException {
    Commits commits = new Commits(checkpoint, cutter);
    for (InFlight bounds : checkpoint.state().inFlight()) {
      commits.recovered(QueuedBatch.recover(source, bounds));
    }
    return commits;
  }
}
