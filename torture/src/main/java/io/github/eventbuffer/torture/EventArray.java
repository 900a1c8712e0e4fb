package io.github.eventbuffer.torture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.eventbuffer.EventBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The events of a batch as the transport gets them, each with the very bytes that were stored. */
final class EventArray {
  private static final JsonFactory JSON = new JsonFactory();

  private EventArray() {}

  static List<String> read(EventBatch batch) throws IOException {
    byte[] all;
    try (InputStream in = batch.openEvents()) {
      all = in.readAllBytes();
    }
    List<String> events = new ArrayList<>(batch.count());
    try (JsonParser parser = JSON.createParser(all)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IOException("a batch is no JSON array");
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getByteOffset();
        events.add(new String(all, start, end - start, StandardCharsets.UTF_8));
      }
    }
    return events;
  }
}
