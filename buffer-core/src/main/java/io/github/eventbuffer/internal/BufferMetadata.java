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

/**
 * {@code buffer.json}: which format the directory has and whose events it holds. Events that were
 * accepted for one destination are never sent to another.
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

  private BufferMetadata() {}

  /**
   * Checks the file, or makes it in a new directory; what is damaged or gone is made anew when the
   * queue's own marks do not speak against it.
   *
   * @return its bytes
   */
  static byte[] check(
      BufferDirectory directory, Destination destination, BufferClock clock, Damage damage)
      throws IOException {
    Path file = directory.metadata();
    boolean exists = Files.exists(file);
    if (exists) {
      byte[] found = read(file);
      if (found.length <= MOST_BYTES && isSound(file, found, destination)) {
        return found;
      }
    }
    boolean marked = isMarked(directory.queue(), file, destination);
    if (exists) {
      damage.quarantine(file);
    }
    if (exists || marked) {
      damage.metadata();
    }
    return create(file, destination, clock);
  }

  /**
   * Whether a mark of the queue is for this destination.
   *
   * @throws EventBufferException if all are for other ones, or one is of a newer format
   */
  private static boolean isMarked(Path queue, Path file, Destination destination)
      throws IOException {
    boolean marked = false;
    EventBufferException other = null;
    for (byte[] mark : SegmentScan.marks(queue, EntryFormat.eventsAndAnyMark(destination))) {
      try {
        marked |= isSound(file, mark, destination);
      } catch (EventBufferException e) {
        if (e.reason() != Reason.OTHER_DESTINATION) {
          throw e;
        }
        other = e;
      }
    }
    // Beside marks of its own, one of another buffer lies astray.
    if (!marked && other != null) {
      throw other;
    }
    return marked;
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

  private static byte[] create(Path file, Destination destination, BufferClock clock)
      throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("format_version", FORMAT_VERSION);
    node.put("advertiser_id", destination.advertiserId());
    node.put("event_source_id", destination.eventSourceId());
    if (destination.testEventCode() != null) {
      node.put("test_event_code", destination.testEventCode());
    }
    node.put("created", clock.now().toString());
    node.put(CHECKSUM, checksum(node));
    byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    Path half = file.resolveSibling("buffer.json.new");
    Files.deleteIfExists(half);
    Files.createFile(half, PrivateFiles.FILE);
    Files.write(half, bytes);
    SegmentFiles.force(half);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    SegmentFiles.forceDirectory(file.toAbsolutePath().getParent());
    return bytes;
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
