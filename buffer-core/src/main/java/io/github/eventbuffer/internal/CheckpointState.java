package io.github.eventbuffer.internal;

import java.util.List;

/**
 * What a buffer must know after a restart. Immutable.
 *
 * @param committedSequence every event up to here is done with
 * @param position where the first event after it lies, or a place before
 * @param delivered acknowledged events, ever
 * @param deadLettered refused events, ever
 * @param expired events given up for their age, ever
 * @param dropped events given up by policy, ever
 * @param damaged events that could not be read back, ever
 * @param unattributed delivered events that the endpoint did not process, ever
 * @param inFlight the batches that were cut, in order
 */
record CheckpointState(
    long committedSequence,
    Position position,
    long delivered,
    long deadLettered,
    long expired,
    long dropped,
    long damaged,
    long unattributed,
    List<InFlight> inFlight) {

  CheckpointState {
    inFlight = List.copyOf(inFlight);
  }

  static final CheckpointState START =
      new CheckpointState(0, Position.START, 0, 0, 0, 0, 0, 0, List.of());

  /** All that is accounted for. */
  long settled() {
    return delivered + deadLettered + expired + dropped + damaged;
  }

  /** The highest sequence that was ever in a batch. */
  long highestSequence() {
    long highest = committedSequence;
    for (InFlight batch : inFlight) {
      highest = Math.max(highest, batch.lastSequence());
    }
    return highest;
  }

  /** The highest segment number that is named here. */
  int highestSegment() {
    int highest = position.segment();
    for (InFlight batch : inFlight) {
      highest = Math.max(highest, batch.position().segment());
    }
    return highest;
  }
}
