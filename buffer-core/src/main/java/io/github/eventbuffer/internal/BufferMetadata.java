package io.github.eventbuffer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventBufferException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * {@code buffer.json}: which format the directory has and whose events it holds. Events that were
 * accepted for one destination are never sent to another.
 */
final class BufferMetadata {
  static final int FORMAT_VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private BufferMetadata() {}

  /** Checks the file, or makes it in a new directory. */
  static void check(BufferDirectory directory, Destination destination, BufferClock clock)
      throws IOException {
    Path file = directory.metadata();
    if (!Files.exists(file)) {
      create(file, destination, clock);
      return;
    }
    JsonNode found;
    try {
      found = JSON.readTree(Files.readAllBytes(file));
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw damaged(file, destination, e);
    }
    int version = found.path("format_version").asInt(-1);
    String advertiser = found.path("advertiser_id").asText("");
    String source = found.path("event_source_id").asText("");
    if (version < 1) {
      throw damaged(file, destination, null);
    }
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
    if (advertiser.isEmpty() || source.isEmpty()) {
      throw damaged(file, destination, null);
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
  }

  private static EventBufferException damaged(
      Path file, Destination destination, @Nullable Throwable cause) {
    return Refusals.of(
        Reason.IO,
        file,
        "is damaged; move it away if the events in this directory are for " + describe(destination),
        cause);
  }

  private static void create(Path file, Destination destination, BufferClock clock)
      throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("format_version", FORMAT_VERSION);
    node.put("advertiser_id", destination.advertiserId());
    node.put("event_source_id", destination.eventSourceId());
    if (destination.testEventCode() != null) {
      node.put("test_event_code", destination.testEventCode());
    }
    node.put("created", clock.now().toString());
    Path half = file.resolveSibling("buffer.json.new");
    Files.deleteIfExists(half);
    Files.createFile(half, PrivateFiles.FILE);
    Files.write(half, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node));
    SegmentFiles.force(half);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    SegmentFiles.forceDirectory(file.toAbsolutePath().getParent());
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
