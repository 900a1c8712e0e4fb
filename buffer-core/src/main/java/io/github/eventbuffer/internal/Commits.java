package io.github.eventbuffer.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The batches that are cut and not committed, in order, and the checkpoint that tells of them.
 *
 * <p>Acknowledgements come in any order; the committed sequence moves over the acknowledged prefix
 * only. Counters move with the acknowledgement, in the same write. Belongs to the flusher, but for
 * {@link #state()}.
 */
final class Commits {
  private final Checkpoint checkpoint;
  private final BatchCutter cutter;
  private List<QueuedBatch> batches = new ArrayList<>();
  private Set<QueuedBatch> done = new HashSet<>();
  private volatile CheckpointState state;

  Commits(Checkpoint checkpoint, BatchCutter cutter) {
    this.checkpoint = checkpoint;
    this.cutter = cutter;
    state = checkpoint.state();
  }

  /** What is committed, as the flusher sees it; the file may lag behind while the disk fails. */
  CheckpointState state() {
    return state;
  }

  /** Every event up to here is done with, and the file says so. */
  long writtenSequence() {
    return checkpoint.written().committedSequence();
  }

  /** The batches to deliver, oldest first. */
  List<QueuedBatch> batches() {
    return batches;
  }

  /** Takes in a batch of an earlier run; they come in order. */
  void recovered(QueuedBatch batch) {
    batches.add(batch);
    if (batch.bounds().done()) {
      done.add(batch);
    }
  }

  /** The oldest batch that is neither acknowledged nor under way, or null. */
  @Nullable QueuedBatch waiting() {
    for (QueuedBatch batch : batches) {
      if (!batch.sending && !done.contains(batch)) {
        return batch;
      }
    }
    return null;
  }

  /**
   * Whether one more batch may be cut. Acknowledged batches behind one that is not do not count: a
   * single slow answer must not stop the others. The checkpoint's room bounds them.
   */
  boolean mayTakeAnother(int mostUnacknowledged) {
    return batches.size() - done.size() < mostUnacknowledged
        && batches.size() < Checkpoint.MOST_IN_FLIGHT;
  }

  /** How many attempts are under way. */
  int sending() {
    int sending = 0;
    for (QueuedBatch batch : batches) {
      sending += batch.sending ? 1 : 0;
    }
    return sending;
  }

  /** Takes in a batch that was cut, the newest. */
  void list(QueuedBatch batch) {
    if (!batches.contains(batch)) {
      batches.add(batch);
    }
  }

  /** Puts a new batch's bounds and key on disk; to be done before its first attempt. */
  void persist(QueuedBatch batch) throws IOException {
    list(batch);
    write(state);
    batch.persisted = true;
  }

  /**
   * A batch is another one from now on; other bounds or another key are on disk after the next
   * persist.
   */
  QueuedBatch replace(QueuedBatch batch, QueuedBatch by) {
    if (by != batch) {
      batches.set(batches.indexOf(batch), by);
      by.persisted &= by.bounds().equals(batch.bounds());
    }
    return by;
  }

  /**
   * A batch is several from now on, in their order. Until they are persisted, the file names the
   * whole batch and its key.
   */
  void replace(QueuedBatch batch, List<QueuedBatch> by) {
    // Of a copy: should the heap be full in between, none of them is forgotten.
    List<QueuedBatch> parted = new ArrayList<>(batches.size() + by.size());
    for (QueuedBatch each : batches) {
      if (each == batch) {
        parted.addAll(by);
      } else {
        parted.add(each);
      }
    }
    by.forEach(part -> part.persisted = false);
    batches = parted;
  }

  /** A batch is acknowledged: counts its events and moves the checkpoint as far as it may. */
  void settle(QueuedBatch batch, long deadLettered, long unattributed) throws IOException {
    // All that allocates comes first: should the heap be full, nothing is half settled.
    Set<QueuedBatch> nowDone = new HashSet<>(done);
    nowDone.add(batch);
    List<QueuedBatch> left = new ArrayList<>(batches);
    CheckpointState before = state;
    Exclusions excluded = batch.excluded();
    CheckpointState after =
        new CheckpointState(
            passed(left, nowDone, before.committedSequence()),
            before.position(),
            before.delivered() + batch.count() - deadLettered,
            before.deadLettered() + deadLettered + excluded.size() - excluded.expired(),
            before.expired() + excluded.expired(),
            before.dropped(),
            before.damaged() + batch.damaged(),
            before.unattributed() + unattributed,
            List.of());
    merge(left, nowDone);
    batches = left;
    done = nowDone;
    state = after;
    write(after);
  }

  /**
   * Acknowledged batches side by side become one: however finely batches had to be parted, the
   * checkpoint has room for all.
   */
  private static void merge(List<QueuedBatch> left, Set<QueuedBatch> done) {
    for (int i = left.size() - 2; i >= 0; i--) {
      QueuedBatch first = left.get(i);
      QueuedBatch second = left.get(i + 1);
      if (done.contains(first) && done.contains(second)) {
        QueuedBatch both = first.settledWith(second);
        done.remove(first);
        done.remove(second);
        done.add(both);
        left.set(i, both);
        left.remove(i + 1);
      }
    }
  }

  /** Takes the acknowledged prefix away; returns the committed sequence behind it. */
  private static long passed(List<QueuedBatch> left, Set<QueuedBatch> done, long committed) {
    long passed = committed;
    while (!left.isEmpty() && done.remove(left.get(0))) {
      passed = left.remove(0).bounds().lastSequence();
    }
    return passed;
  }

  /**
   * Gives up every event up to {@code upTo} that is not settled; what is a dead letter already, and
   * may be replayed, is counted as one. Attempts for them that are under way are of no consequence
   * any more. To be written by {@link #rewrite()}.
   *
   * @param next where the events after it begin
   * @param cut reads a batch of given bounds
   * @return how many events were given up
   */
  long drop(long upTo, Position next, Cut cut) throws IOException {
    CheckpointState before = state;
    long unsettled = upTo - before.committedSequence();
    List<QueuedBatch> left = new ArrayList<>(batches.size());
    List<QueuedBatch> gone = new ArrayList<>(batches.size());
    int buried = 0;
    int expired = 0;
    for (QueuedBatch batch : batches) {
      InFlight all = batch.bounds();
      long within = Math.min(all.lastSequence(), upTo) - all.firstSequence() + 1;
      if (within <= 0 || done.contains(batch)) {
        unsettled -= Math.max(0, within);
        if (all.lastSequence() > upTo) {
          left.add(batch);
        }
        continue;
      }
      gone.add(batch);
      Exclusions letters = batch.lettersUpTo(upTo);
      buried += letters.size();
      expired += letters.expired();
      if (all.lastSequence() > upTo) {
        QueuedBatch rest =
            cut.read(new InFlight(upTo + 1, all.lastSequence(), next, UUID.randomUUID(), false));
        rest.persisted = false;
        left.add(rest);
      }
    }
    Set<QueuedBatch> nowDone = new HashSet<>(done);
    long dropped = unsettled - buried;
    CheckpointState after =
        new CheckpointState(
            passed(left, nowDone, upTo),
            before.position(),
            before.delivered(),
            before.deadLettered() + buried - expired,
            before.expired() + expired,
            before.dropped() + dropped,
            before.damaged(),
            before.unattributed(),
            List.of());
    nowDone.retainAll(left);
    // The last thing that may fail for want of heap or of descriptors.
    cutter.skipTo(upTo, next);
    for (QueuedBatch batch : gone) {
      batch.sending = false;
      batch.close();
    }
    batches = left;
    done = nowDone;
    state = after;
    return dropped;
  }

  /** Reads a batch of given bounds. */
  interface Cut {
    QueuedBatch read(InFlight bounds) throws IOException;
  }

  /** Writes again what an earlier write may have failed to. */
  void rewrite() throws IOException {
    write(state);
  }

  private void write(CheckpointState next) throws IOException {
    List<InFlight> inFlight = new ArrayList<>(batches.size());
    for (QueuedBatch batch : batches) {
      inFlight.add(done.contains(batch) ? batch.bounds().asDone() : batch.bounds());
    }
    Position position =
        batches.isEmpty() ? cutter.uncutPosition() : batches.get(0).bounds().position();
    state =
        new CheckpointState(
            next.committedSequence(),
            position,
            next.delivered(),
            next.deadLettered(),
            next.expired(),
            next.dropped(),
            next.damaged(),
            next.unattributed(),
            inFlight);
    checkpoint.write(state);
  }

  void force() throws IOException {
    checkpoint.force();
  }
}
