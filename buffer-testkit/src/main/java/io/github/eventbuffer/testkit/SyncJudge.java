package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what {@code event-sources/sync} answers. What is wrong with the call fails the call; what
 * is wrong with one source fails that source, and the others still apply.
 */
final class SyncJudge {
  private static final int MAX_SOURCES = 50;
  private static final int MAX_ID = 255;
  private static final List<Text> TEXTS =
      List.of(
          new Text("name", 255),
          new Text("integration_platform", 128),
          new Text("test_event_code", 256));

  /** A field that may be left out, and is not empty. */
  private record Text(String name, int most) {}

  private final Options options;
  private final EventSources sources;

  SyncJudge(Options options, EventSources sources) {
    this.options = options;
    this.sources = sources;
  }

  /** {@code stores}: whether the sources are registered, whatever is answered. */
  Judge.Verdict judge(IncomingRequest request, String advertiser, boolean stores) {
    JsonNode body;
    try {
      body = ParsedBatch.MAPPER.readTree(request.bytes());
    } catch (IOException e) {
      body = ParsedBatch.MAPPER.missingNode();
    }
    if (!body.isObject()) {
      return refused(request, 400, "BAD_REQUEST", new Issue("", "the body is not a JSON object"));
    }
    Issue wrong = wrongWithTheCall(body, advertiser);
    return wrong == null
        ? sync(request, body, advertiser, stores)
        : refused(request, 400, "VALIDATION_ERROR", wrong);
  }

  private static @Nullable Issue wrongWithTheCall(JsonNode body, String advertiser) {
    if (!body.path("account").path("account_id").asText().equals(advertiser)) {
      return new Issue("account.account_id", "must equal the advertiser of the path");
    }
    JsonNode list = body.path("event_sources");
    if (!list.isArray() || list.isEmpty() || list.size() > MAX_SOURCES) {
      return new Issue("event_sources", "1 to " + MAX_SOURCES + " sources");
    }
    if (body.has("delete_missing") && !body.path("delete_missing").isBoolean()) {
      return new Issue("delete_missing", "must be a boolean");
    }
    for (int i = 0; i < list.size(); i++) {
      String flaw = flaw(list.path(i), "event_source_id", MAX_ID, true);
      if (!flaw.isEmpty()) {
        // Without an id there is nothing to name the failure by.
        return new Issue("event_sources[" + i + "].event_source_id", flaw);
      }
    }
    return null;
  }

  private Judge.Verdict sync(
      IncomingRequest request, JsonNode body, String advertiser, boolean stores) {
    List<ObjectNode> good = new ArrayList<>();
    Map<Integer, Issue> failures = new HashMap<>();
    List<FoundViolation> found = new ArrayList<>();
    Set<String> named = new HashSet<>();
    JsonNode list = body.path("event_sources");
    for (int i = 0; i < list.size(); i++) {
      JsonNode source = list.path(i);
      boolean first = named.add(source.path("event_source_id").asText());
      Issue wrong = first ? wrongWith(source) : new Issue("event_source_id", "is given twice");
      if (wrong == null) {
        good.add((ObjectNode) source);
      } else {
        failures.put(i, wrong);
        Issue whole = wrong.within("event_sources[" + i + "]");
        found.add(new FoundViolation(request.number(), -1, whole.path(), whole.message()));
      }
    }
    List<EventSources.Outcome> outcomes =
        sources.sync(advertiser, good, named, body.path("delete_missing").asBoolean(), stores);
    ObjectNode answer = ParsedBatch.MAPPER.createObjectNode();
    ArrayNode results = answer.putArray("event_sources");
    int next = 0;
    for (int i = 0; i < list.size(); i++) {
      Issue wrong = failures.get(i);
      if (wrong == null) {
        add(results, outcomes.get(next++));
      } else {
        String id = list.path(i).path("event_source_id").asText();
        add(results, new EventSources.Outcome(id, "failed"))
            .put("error", wrong.path() + ": " + wrong.message());
      }
    }
    outcomes.subList(next, outcomes.size()).forEach(deleted -> add(results, deleted));
    return new Judge.Verdict(200, Judge.wrapped(options, answer), null, null, found);
  }

  private static ObjectNode add(ArrayNode results, EventSources.Outcome outcome) {
    return results.addObject().put("event_source_id", outcome.id()).put("action", outcome.action());
  }

  private @Nullable Issue wrongWith(JsonNode source) {
    for (Text text : TEXTS) {
      String flaw = flaw(source, text.name, text.most, false);
      if (!flaw.isEmpty()) {
        return new Issue(text.name, flaw);
      }
    }
    for (String name : List.of("event_types", "allowed_domains")) {
      JsonNode list = source.path(name);
      if (source.has(name) && !list.isArray()) {
        return new Issue(name, "must be an array");
      }
      for (JsonNode each : list) {
        if (!each.isTextual() || name.equals("event_types") && !isType(each)) {
          return new Issue(name, "has no place for " + each);
        }
      }
    }
    return source.has("mapping") && !source.path("mapping").isObject()
        ? new Issue("mapping", "must be an object")
        : null;
  }

  /** Whether an event may have this type. */
  private boolean isType(JsonNode type) {
    ObjectNode event = ParsedBatch.MAPPER.createObjectNode();
    event.set("event_type", type);
    return options.rules().check(event).stream()
        .noneMatch(issue -> issue.path().equals("event_type"));
  }

  private static String flaw(JsonNode of, String name, int most, boolean required) {
    JsonNode value = of.path(name);
    if (value.isMissingNode() && !required) {
      return "";
    }
    int length = value.asText().codePointCount(0, value.asText().length());
    return value.isTextual() && length >= 1 && length <= most
        ? ""
        : "a text of 1 to " + most + " characters";
  }

  private static Judge.Verdict refused(
      IncomingRequest request, int status, String code, Issue wrong) {
    String place = wrong.path().isEmpty() ? "" : wrong.path() + ": ";
    ObjectNode body = ErrorBodies.wrap(ErrorBodies.error(code, place + wrong.message()));
    FoundViolation found = new FoundViolation(request.number(), -1, wrong.path(), wrong.message());
    return new Judge.Verdict(status, body, null, null, List.of(found));
  }
}
