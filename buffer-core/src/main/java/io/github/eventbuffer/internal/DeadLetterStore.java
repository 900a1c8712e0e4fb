package io.github.eventbuffer.internal;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.DeadLetters;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
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
 * <p>The flusher adds; anyone may read.
 */
final class DeadLetterStore implements DeadLetters, Exclusions.Letters, Closeable {

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
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Path directory;
  private final SegmentList segments;
  private final SegmentLayout layout;
  private final LongSupplier wallMillis;
  private final SegmentQueue.Events events;
  private final String threadName;
  private final NavigableMap<Long, Exclusions.Buried> uncommitted = new TreeMap<>();

  /** The events whose letters were added and not forced yet. */
  private final Set<Long> unforced = new HashSet<>();

  private final EntryBuffer entry;
  private volatile @Nullable SegmentQueue queue;
  private @Nullable GroupForce force;
  private volatile long count;
  private volatile long lastSequence;

  /**
   * Reads what is there.
   *
   * @param committedSequence events above it may come again
   */
  DeadLetterStore(
      Path directory,
      Damage damage,
      int maxEventBytes,
      long committedSequence,
      LongSupplier wallMillis,
      SegmentQueue.Events events,
      String threadName)
      throws IOException {
    this.directory = directory;
    layout = layout(maxEventBytes);
    entry = new EntryBuffer(layout.maxFrameBytes());
    this.wallMillis = wallMillis;
    this.events = events;
    this.threadName = threadName;
    segments = SegmentScan.load(directory, damage, QueueKind.LETTERS);
    try (SegmentReader reader = new SegmentReader(segments, QueueKind.LETTERS)) {
      reader.moveTo(Position.START);
      SeenSequences seen = new SeenSequences();
      Set<Integer> unsure = new HashSet<>();
      while (reader.nextFrame(Long.MAX_VALUE)) {
        lastSequence = Math.max(lastSequence, reader.sequence());
        if (!reader.isMark() && seen.add(reader.sequence())) {
          count++;
          JsonNode letter = read(reader);
          long event = letter.path("sequence").asLong();
          if (event > committedSequence) {
            unsure.add(reader.position().segment());
            uncommitted.put(
                event,
                new Exclusions.Buried(
                    event,
                    digest(letter.path("event").asText()),
                    Burial.valueOf(letter.path("burial").asText(Burial.NAMED.name()))));
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
  }

  /**
   * A kill may have come between the write of a letter and its force; the checkpoint that is
   * written next relies on it. What cannot be forced is written again when it is refused again.
   */
  private void forceUncommitted(Set<Integer> numbers) {
    try {
      for (Segment segment : segments.all()) {
        if (numbers.contains(segment.number())) {
          SegmentFiles.force(segment.file());
        }
      }
    } catch (IOException e) {
      uncommitted.clear();
    }
  }

  static SegmentLayout layout(int maxEventBytes) {
    return SegmentLayout.of(QueueKind.LETTERS, 0, QueueKind.mostLetterBytes(maxEventBytes));
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
    Exclusions.Buried known = uncommitted.get(sequence);
    if (known != null && known.digest().equals(digest)) {
      return null;
    }
    String briefCode = brief(code);
    String brief = brief(message);
    long now = wallMillis.getAsLong();
    entry.payload(encode(sequence, event, burial, briefCode, brief, attempt, now));
    entry.begin(Frame.LETTER, now, 0, 0, 0);
    long written = queue().append(entry, WAIT_NANOS, 0);
    if (written < 0) {
      throw new IOException("a dead letter could not be stored");
    }
    unforced.add(sequence);
    uncommitted.put(sequence, new Exclusions.Buried(sequence, digest, burial));
    lastSequence = written;
    count++;
    return letter(JSON.readTree(event), event, briefCode, brief, now, attempt);
  }

  @Override
  public Exclusions.@Nullable Buried find(SegmentReader at) {
    if (uncommitted.isEmpty()) {
      return null;
    }
    Exclusions.Buried found = uncommitted.get(at.sequence());
    return found != null && found.digest().equals(digest(text(at))) ? found : null;
  }

  /** The events from {@code first} to {@code last} are committed and do not come again. */
  void committed(long first, long last) {
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
  void force() throws IOException {
    GroupForce group = force;
    if (group != null && !group.force(lastSequence, System.nanoTime() + WAIT_NANOS)) {
      // A force that failed is not made again on the same file, so these could never be forced.
      uncommitted.keySet().removeAll(unforced);
      unforced.clear();
      throw new IOException("dead letters could not be forced to the device");
    }
    unforced.clear();
  }

  private SegmentQueue queue() throws IOException {
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
      open.start();
      queue = open;
      force = new GroupForce(open);
    }
    return open;
  }

  private static byte[] encode(
      long sequence,
      String event,
      Burial burial,
      String code,
      String message,
      int attempt,
      long nowMillis)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(event.length() + 256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("sequence", sequence);
      json.writeStringField("burial", burial.name());
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

  @Override
  public long count() {
    return count;
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

  @Override
  public List<DeadLetter> list(int most) throws IOException {
    if (most < 1) {
      throw new IllegalArgumentException("most must be 1 or more, is " + most);
    }
    List<DeadLetter> letters = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(segments, QueueKind.LETTERS)) {
      reader.moveTo(Position.START);
      SeenSequences seen = new SeenSequences();
      while (letters.size() < most && reader.next(lastSequence)) {
        if (!seen.add(reader.sequence())) {
          continue;
        }
        JsonNode stored = read(reader);
        String event = stored.path("event").asText();
        letters.add(
            letter(
                JSON.readTree(event),
                event,
                stored.path("code").asText(),
                stored.path("message").asText(),
                Instant.parse(stored.path("refused_at").asText()).toEpochMilli(),
                stored.path("attempt").asInt()));
      }
    }
    return letters;
  }

  private static JsonNode read(SegmentReader reader) throws IOException {
    return JSON.readTree(
        reader.bytes(),
        reader.frame() + Frame.HEADER_BYTES,
        Frame.payloadBytes(reader.bytes(), reader.frame()));
  }

  private static DeadLetter letter(
      JsonNode event, String text, String code, String message, long refusedAt, int attempt) {
    return new DeadLetter(
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

  @Override
  public void close() throws IOException {
    SegmentQueue open = queue;
    if (open != null) {
      open.close();
    }
  }
}
