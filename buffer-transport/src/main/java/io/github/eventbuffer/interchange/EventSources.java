package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.EventSourceResult.Action;
import io.github.eventbuffer.FieldMapping;
import io.github.eventbuffer.http.PublicText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The event sources of advertisers: {@code POST /advertisers/{advertiserId}/event-sources/sync}.
 * Thread-safe.
 */
public final class EventSources {
  private static final int MOST_SOURCES = 50;
  private static final int MOST_ID_CHARS = 256;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Calls calls;
  private final MappingKeys mappingKeys;

  EventSources(Calls calls, MappingKeys mappingKeys) {
    this.calls = calls;
    this.mappingKeys = mappingKeys;
  }

  /**
   * Registers sources on an advertiser, and brings those that are there to these definitions. The
   * call is idempotent, so it is made again, with backoff, while the service is at fault or the
   * pace too fast, for as long as {@link InterchangeClient#timeout} says. Blocks.
   *
   * @param advertiserId the advertiser that owns the sources; 1 to 255 characters
   * @param sources 1 to 50, with different ids
   * @param deleteMissing whether the buyer's sources that are not among these are archived
   * @return what became of each, in the order of the answer; one that {@linkplain Action#FAILED
   *     failed} hides none of the others, and throws nothing
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if there are none or more than 50 sources, two have one id, or
   *     the advertiser's id has another length
   * @throws InterchangeException if the endpoint refused the call, did not answer in time, or
   *     answered what is not understood; if the thread was interrupted, which it still is then
   */
  public List<EventSourceResult> sync(
      String advertiserId, List<EventSource> sources, boolean deleteMissing) {
    return results(calls.untilDone(call(advertiserId, sources, deleteMissing)));
  }

  /** One attempt; completes exceptionally with what {@link #sync} would throw. */
  CompletionStage<List<EventSourceResult>> syncOnce(
      String advertiserId, List<EventSource> sources) {
    return calls
        .once(call(advertiserId, sources, false))
        .thenApply(
            reply -> {
              InterchangeException error = reply.error();
              if (error != null) {
                throw new CompletionException(error);
              }
              return results(reply);
            });
  }

  private JsonCall call(String advertiserId, List<EventSource> sources, boolean deleteMissing) {
    Calls.checkAdvertiser(advertiserId);
    long different = sources.stream().map(EventSource::eventSourceId).distinct().count();
    if (sources.isEmpty() || sources.size() > MOST_SOURCES) {
      throw new IllegalArgumentException(
          "sources must be 1 to " + MOST_SOURCES + ", are " + sources.size());
    }
    if (different < sources.size()) {
      throw new IllegalArgumentException(
          "sources must have different ids; " + sources.size() + " have " + different);
    }
    ObjectNode request = NODES.objectNode();
    request.putObject("account").put("account_id", advertiserId);
    ArrayNode list = request.putArray("event_sources");
    sources.forEach(source -> list.add(json(source)));
    if (deleteMissing) {
      request.put("delete_missing", true);
    }
    return new JsonCall(request, "advertisers", advertiserId, "event-sources", "sync");
  }

  private ObjectNode json(EventSource source) {
    ObjectNode json = NODES.objectNode().put("event_source_id", source.eventSourceId());
    putIfSet(json, "name", source.name());
    if (!source.eventTypes().isEmpty()) {
      ArrayNode types = json.putArray("event_types");
      source.eventTypes().forEach(type -> types.add(type.value()));
    }
    if (!source.allowedDomains().isEmpty()) {
      ArrayNode domains = json.putArray("allowed_domains");
      source.allowedDomains().forEach(domains::add);
    }
    putIfSet(json, "integration_platform", source.integrationPlatform());
    FieldMapping mapping = source.mapping();
    if (mapping != null) {
      json.set("mapping", json(mapping));
    }
    putIfSet(json, "test_event_code", source.testEventCode());
    return json;
  }

  private ObjectNode json(FieldMapping mapping) {
    ObjectNode json = NODES.objectNode();
    for (Map.Entry<FieldMapping.Field, String> field : mapping.fields().entrySet()) {
      json.put(key(field.getKey().name().toLowerCase(Locale.ROOT) + "_field"), field.getValue());
    }
    if (!mapping.userMatchFields().isEmpty()) {
      ArrayNode fields = json.putArray(key("user_match_fields"));
      mapping.userMatchFields().forEach(fields::add);
    }
    putIfSet(json, key("dedupe_strategy"), mapping.dedupeStrategy());
    putIfSet(json, "notes", mapping.notes());
    return json;
  }

  private String key(String snakeCase) {
    if (mappingKeys == MappingKeys.SNAKE_CASE) {
      return snakeCase;
    }
    StringBuilder camel = new StringBuilder();
    for (String word : snakeCase.split("_", -1)) {
      camel
          .append(camel.isEmpty() ? word.charAt(0) : Character.toUpperCase(word.charAt(0)))
          .append(word, 1, word.length());
    }
    return camel.toString();
  }

  private static void putIfSet(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  private static List<EventSourceResult> results(Reply reply) {
    JsonNode list = reply.body().path("event_sources");
    if (!list.isArray()) {
      throw JsonCall.error("the answer is not understood: it lacks event_sources", true);
    }
    List<EventSourceResult> results = new ArrayList<>();
    for (JsonNode one : list) {
      String id = one.path("event_source_id").asText();
      if (id.isEmpty() || id.length() > MOST_ID_CHARS) {
        throw JsonCall.error("the answer is not understood: a source without its id", true);
      }
      results.add(
          new EventSourceResult(id, action(one.path("action").asText()), error(one, reply.text())));
    }
    return results;
  }

  private static Action action(String word) {
    return switch (word) {
      case "created" -> Action.CREATED;
      case "updated" -> Action.UPDATED;
      case "unchanged" -> Action.UNCHANGED;
      case "failed" -> Action.FAILED;
      case "deleted" -> Action.DELETED;
      default -> Action.OTHER;
    };
  }

  private static @Nullable String error(JsonNode one, PublicText text) {
    JsonNode given = one.has("error") ? one.path("error") : one.path("errors").path(0);
    String words =
        ReplyReader.shown(
            text, given.isObject() ? given.path("message") : given, PublicText.MAX_ERROR_CHARS);
    return words.isEmpty() || given.isNull() ? null : words;
  }
}
