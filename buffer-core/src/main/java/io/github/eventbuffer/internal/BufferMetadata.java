package io.github.eventbuffer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventBufferException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * {@code buffer.json}: which format the directory has and whose events it holds. Events that were
 * accepted for one destination are never sent to another. It names the moment at which it was made,
 * too, so that a hash of it tells two directories apart.
 */
final class BufferMetadata {
  static final int FORMAT_VERSION = 1;

  /**
   * More than its names can take. The parser skips what stands behind the object, and the mark of
   * each run has to carry all of it.
   */
  private static final int MOST_BYTES = 16 << 10;

  private static final String CHECKSUM = "crc32c";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final byte[] bytes;
  private final Destination destination;
  private final boolean isNew;

  BufferMetadata(byte[] bytes, Destination destination, boolean isNew) {
    this.bytes = bytes;
    this.destination = destination;
    this.isNew = isNew;
  }

  /** The file's. */
  byte[] bytes() {
    return bytes;
  }

  Destination destination() {
    return destination;
  }

  /** Whether nothing was found that told which directory this is. */
  boolean isNew() {
    return isNew;
  }

  /**
   * Reads the file, or makes it in a new directory. What is damaged or gone is taken from the marks
   * of the queue, each of which bears a copy, or else made anew.
   *
   * @throws EventBufferException if it is for another destination, or of a newer format
   */
  static BufferMetadata check(
      BufferDirectory directory, Destination destination, BufferClock clock, Damage damage)
      throws IOException {
    Path file = directory.metadata();
    boolean exists = Files.exists(file);
    if (exists) {
      byte[] found = read(file);
      if (found.length <= MOST_BYTES && isSound(file, found, destination)) {
        return new BufferMetadata(found, destination, false);
      }
    }
    byte[] marked = marked(directory.queue(), file, destination);
    if (exists) {
      damage.quarantine(file);
    }
    if (exists || marked != null) {
      damage.metadata();
    }
    byte[] bytes = marked == null ? create(destination, clock) : marked;
    write(file, bytes);
    return new BufferMetadata(bytes, destination, marked == null);
  }

  /** The newest copy in a mark; null when there is none that can be read. */
  private static byte @Nullable [] marked(Path queue, Path file, Destination destination)
      throws IOException {
    byte[] newest = null;
    EventBufferException other = null;
    for (byte[] mark : SegmentScan.marks(queue, EntryFormat.eventsAndAnyMark(destination))) {
      try {
        newest = isSound(file, mark, destination) ? mark : newest;
      } catch (EventBufferException e) {
        if (e.reason() != Reason.OTHER_DESTINATION) {
          throw e;
        }
        other = e;
      }
    }
    // Beside marks of its own, one of another buffer lies astray.
    if (newest == null && other != null) {
      throw other;
    }
    return newest;
  }

  /** No more than it takes to see that it is too much. */
  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES + 1);
    }
  }

  /**
   * Whether these bytes are metadata, and for this destination.
   *
   * @throws EventBufferException if they are for another one, or of a newer format
   */
  private static boolean isSound(Path file, byte[] bytes, Destination destination) {
    JsonNode found;
    try {
      found = JSON.readTree(bytes);
      if (!(found instanceof ObjectNode object)
          || !object.path(CHECKSUM).asText().equals(checksum(object))) {
        return false;
      }
    } catch (IOException e) {
      // Nothing but the bytes themselves: zeros in front are even taken for UTF-32.
      return false;
    }
    int version = found.path("format_version").asInt(-1);
    String advertiser = found.path("advertiser_id").asText("");
    String source = found.path("event_source_id").asText("");
    if (version > FORMAT_VERSION) {
      throw Refusals.of(
          Reason.NEWER_FORMAT,
          file,
          "has format "
              + version
              + ", this library reads up to "
              + FORMAT_VERSION
              + "; use the version of the library that wrote it, or a later one",
          null);
    }
    if (version < 1 || advertiser.isEmpty() || source.isEmpty()) {
      return false;
    }
    Destination there =
        new Destination(advertiser, source, found.path("test_event_code").textValue());
    if (!there.equals(destination)) {
      throw Refusals.of(
          Reason.OTHER_DESTINATION,
          file,
          "says that the events here are for "
              + describe(there)
              + ", not for "
              + describe(destination)
              + "; choose a directory for each destination",
          null);
    }
    return true;
  }

  private static byte[] create(Destination destination, BufferClock clock) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("format_version", FORMAT_VERSION);
    node.put("advertiser_id", destination.advertiserId());
    node.put("event_source_id", destination.eventSourceId());
    if (destination.testEventCode() != null) {
      node.put("test_event_code", destination.testEventCode());
    }
    node.put("created", clock.now().toString());
    node.put(CHECKSUM, checksum(node));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Path half = file.resolveSibling("buffer.json.new");
    Files.deleteIfExists(half);
    Files.createFile(half, PrivateFiles.FILE);
    Files.write(half, bytes);
    SegmentFiles.force(half);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    SegmentFiles.forceDirectory(file.toAbsolutePath().getParent());
  }

  /** Of all other fields as compact JSON, so that a damaged name is not taken for another one. */
  private static String checksum(ObjectNode node) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(JSON.writeValueAsBytes(node.deepCopy().without(CHECKSUM)));
    return Long.toHexString(crc.getValue());
  }

  private static String describe(Destination destination) {
    String code = destination.testEventCode();
    return "advertiser "
        + destination.advertiserId()
        + ", event source "
        + destination.eventSourceId()
        + (code == null ? "" : ", test event code " + code);
  }
}
