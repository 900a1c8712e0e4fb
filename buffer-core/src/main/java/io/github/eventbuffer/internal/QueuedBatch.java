package io.github.eventbuffer.internal;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
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

  /** Whether events that were sent with these were taken: the configuration is right. */
  boolean proven;

  /** How many attempts failed for want of the service. */
  int failures;

  /** How many attempts had failed when the last key of it, or of a part of it, expired. */
  int expiredKeys;

  /** How many times in a row the connection broke while this was sent. */
  int cutOffs;

  /** Which part is sent in its place; null while it is sent as a whole. */
  @Nullable Search search;

  /** When the attempt under way counts as unanswered; on the buffer's clock. */
  long attemptDeadlineNanos;

  /** Where batches are read from and go to. */
  record Source(
      Destination destination,
      SegmentList segments,
      BadSectors badSectors,
      Exclusions.Letters deadLetters) {
    SegmentReader reader() {
      return new SegmentReader(segments, badSectors);
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
    try (SegmentReader reader = new SegmentReader(source.segments)) {
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
    reader.moveTo(bounds.position(), bounds.firstSequence() - 1);
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
      QueuedBatch other = read(source, bounds.withNewKey());
      other.proven = proven;
      return other;
    }
    if (now.excluded.size() == excluded.size()) {
      return this;
    }
    now.attempt = attempt;
    now.persisted = persisted;
    now.proven = proven;
    now.failures = failures;
    now.expiredKeys = expiredKeys;
    return now;
  }

  /** The same events under another key, to be persisted before it is sent. */
  QueuedBatch withNewKey() {
    QueuedBatch renewed =
        new QueuedBatch(source, bounds.withNewKey(), count, payloadBytes(), excluded, oldestMillis);
    renewed.attempt = attempt;
    renewed.unsure = unsure;
    renewed.proven = proven;
    renewed.failures = failures;
    return renewed;
  }

  /**
   * Whether a refusal of all of it is the data's fault: the configuration was seen to be right, or
   * it is small, those counted that the endpoint refused already, in this process or before.
   */
  boolean isData(int suspicious) {
    return proven || count + excluded.size() - excluded.expired() < suspicious;
  }

  /** How many of its events the endpoint refused already. */
  int refusedSoFar() {
    return excluded.size() - excluded.expired();
  }

  /**
   * Its events up to {@code last} that are dead letters by now: also those that came since it was
   * read, when there was no room for all of them, and those that would have been sent again.
   */
  Exclusions lettersUpTo(long last) throws IOException {
    long end = Math.min(last, bounds.lastSequence());
    if (!source.deadLetters.isAny(bounds.firstSequence(), end)) {
      return Exclusions.NONE;
    }
    Exclusions.Builder letters = new Exclusions.Builder();
    try (SegmentReader reader = source.reader()) {
      reader.moveTo(bounds.position(), bounds.firstSequence() - 1);
      while (reader.next(end)) {
        Exclusions.Buried letter =
            reader.sequence() < bounds.firstSequence() ? null : source.deadLetters.find(reader);
        if (letter != null) {
          letters.add(letter);
        }
      }
    }
    return letters.build();
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

  /** What is sent next: itself, or a part of it. */
  QueuedBatch part() {
    Search under = search;
    return under == null ? this : under.part();
  }

  /** This batch and the one behind it, both of which are settled: nothing of them is read again. */
  QueuedBatch settledWith(QueuedBatch next) {
    InFlight both =
        new InFlight(
            bounds.firstSequence(),
            next.bounds.lastSequence(),
            bounds.position(),
            bounds.key(),
            true);
    QueuedBatch merged = new QueuedBatch(source, both, 0, 0, Exclusions.NONE, Long.MAX_VALUE);
    merged.persisted = true;
    return merged;
  }

  /** Bytes of its events alone. */
  long payloadBytes() {
    return byteSize - Math.max(0, count - 1) - 2;
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
    if (search != null) {
      search.part().closed = true;
    }
  }

  /** Reads the events that it sends for the flusher's own use. */
  void forEach(EventVisitor visitor) throws IOException {
    try (SegmentReader reader = source.reader()) {
      reader.moveTo(bounds.position(), bounds.firstSequence() - 1);
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

  /** Its first events, at most so many, as a batch that is sent in its place. */
  QueuedBatch head(int events) throws IOException {
    return headWhile((seen, bytes) -> seen < events);
  }

  /** Its first events that fit, one at least, as a batch that is sent in its place. */
  QueuedBatch headOfBytes(long payloadBytes) throws IOException {
    return headWhile((seen, bytes) -> seen == 0 || bytes <= payloadBytes);
  }

  /** Whether one more event is taken. */
  private interface Room {
    boolean isFor(int seen, long bytesWithIt);
  }

  private QueuedBatch headWhile(Room room) throws IOException {
    int[] seen = {0};
    long[] bytes = {0};
    long[] end = {bounds.lastSequence()};
    forEach(
        (sequence, at) -> {
          bytes[0] += Frame.payloadBytes(at.bytes(), at.frame());
          if (!room.isFor(seen[0]++, bytes[0])) {
            end[0] = sequence - 1;
            return false;
          }
          return true;
        });
    return end[0] == bounds.lastSequence() ? this : slice(bounds.firstSequence(), end[0]);
  }

  /**
   * A part of it as a batch of its own. Its key follows from this one's, so that a search that a
   * kill cut short asks again with the same keys.
   */
  QueuedBatch slice(long first, long last) throws IOException {
    ByteBuffer name = ByteBuffer.allocate(4 * Long.BYTES);
    name.putLong(bounds.key().getMostSignificantBits());
    name.putLong(bounds.key().getLeastSignificantBits());
    name.putLong(first).putLong(last);
    UUID key = UUID.nameUUIDFromBytes(name.array());
    return read(source, new InFlight(first, last, bounds.position(), key, false));
  }
}
