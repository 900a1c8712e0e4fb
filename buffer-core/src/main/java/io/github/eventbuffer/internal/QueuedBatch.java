package io.github.eventbuffer.internal;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way: its bounds in the queue and how its delivery stands. The bounds never
 * change. All but {@link EventBatch}'s methods belong to the flusher.
 */
final class QueuedBatch implements EventBatch {
  private final Source source;
  private final InFlight bounds;
  private final int count;
  private final long byteSize;
  private volatile int attempt;
  private volatile boolean closed;

  /** Whether the bounds stand in the checkpoint. */
  boolean persisted;

  /** Whether an attempt is under way. */
  boolean sending;

  /** When the attempt under way counts as unanswered; on the buffer's clock. */
  long attemptDeadlineNanos;

  /** Where batches are read from and go to. */
  record Source(Destination destination, SegmentList segments, int maxFrameBytes) {
    SegmentReader reader() {
      return new SegmentReader(segments, maxFrameBytes);
    }
  }

  QueuedBatch(Source source, InFlight bounds, int count, long payloadBytes) {
    this.source = source;
    this.bounds = bounds;
    this.count = count;
    this.byteSize = payloadBytes + Math.max(0, count - 1) + 2;
  }

  /** A batch of an earlier run, with its events counted again. */
  static QueuedBatch recover(Source source, InFlight bounds) throws IOException {
    int count = 0;
    long bytes = 0;
    try (SegmentReader reader = source.reader()) {
      reader.moveTo(bounds.position());
      while (reader.next(bounds.lastSequence())) {
        if (reader.sequence() >= bounds.firstSequence()) {
          count++;
          bytes += Frame.payloadBytes(reader.bytes(), reader.frame());
        }
      }
    }
    QueuedBatch batch = new QueuedBatch(source, bounds, count, bytes);
    batch.persisted = true;
    return batch;
  }

  /**
   * This batch, or, when some of its events can no longer be read, another one of the rest, with a
   * key of its own because it has other bytes.
   */
  QueuedBatch readable() throws IOException {
    QueuedBatch now = recover(source, bounds);
    if (now.count == count && now.byteSize == byteSize) {
      return this;
    }
    InFlight rest =
        new InFlight(
            bounds.firstSequence(),
            bounds.lastSequence(),
            bounds.position(),
            UUID.randomUUID(),
            false);
    return recover(source, rest);
  }

  InFlight bounds() {
    return bounds;
  }

  @Override
  public Destination destination() {
    return source.destination();
  }

  @Override
  public String idempotencyKey() {
    return bounds.key().toString();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long byteSize() {
    return byteSize;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  /** Begins the next attempt. */
  int nextAttempt() {
    sending = true;
    int next = attempt + 1;
    attempt = next;
    return next;
  }

  @Override
  public InputStream openEvents() {
    try {
      return new EventStream(this, source.reader());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Streams of this batch fail from now on. */
  void close() {
    closed = true;
  }

  /** Reads the batch's events for the flusher's own use. */
  void forEach(EventVisitor visitor) throws IOException {
    try (SegmentReader reader = source.reader()) {
      reader.moveTo(bounds.position());
      while (reader.next(bounds.lastSequence())) {
        if (reader.sequence() >= bounds.firstSequence()
            && !visitor.visit(reader.sequence(), reader)) {
          return;
        }
      }
    }
  }

  /** Takes one event; returns whether it wants another. */
  interface EventVisitor {
    boolean visit(long sequence, SegmentReader at) throws IOException;
  }

  /** The last sequence of the first half, and where the second half begins; null for one event. */
  @Nullable Split middle() throws IOException {
    if (count < 2) {
      return null;
    }
    int[] seen = {0};
    Split[] found = new Split[1];
    forEach(
        (sequence, at) -> {
          if (seen[0]++ == count / 2) {
            found[0] = new Split(sequence, at.position());
            return false;
          }
          return true;
        });
    return found[0];
  }

  /** Where the second half of a batch begins. */
  record Split(long firstSequence, Position position) {}
}
