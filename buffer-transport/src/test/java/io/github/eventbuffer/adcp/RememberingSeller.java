package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.ScriptedAgent.adcpError;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.IntFunction;

/**
 * A seller that keeps AdCP's rules for idempotency keys: the same request under a key is executed
 * once and its answer replayed, another one under it is a conflict. Thread-safe.
 */
final class RememberingSeller {
  /** What may happen to a call. */
  enum Fate {
    /** It is answered. */
    ANSWERED,
    /** It is refused before it is looked at. */
    DOWN,
    /** It is executed, and the connection breaks before the answer. */
    EXECUTED_UNANSWERED,
    /** It is executed, and something in between says that nobody is there. */
    EXECUTED_503,
    /** An earlier one is said to be under way. */
    IN_FLIGHT,
    /** It comes too soon. */
    RATE_LIMITED,
    /** The key is said to be too old. */
    EXPIRED
  }

  private final IntFunction<Fate> fates;
  private final Map<String, JsonNode> executed = new HashMap<>();
  private final Map<String, Integer> counted = new TreeMap<>();
  private final List<String> keys = new ArrayList<>();
  private int conflicts;
  private int replays;
  final Set<Fate> met = new ConcurrentSkipListSet<>();

  /**
   * A seller.
   *
   * @param fates what happens to the n-th call
   */
  RememberingSeller(IntFunction<Fate> fates) {
    this.fates = fates;
  }

  synchronized ScriptedAgent.Reply logEvent(ScriptedAgent.Message message) {
    JsonNode arguments = message.arguments();
    String key = arguments.path("idempotency_key").asText();
    Fate fate = fates.apply(keys.size());
    keys.add(key);
    met.add(fate);
    return switch (fate) {
      case DOWN -> http(503, "", "");
      case IN_FLIGHT -> adcpError("\"code\":\"IDEMPOTENCY_IN_FLIGHT\",\"message\":\"soon\"");
      case RATE_LIMITED ->
          adcpError("\"code\":\"RATE_LIMITED\",\"message\":\"slower\",\"retry_after\":1");
      case EXPIRED ->
          adcpError(
              "\"code\":\"IDEMPOTENCY_EXPIRED\",\"message\":\"old\",\"recovery\":\"correctable\"");
      case EXECUTED_UNANSWERED -> {
        execute(key, arguments);
        // The exchange is closed behind this: the connection ends without a status.
        yield to -> {};
      }
      case EXECUTED_503 -> {
        execute(key, arguments);
        yield http(503, "text/html", "<html>gone</html>");
      }
      case ANSWERED -> execute(key, arguments);
    };
  }

  private ScriptedAgent.Reply execute(String key, JsonNode arguments) {
    JsonNode before = executed.putIfAbsent(key, arguments);
    if (before != null && !before.equals(arguments)) {
      conflicts++;
      return adcpError("\"code\":\"IDEMPOTENCY_CONFLICT\",\"message\":\"another request\"");
    }
    if (before == null) {
      arguments
          .path("events")
          .forEach(event -> counted.merge(event.path("event_id").asText(), 1, Integer::sum));
    } else {
      replays++;
    }
    int events = arguments.path("events").size();
    return result(
        "{\"events_received\":"
            + events
            + ",\"events_processed\":"
            + events
            + (before == null ? "}" : ",\"replayed\":true}"));
  }

  /** How often each event was counted. */
  synchronized Map<String, Integer> counted() {
    return new TreeMap<>(counted);
  }

  /** The keys of all calls, in their order. */
  synchronized List<String> keys() {
    return new ArrayList<>(keys);
  }

  synchronized int conflicts() {
    return conflicts;
  }

  synchronized int replays() {
    return replays;
  }
}
