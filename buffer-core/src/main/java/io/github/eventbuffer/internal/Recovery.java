package io.github.eventbuffer.internal;

import java.io.IOException;
import java.util.UUID;

/** Finds out where an earlier run ended. */
final class Recovery {
  private final SegmentList segments;
  private final int windowEntries;
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
   * Reads the newest entries, as many as the duplicate window holds and at least the last segment:
   * they warm up the filter and tell the last sequence. The rest of a backlog is not read here.
   */
  void run(Checkpoint checkpoint, DuplicateFilter filter, Notices notices) throws IOException {
    lastSequence = checkpoint.state().highestSequence();
    lastNumber = checkpoint.state().highestSegment();
    Segment last = segments.last();
    if (last != null) {
      lastNumber = Math.max(lastNumber, last.number());
      Segment from = segments.holding(last.firstSequence() - windowEntries);
      try (SegmentReader reader = new SegmentReader(segments, Frame.MOST_BYTES)) {
        reader.moveTo(new Position(from == null ? 0 : from.number(), 0));
        while (reader.nextFrame(Long.MAX_VALUE)) {
          lastSequence = Math.max(lastSequence, reader.sequence());
          byte[] bytes = reader.bytes();
          int frame = reader.frame();
          if (Frame.kind(bytes, frame) == Frame.EVENT) {
            filter.warm(
                Frame.keyHigh(bytes, frame),
                Frame.keyLow(bytes, frame),
                Frame.acceptedAtMillis(bytes, frame));
          }
        }
      }
    }
    Segment first = segments.first();
    if (!checkpoint.found()) {
      if (first == null) {
        // From now on a checkpoint that is not found is one that was lost.
        checkpoint.write(CheckpointState.START);
      } else {
        startOver(checkpoint, first, notices);
      }
    }
  }

  /** Deliver again rather than skip: all that is still there counts as undelivered. */
  private static void startOver(Checkpoint checkpoint, Segment first, Notices notices)
      throws IOException {
    long before = Math.max(0, first.firstSequence() - 1);
    CheckpointState lost = CheckpointState.START;
    checkpoint.write(
        new CheckpointState(
            before,
            Position.START,
            before,
            lost.deadLettered(),
            lost.expired(),
            lost.dropped(),
            lost.damaged(),
            lost.unattributed(),
            lost.inFlight()));
    notices.storageFailed(
        "the checkpoint was lost; what is still in the queue is delivered again",
        new IOException("no valid slot in the checkpoint file"));
  }

  static BatchCutter cutter(QueuedBatch.Source source, CheckpointState state, BufferOptions options)
      throws IOException {
    return new BatchCutter(
        source,
        options.maxBatchEvents(),
        options.maxBatchBytes(),
        UUID::randomUUID,
        state.position(),
        state.highestSequence() + 1);
  }

  /** The batches that an earlier run had in flight, with the same bounds and keys. */
  static Commits commits(QueuedBatch.Source source, Checkpoint checkpoint, BatchCutter cutter)
      throws IOException {
    Commits commits = new Commits(checkpoint, cutter);
    for (InFlight bounds : checkpoint.state().inFlight()) {
      commits.recovered(QueuedBatch.read(source, bounds));
    }
    return commits;
  }
}
