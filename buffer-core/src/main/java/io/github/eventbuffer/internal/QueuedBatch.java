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
  private final Exclusions excluded;
  private final long oldestMillis;
  private volatile int attempt;
  private volatile boolean closed;

  /** Whether the bounds stand in the checkpoint. */
  boolean persisted;

  /** Whether it is to be read again before its next attempt. */
  boolean unsure;

  /** Whether an attempt is under way. */
  boolean sending;

  /** When the attempt under way counts as unanswered; on the buffer's clock. */
  long attemptDeadlineNanos;

  /** Where batches are read from and go to. */
  record Source(
      Destination destination,
      SegmentList segments,
      BadSectors badSectors,
      Exclusions.Letters deadLetters) {
    SegmentReader reader() {
      return new SegmentReader(segments, QueueKind.EVENTS, badSectors);
    }
  }

  QueuedBatch(
      Source source,
      InFlight bounds,
      int count,
      long payloadBytes,
      Exclusions excluded,
      long oldestMillis) {
    this.source = source;
    this.bounds = bounds;
    this.count = count;
    this.byteSize = payloadBytes + Math.max(0, count - 1) + 2;
    this.excluded = excluded;
    this.oldestMillis = oldestMillis;
  }

  /**
   * The batch of these bounds. Its events are counted anew, without those that are dead letters
   * already.
   */
  static QueuedBatch read(Source source, InFlight bounds) throws IOException {
    try (SegmentReader reader = source.reader()) {
      return read(source, bounds, reader);
    }
  }

  /**
   * A batch of an earlier run. A device that fails just now must not keep the buffer from opening;
   * the batch is read again before it is sent.
   */
  static QueuedBatch recover(Source source, InFlight bounds) throws IOException {
    try (SegmentReader reader = new SegmentReader(source.segments, QueueKind.EVENTS)) {
      QueuedBatch batch = read(source, bounds, reader);
      batch.unsure = true;
      return batch;
    }
  }

  private static QueuedBatch read(Source source, InFlight bounds, SegmentReader reader)
      throws IOException {
    int count = 0;
    long bytes = 0;
    long oldest = Long.MAX_VALUE;
    Exclusions.Builder excluded = new Exclusions.Builder();
    reader.moveTo(bounds.position());
    while (reader.next(bounds.lastSequence())) {
      if (reader.sequence() < bounds.firstSequence()
          || excluded.take(source.deadLetters.find(reader))) {
        continue;
      }
      count++;
      bytes += Frame.payloadBytes(reader.bytes(), reader.frame());
      oldest = Math.min(oldest, Frame.acceptedAtMillis(reader.bytes(), reader.frame()));
    }
    QueuedBatch batch = new QueuedBatch(source, bounds, count, bytes, excluded.build(), oldest);
    batch.persisted = true;
    return batch;
  }

  /**
   * This batch as it reads now: itself, or another one without what has become a dead letter or can
   * no longer be read. What damage took away leaves a batch with a key of its own, to be persisted.
   */
  QueuedBatch reread() throws IOException {
    QueuedBatch now = read(source, bounds);
    unsure = false;
    if (now.count + now.excluded.size() != count + excluded.size()
        || now.excluded.size() == excluded.size() && now.byteSize != byteSize) {
      InFlight rest =
          new InFlight(
              bounds.firstSequence(),
              bounds.lastSequence(),
              bounds.position(),
              UUID.randomUUID(),
              false);
      return read(source, rest);
    }
    if (now.excluded.size() == excluded.size()) {
      return this;
    }
    now.attempt = attempt;
    now.persisted = persisted;
    return now;
  }

  InFlight bounds() {
    return bounds;
  }

  /** The events within its bounds that are dead letters already. */
  Exclusions excluded() {
    return excluded;
  }

  /** When the oldest event that it sends was accepted. */
  long oldestMillis() {
    return oldestMillis;
  }

  /** Whether the event with this sequence, within or outside of its bounds, is sent with it. */
  boolean sends(long sequence) {
    return sequence >= bounds.firstSequence()
        && sequence <= bounds.lastSequence()
        && !excluded.contains(sequence);
  }

  /** How many sequences within its bounds have no event that can be read. */
  long damaged() {
    return bounds.span() - count - excluded.size();
  }

  @Override
  public Destination destination() {
    return source.destination();
  }

  @Override
  public String idempotencyKey() {
    return excluded.keyOf(bounds.key()).toString();
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

  /** Reads the events that it sends for the flusher's own use. */
  void forEach(EventVisitor visitor) throws IOException {
    try (SegmentReader reader = source.reader()) {
      reader.moveTo(bounds.position());
      while (reader.next(bounds.lastSequence())) {
        if (sends(reader.sequence()) && !visitor.visit(reader.sequence(), reader)) {
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
