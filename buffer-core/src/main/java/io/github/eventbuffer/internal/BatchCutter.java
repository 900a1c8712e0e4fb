package io.github.eventbuffer.internal;

import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one reader that follows the appender and cuts what it finds into batches.
 *
 * <p>A batch ends at a number of events, at a number of bytes, or when it has waited long enough,
 * and before an event whose id is in it already: the endpoint names refused events by id alone, so
 * two events with one id and different types must not share a request.
 *
 * <p>Sequences that are missing belong to the batch around them and are counted as damaged when it
 * is committed. Belongs to the flusher.
 */
final class BatchCutter implements Closeable {
  private final QueuedBatch.Source source;
  private final int maxEvents;
  private final LongSupplier maxBytes;
  private final Supplier<UUID> keys;
  private final SegmentReader reader;
  private final IdSet ids;

  private long nextSequence;
  private boolean unread;

  private long firstSequence;
  private @Nullable Position firstPosition;
  private int count;
  private long bytes;
  private long openedNanos;
  private long oldestMillis;

  BatchCutter(
      QueuedBatch.Source source,
      int maxEvents,
      LongSupplier maxBytes,
      Supplier<UUID> keys,
      Position start,
      long nextSequence)
      throws IOException {
    this.source = source;
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.keys = keys;
    this.nextSequence = nextSequence;
    ids = new IdSet(maxEvents);
    begin();
    reader = source.reader();
    try {
      seek(start);
    } catch (IOException | RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  /** Goes to the first entry that is not covered yet; reads again from the very start on doubt. */
  private void seek(Position start) throws IOException {
    reader.moveTo(start);
    boolean sure = false;
    try {
      boolean found = reader.nextFrame(Long.MAX_VALUE);
      boolean mark = found && reader.isMark();
      sure = !found || reader.sequence() + (mark ? 1 : 0) <= nextSequence;
    } catch (IOException e) {
      // A device that fails just now must not keep the buffer from opening.
    }
    reader.moveTo(sure ? start : Position.START, nextSequence - 1);
  }

  /** The batch that {@link #isReady} found, or null when there is nothing to send yet. */
  @Nullable QueuedBatch cut(long lastSequence, boolean closeNow, long nowNanos) throws IOException {
    return isReady(lastSequence, closeNow, nowNanos) ? finish() : null;
  }

  /**
   * Reads on, up to {@code lastSequence}, and returns whether there is a batch that is full, or one
   * that is not when {@code closeNow}. It takes in more until it is cut.
   */
  boolean isReady(long lastSequence, boolean closeNow, long nowNanos) throws IOException {
    while (nextSequence <= lastSequence) {
      if (isFull()) {
        return true;
      }
      if (!unread && !reader.nextFrame(lastSequence)) {
        break;
      }
      // Until it is in: should the heap be full in between, it is not read past.
      unread = true;
      long sequence = reader.sequence();
      if (reader.isMark()) {
        // Whatever came before it and was not found is not there.
        cover(sequence, nowNanos);
        unread = false;
        continue;
      }
      if (sequence < nextSequence) {
        unread = false;
        continue;
      }
      int payload = Frame.payloadBytes(reader.bytes(), reader.frame());
      int idHash = Frame.idHash(reader.bytes(), reader.frame());
      if (count > 0 && (bytes + payload > maxBytes.getAsLong() || ids.contains(idHash))) {
        return true;
      }
      cover(sequence, nowNanos);
      unread = false;
      oldestMillis = Math.min(oldestMillis, Frame.acceptedAtMillis(reader.bytes(), reader.frame()));
      ids.add(idHash);
      count++;
      bytes += payload;
    }
    return isFull() || closeNow && isOpen();
  }

  /**
   * Takes in what {@link #isReady} did not find up to {@code lastSequence}, as damaged; to be
   * called when nothing that was not there before it can come to be there.
   */
  void passMissing(long lastSequence, long nowNanos) {
    if (!unread && nextSequence <= lastSequence) {
      cover(lastSequence, nowNanos);
    }
  }

  private boolean isFull() {
    return count >= maxEvents || bytes >= maxBytes.getAsLong();
  }

  /**
   * Goes on behind {@code sequence}, whose segment and all before it are given up; what was read of
   * later ones and is in no batch yet is read again.
   */
  void skipTo(long sequence, Position next) throws IOException {
    reader.moveTo(next, Math.max(uncutSequence() - 1, sequence));
    nextSequence = Math.max(uncutSequence(), sequence + 1);
    unread = false;
    begin();
  }

  private void cover(long sequence, long nowNanos) {
    if (sequence < nextSequence) {
      return;
    }
    if (firstPosition == null) {
      firstPosition = reader.position();
      firstSequence = nextSequence;
      openedNanos = nowNanos;
    }
    nextSequence = sequence + 1;
  }

  private QueuedBatch finish() {
    Position position = firstPosition == null ? Position.START : firstPosition;
    InFlight bounds = new InFlight(firstSequence, nextSequence - 1, position, keys.get(), false);
    QueuedBatch batch =
        new QueuedBatch(source, bounds, count, bytes, Exclusions.NONE, oldestMillis);
    begin();
    return batch;
  }

  private void begin() {
    firstPosition = null;
    count = 0;
    bytes = 0;
    oldestMillis = Long.MAX_VALUE;
    ids.clear();
  }

  /** Whether events were read that are in no batch yet. */
  boolean isOpen() {
    return firstPosition != null;
  }

  /** When the first of them was read; on the buffer's clock. */
  long openedNanos() {
    return openedNanos;
  }

  /** The first sequence that is in no batch yet. */
  long uncutSequence() {
    return isOpen() ? firstSequence : nextSequence;
  }

  /** Where it lies, or a place before. */
  Position uncutPosition() {
    Position first = firstPosition;
    if (first != null) {
      return first;
    }
    return unread ? reader.position() : reader.nextPosition();
  }

  /** The last sequence that was read. */
  long readSequence() {
    return nextSequence - 1;
  }

  /** How many more events make the open batch full. */
  int missingEvents() {
    return maxEvents - count;
  }

  /** How many more bytes make it full. */
  long missingBytes() {
    return maxBytes.getAsLong() - bytes;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
