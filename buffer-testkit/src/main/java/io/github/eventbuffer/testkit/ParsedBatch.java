package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A request body taken apart in one pass: the envelope as a tree, and for every event its place in
 * the bytes, its identity and what is wrong with it. The trees of the events do not outlive the
 * pass.
 *
 * @param envelope everything but the events
 * @param hasEvents whether there is an array of events
 * @param events the events, in order
 */
record ParsedBatch(ObjectNode envelope, boolean hasEvents, List<Event> events) {

  static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();
  private static final ObjectReader TREES = MAPPER.readerFor(JsonNode.class);

  /**
   * One event.
   *
   * @param start offset of its first byte
   * @param end offset after its last byte
   */
  record Event(int start, int end, String type, String id, List<Issue> issues) {}

  String sourceId() {
    return envelope.path("event_source_id").asText("");
  }

  String testEventCode() {
    return envelope.path("test_event_code").asText("");
  }

  /**
   * Reads a body.
   *
   * @param rules what is wrong with an event
   * @throws IOException if the body is no JSON object
   */
  static ParsedBatch read(byte[] body, Function<JsonNode, List<Issue>> rules) throws IOException {
    ObjectNode envelope = MAPPER.createObjectNode();
    List<Event> events = new ArrayList<>();
    boolean hasEvents = false;
    try (JsonParser parser = TREES.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the body is not a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("events") && value == JsonToken.START_ARRAY) {
          if (hasEvents) {
            throw new IOException("events is given twice");
          }
          hasEvents = true;
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            events.add(event(parser, rules));
          }
        } else if (envelope.has(name)) {
          throw new IOException(name + " is given twice");
        } else {
          JsonNode tree = TREES.readValue(parser);
          envelope.set(name, tree);
        }
      }
      if (parser.nextToken() != null) {
        throw new IOException("something follows the JSON object");
      }
    }
    return new ParsedBatch(envelope, hasEvents, events);
  }

  private static Event event(JsonParser parser, Function<JsonNode, List<Issue>> rules)
      throws IOException {
    long start = parser.currentTokenLocation().getByteOffset();
    JsonNode tree = TREES.readValue(parser);
    long end = parser.currentLocation().getByteOffset();
    String type = tree.path("event_type").asText("");
    String id = tree.path("event_id").asText("");
    return new Event((int) start, (int) end, type, id, rules.apply(tree));
  }
}
