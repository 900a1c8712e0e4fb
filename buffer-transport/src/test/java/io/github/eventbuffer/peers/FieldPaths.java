package io.github.eventbuffer.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The fields of requests, as {@code /events/contents/id}, whatever the position in an array. */
final class FieldPaths {
  private FieldPaths() {}

  /** Those that a request has. */
  static Set<String> of(JsonNode request) {
    Set<String> found = new TreeSet<>();
    addOfValue("", request, found);
    return found;
  }

  private static void addOfValue(String path, JsonNode value, Set<String> found) {
    if (value.isArray()) {
      value.forEach(element -> addOfValue(path, element, found));
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String name = path + "/" + field.getKey();
      found.add(name);
      addOfValue(name, field.getValue(), found);
    }
  }

  /** Those that an OpenAPI document knows. */
  static Set<String> ofDocument(JsonNode document, String requestSchema) {
    Set<String> found = new TreeSet<>();
    addOfSchema("", document.at("/components/schemas/" + requestSchema), document, found);
    return found;
  }

  private static void addOfSchema(
      String path, JsonNode schema, JsonNode document, Set<String> found) {
    String reference = schema.path("$ref").asText();
    if (!reference.isEmpty()) {
      addOfSchema(path, document.at(reference.substring(1)), document, found);
      return;
    }
    if (schema.has("items")) {
      addOfSchema(path, schema.get("items"), document, found);
    }
    for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
      String name = path + "/" + field.getKey();
      found.add(name);
      addOfSchema(name, field.getValue(), document, found);
    }
  }
}
