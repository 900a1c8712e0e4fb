package io.github.eventbuffer.internal;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.WhenDeadLettersFull;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters: a queue of the same kind with small segments, made when the first one comes.
 *
 * <p>A dead letter is written before the checkpoint that passes its event. After a kill between the
 * two, or when only some of a batch's letters could be stored, the batch is sent again and its
 * events are refused again; those that are here already are known by their sequence and text, and
 * are not written twice.
 *
 * <p>A letter is taken away by an entry that says so. A file is deleted once nothing of it is left,
 * the oldest first, so an entry that takes letters away is never deleted before them.
 *
 * <p>Thread-safe.
 */
final class DeadLetterStore implements Exclusions.Letters, Closeable {

  /** Reads whatever was accepted: long keys and numbers are for the endpoint to judge. */
  private static final ObjectMapper JSON =
      new ObjectMapper(
          new JsonFactoryBuilder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxStringLength(Integer.MAX_VALUE)
                      .maxNameLength(Integer.MAX_VALUE)
                      .maxNumberLength(Integer.MAX_VALUE)
                      .build())
              .build());

  private static final int MOST_CHARACTERS = 512;
  private static final int TAKEN_AT_ONCE = 500;
  private static final long ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Path directory;
  private final SegmentList segments;
  private volatile SegmentLayout layout;
  private final LetterBound bound;
  private final EntryFormat format;
  private final LongSupplier wallMillis;
  private final SegmentQueue.Events events;
  private final String threadName;

  // Guarded by this.
  private final NavigableMap<Long, Exclusions.Buried> uncommitted = new TreeMap<>();
  private final SeenSequences taken = new SeenSequences();
  private final LetterSegments alive = new LetterSegments();
  private EntryBuffer entry;

  /** The events whose letters were added and not forced yet. */
  private final Set<Long> unforced = new HashSet<>();

  /** The highest sequence of an event that has a letter, as found at open. */
  private final long newestEvent;

  /** Whether letters were found out of order, where pages lie astray. */
  private final boolean disordered;

  private volatile @Nullable SegmentQueue queue;
  private @Nullable SegmentForce force;

  /** The run that an event was too large for, while it is closed. */
  private @Nullable SegmentQueue outgrown;

  private boolean forceFailed;
  private boolean closed;
  private volatile long count;
  private volatile long dropped;
  private volatile long lastSequence;

  /** Whether the bound does not count for now. */
  private volatile boolean exceeds;

  /** A letter, and where it lies. */
  record Stored(DeadLetter letter, int segment) {}

  /**
   * Reads what is there.
   *
   * @param committedSequence events above it may come again
   */
  DeadLetterStore(
      Path directory,
      Damage damage,
      EntryFormat format,
      int maxEventBytes,
      LetterBound bound,
      long committedSequence,
      LongSupplier wallMillis,
      SegmentQueue.Events events,
      String threadName)
      throws IOException {
    this.directory = directory;
    this.bound = bound;
    this.format = format;
    layout = layout(maxEventBytes);
    entry = new EntryBuffer(layout.maxFrameBytes(), format);
    this.wallMillis = wallMillis;
    this.events = new Bounded(events);
    this.threadName = threadName;
    segments = SegmentScan.load(directory, damage, format);
    boolean anyTaken = false;
    boolean rising = true;
    long newest = 0;
    Set<Integer> unsure = new HashSet<>();
    SeenSequences seen = new SeenSequences();
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      while (reader.nextFrame(Long.MAX_VALUE)) {
        long number = reader.sequence();
        rising &= number >= lastSequence;
        lastSequence = Math.max(lastSequence, number);
        if (isTaking(reader)) {
          readTaken(reader);
          anyTaken = true;
        } else if (!reader.isMark() && seen.add(number)) {
          alive.add(reader.position().segment());
          long event = Frame.keyHigh(reader.bytes(), reader.frame());
          newest = Math.max(newest, event);
          if (event > committedSequence) {
            unsure.add(reader.position().segment());
            uncommitted.put(event, buried(event, reader));
          }
        }
      }
      forceUncommitted(unsure);
      long unreadable = reader.unreadablePlaces();
      damage.unreadable(unreadable);
      if (unreadable > 0) {
        // What a device fails to read now may come back: its sequences are not used again.
        lastSequence += segments.bytes() / Frame.OVERHEAD_BYTES;
      }
    }
    disordered = !rising;
    newestEvent = newest;
    if (anyTaken) {
      countWithoutTaken();
    }
    count = alive.count();
  }

  private static boolean isTaking(SegmentReader reader) {
    return Frame.kind(reader.bytes(), reader.frame()) == Frame.LETTERS_TAKEN;
  }

  private void readTaken(SegmentReader reader) {
    ByteBuffer numbers =
        ByteBuffer.wrap(
            reader.bytes(),
            reader.frame() + Frame.HEADER_BYTES,
            Frame.payloadBytes(reader.bytes(), reader.frame()));
    while (numbers.remaining() >= Long.BYTES) {
      long number = numbers.getLong();
      if (number > 0) {
        taken.add(number);
      }
    }
  }

  private static Exclusions.Buried buried(long event, SegmentReader reader) throws IOException {
    return new Exclusions.Buried(
        event,
        digest(read(reader).path("event").asText()),
        Burial.of(Frame.idHash(reader.bytes(), reader.frame())),
        reader.position().segment());
  }

  /** Where letters lie is known only when all of them were read. */
  private void countWithoutTaken() throws IOException {
    SeenSequences seen = new SeenSequences();
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      while (reader.next(Long.MAX_VALUE)) {
        if (seen.add(reader.sequence()) && taken.contains(reader.sequence())) {
          alive.remove(reader.position().segment());
        }
      }
    }
  }

  /**
   * A kill may have come between the write of a letter and its force; the checkpoint that is
   * written next relies on it. What cannot be forced is written again when it is refused again.
   */
  private void forceUncommitted(Set<Integer> numbers) {
    try {
      for (Segment segment : segments.all()) {
        if (numbers.contains(segment.number())) {
          if (SegmentFiles.isDoubtful(segment.file())) {
            throw new IOException("a force of it failed");
          }
          SegmentFiles.force(segment.file());
        }
      }
    } catch (IOException e) {
      uncommitted.clear();
    }
  }

  private SegmentLayout layout(int maxEventBytes) {
    int mostBytes = EntryFormat.mostLetterBytes(maxEventBytes);
    return SegmentLayout.of(format, 0, mostBytes, Durability.POWER);
  }

  /** Length of a segment's file. */
  static long segmentBytes(int maxEventBytes) {
    return SegmentLayout.fileBytes(0, EntryFormat.mostLetterBytes(maxEventBytes));
  }

  /**
   * Writes one dead letter, unless it is there already from an attempt that was not committed.
   *
   * @param sequence the event's
   * @throws IOException if it cannot be stored; the event must not be committed then
   */
  @Nullable DeadLetter add(
      long sequence, String event, Burial burial, String code, String message, int attempt)
      throws IOException {
    UUID digest = digest(event);
    if (isThere(sequence, digest, burial)) {
      return null;
    }
    fit(event);
    return write(sequence, event, digest, burial, code, message, attempt);
  }

  private synchronized boolean isThere(long sequence, UUID digest, Burial burial) {
    Exclusions.Buried known = uncommitted.get(sequence);
    if (known == null || !known.digest().equals(digest)) {
      return false;
    }
    if (known.burial() == Burial.NAMED && burial != Burial.NAMED) {
      // What was to be sent again as it was is refused now, or too old: the rest is sent without
      // it. It counts as what its letter says.
      uncommitted.put(
          sequence, new Exclusions.Buried(sequence, digest, Burial.REFUSED, known.segment()));
    }
    return true;
  }

  private synchronized DeadLetter write(
      long sequence,
      String event,
      UUID digest,
      Burial burial,
      String code,
      String message,
      int attempt)
      throws IOException {
    makeRoom();
    String briefCode = brief(code);
    String brief = brief(message);
    long now = wallMillis.getAsLong();
    entry.payload(encode(event, briefCode, brief, attempt, now));
    entry.begin(Frame.LETTER, now, sequence, 0, burial.number());
    long number = append();
    int segment = segmentOf(number);
    unforced.add(sequence);
    uncommitted.put(sequence, new Exclusions.Buried(sequence, digest, burial, segment));
    alive.add(segment);
    count = alive.count();
    return letter(number, JSON.readTree(event), event, briefCode, brief, now, attempt);
  }

  /** An event of an earlier run, which had a larger limit, needs a run with larger segments. */
  private void fit(String event) throws IOException {
    int bytes = event.getBytes(StandardCharsets.UTF_8).length;
    int most = EntryFormat.mostLetterBytes(bytes) + Frame.OVERHEAD_BYTES;
    SegmentQueue open;
    synchronized (this) {
      checkOpen();
      if (most > layout.maxFrameBytes()) {
        // Both first: the heap may be full.
        SegmentLayout larger = layout(bytes);
        EntryBuffer largerEntry = new EntryBuffer(larger.maxFrameBytes(), format);
        force();
        outgrown = queue;
        queue = null;
        force = null;
        layout = larger;
        entry = largerEntry;
      }
      open = outgrown;
    }
    // Not under the lock: its thread may be in a callback that looks at the letters.
    if (open != null) {
      try {
        open.close();
      } finally {
        forget(open);
      }
    }
  }

  private synchronized void forget(SegmentQueue closed) {
    // It may have used up one more, for a letter that failed and can be read all the same.
    lastSequence = Math.max(lastSequence, closed.lastSequence());
    outgrown = null;
  }

  private long maxBytes() {
    return Math.max(bound.maxBytes(), 2 * layout.segmentBytes() + SegmentFiles.METADATA_BYTES);
  }

  private long append() throws IOException {
    // That there was no room a moment ago may be because the bound was reached.
    long number = queue().append(entry, WAIT_NANOS, ROOM_NANOS);
    if (number < 0) {
      throw new IOException("a dead letter could not be stored");
    }
    lastSequence = number;
    return number;
  }

  /** Of an entry of this run. */
  private int segmentOf(long number) {
    return Objects.requireNonNull(segments.holding(number), "the segment in use").number();
  }

  /**
   * Gives the oldest up, as the options allow, so that the next segment can always be had. Letters
   * of events that are not committed may not be given up, and without them their batch could never
   * be committed: for those the bound is exceeded.
   */
  private void makeRoom() throws IOException {
    while (bytes() + neededBytes() > maxBytes()) {
      Segment oldest = segments.first();
      if (oldest == null || isInUse(oldest) || isWanted(oldest)) {
        exceeds = true;
        return;
      }
      long left = alive.in(oldest.number());
      if (left > 0 && bound.whenFull() == WhenDeadLettersFull.HOLD) {
        throw new DeadLettersFullException(maxBytes());
      }
      delete(oldest);
      dropped += left;
    }
    exceeds = false;
  }

  private boolean isInUse(Segment segment) {
    return (queue != null || outgrown != null) && segments.after(segment.number()) == null;
  }

  /** Whether a letter in there says of an event that is not committed that it is not sent. */
  private boolean isWanted(Segment segment) {
    return uncommitted.values().stream().anyMatch(one -> one.segment() == segment.number());
  }

  private void delete(Segment segment) throws IOException {
    Files.deleteIfExists(segment.file());
    segments.remove(segment);
    alive.forget(segment.number());
    count = alive.count();
    Path run = Objects.requireNonNull(segment.file().getParent(), "a segment of a run");
    Segment next = segments.first();
    if (next == null || !run.equals(next.file().getParent())) {
      SegmentFiles.removeRunIfEmpty(run);
    }
  }

  /**
   * Takes letters away. They are gone when this returns, also after a kill.
   *
   * @throws IOException if that could not be stored, of all or of the last of them
   */
  synchronized void take(List<Stored> letters) throws IOException {
    checkOpen();
    // There must always be room to say that room can be made.
    exceeds = true;
    for (int from = 0; from < letters.size(); from += TAKEN_AT_ONCE) {
      List<Stored> some = letters.subList(from, Math.min(letters.size(), from + TAKEN_AT_ONCE));
      ByteBuffer numbers = ByteBuffer.allocate(some.size() * Long.BYTES);
      some.forEach(one -> numbers.putLong(one.letter().number()));
      entry.payload(numbers.array());
      entry.begin(Frame.LETTERS_TAKEN, wallMillis.getAsLong(), 0, 0, 0);
      append();
      for (Stored one : some) {
        if (taken.add(one.letter().number())) {
          alive.remove(one.segment());
        }
      }
      count = alive.count();
    }
    Segment oldest = segments.first();
    while (oldest != null
        && !isInUse(oldest)
        && alive.in(oldest.number()) == 0
        && !isWanted(oldest)) {
      delete(oldest);
      oldest = segments.first();
    }
  }

  @Override
  public synchronized Exclusions.@Nullable Buried find(SegmentReader at) {
    if (uncommitted.isEmpty()) {
      return null;
    }
    Exclusions.Buried found = uncommitted.get(at.sequence());
    return found != null && found.digest().equals(digest(text(at))) ? found : null;
  }

  @Override
  public synchronized boolean isAny(long firstSequence, long lastSequence) {
    return !uncommitted.subMap(firstSequence, true, lastSequence, true).isEmpty();
  }

  /** The events from {@code first} to {@code last} are committed and do not come again. */
  synchronized void committed(long first, long last) {
    uncommitted.subMap(first, true, last, true).clear();
  }

  /** A sequence may come again for another event, where a power cut or a person took the queue. */
  private static UUID digest(String event) {
    return UUID.nameUUIDFromBytes(event.getBytes(StandardCharsets.UTF_8));
  }

  private static String brief(String text) {
    return text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
  }

  /**
   * Forces what was added to the device, whatever the buffer's durability: single events may have
   * been appended for more, and the checkpoint that passes them may reach the device first.
   *
   * @throws IOException if that failed; what was added since the last force counts as not stored
   */
  synchronized void force() throws IOException {
    SegmentForce made = force;
    if (made != null && !unforced.isEmpty() && (forceFailed || !made.force(lastSequence))) {
      // Should the heap be full here, this is where the next call goes on.
      forceFailed = true;
      // A force that failed is not made again on the same file, so these could never be forced.
      uncommitted.keySet().removeAll(unforced);
      unforced.clear();
      forceFailed = false;
      throw new IOException("dead letters could not be forced to the device");
    }
    unforced.clear();
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the buffer is closed");
    }
  }

  private SegmentQueue queue() throws IOException {
    checkOpen();
    if (outgrown != null) {
      // Both would make a segment of the next number.
      throw new IOException("the dead letters go over to larger segments; try again");
    }
    SegmentQueue open = queue;
    if (open == null) {
      Segment last = segments.last();
      open =
          new SegmentQueue(
              directory,
              segments,
              layout,
              new byte[0],
              lastSequence,
              last == null ? 0 : last.number(),
              true,
              wallMillis,
              events,
              threadName);
      SegmentForce made = new SegmentForce(open);
      try {
        open.start();
      } catch (Throwable e) {
        // No thread is to be had, say. Else each attempt would leave a run behind.
        open.close();
        throw e;
      }
      queue = open;
      force = made;
    }
    return open;
  }

  private static byte[] encode(
      String event, String code, String message, int attempt, long nowMillis) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(event.length() + 256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("code", code);
      json.writeStringField("message", message);
      json.writeStringField("refused_at", Instant.ofEpochMilli(nowMillis).toString());
      json.writeNumberField("attempt", attempt);
      // A string, so that the event comes out again with the very bytes that were sent.
      json.writeStringField("event", event);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /** How many there are. */
  long count() {
    return count;
  }

  /** How many were given up for newer ones since this was opened. */
  long dropped() {
    return dropped;
  }

  /** The number of the newest one; 0 when there never was one. */
  long lastNumber() {
    return lastSequence;
  }

  /** The highest sequence of an event that has a letter, as found at open; 0 without. */
  long newestEvent() {
    return newestEvent;
  }

  long bytes() {
    SegmentQueue open = queue;
    return segments.bytes() + (open == null ? 0 : open.overheadBytes());
  }

  /** What the next dead letters will take on disk beyond {@link #bytes()}. */
  long neededBytes() {
    SegmentQueue open = queue;
    if (open == null) {
      return 2 * layout.segmentBytes() + SegmentFiles.METADATA_BYTES;
    }
    return open.hasNext() ? 0 : layout.segmentBytes();
  }

  /** The letters with numbers above {@code after}, by number, so many at most. */
  List<Stored> list(long after, int most) throws IOException {
    TreeMap<Long, Stored> found = new TreeMap<>();
    try (SegmentReader reader = new SegmentReader(segments)) {
      Segment first = disordered ? null : segments.holding(after);
      reader.moveTo(first == null ? Position.START : new Position(first.number(), 0));
      while ((disordered || found.size() < most) && reader.next(lastSequence)) {
        long number = reader.sequence();
        if (number <= after || isTaken(number)) {
          continue;
        }
        // As they were counted at open: of two copies, the first one.
        found.putIfAbsent(number, stored(reader));
        if (found.size() > most) {
          found.pollLastEntry();
        }
      }
    }
    return new ArrayList<>(found.values());
  }

  private synchronized boolean isTaken(long number) {
    return taken.contains(number);
  }

  private static Stored stored(SegmentReader reader) throws IOException {
    JsonNode stored = read(reader);
    String event = stored.path("event").asText();
    DeadLetter letter =
        letter(
            reader.sequence(),
            JSON.readTree(event),
            event,
            stored.path("code").asText(),
            stored.path("message").asText(),
            Frame.acceptedAtMillis(reader.bytes(), reader.frame()),
            stored.path("attempt").asInt());
    return new Stored(letter, reader.position().segment());
  }

  private static JsonNode read(SegmentReader reader) throws IOException {
    return JSON.readTree(
        reader.bytes(),
        reader.frame() + Frame.HEADER_BYTES,
        Frame.payloadBytes(reader.bytes(), reader.frame()));
  }

  private static DeadLetter letter(
      long number,
      JsonNode event,
      String text,
      String code,
      String message,
      long refusedAt,
      int attempt) {
    return new DeadLetter(
        number,
        text,
        event.path("event_id").asText(),
        event.path("event_type").asText(),
        code,
        message,
        Instant.ofEpochMilli(refusedAt),
        attempt);
  }

  /** An event's id and text as they were stored. */
  static String text(SegmentReader reader) {
    return new String(
        reader.bytes(),
        reader.frame() + Frame.HEADER_BYTES,
        Frame.payloadBytes(reader.bytes(), reader.frame()),
        StandardCharsets.UTF_8);
  }

  static String eventId(String event) throws IOException {
    return JSON.readTree(event).path("event_id").asText();
  }

  /** Waits for what is under way; afterwards nothing of the directory is changed any more. */
  @Override
  public void close() throws IOException {
    SegmentQueue open;
    synchronized (this) {
      closed = true;
      open = queue;
    }
    // Not under the lock: its thread may be in a callback that looks at the letters.
    if (open != null) {
      open.close();
    }
  }

  /** The dead letters' bound, within the buffer's share of the disk. */
  private final class Bounded implements SegmentQueue.Events {
    private final SegmentQueue.Events share;

    Bounded(SegmentQueue.Events share) {
      this.share = share;
    }

    @Override
    public void reached() {
      share.reached();
    }

    @Override
    public boolean mayAllocate(long more) {
      return isWithin(more) && share.mayAllocate(more);
    }

    private boolean isWithin(long more) {
      return exceeds || bytes() + more <= maxBytes();
    }

    @Override
    public void storageFailed(String what, Throwable cause) {
      // That the bound is reached is no failure: the next letter makes room, or says so.
      if (isWithin(layout.segmentBytes())) {
        share.storageFailed(what, cause);
      }
    }

    @Override
    public void storageRecovered() {
      share.storageRecovered();
    }
  }
}
