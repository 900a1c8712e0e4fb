package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The event sources of each advertiser, in the order of their registration. Thread-safe. */
final class EventSources {
  private final Set<String> ofEveryAdvertiser;
  private final Map<String, Map<String, ObjectNode>> definitions = new HashMap<>();

  /**
   * Sources that were registered by other means.
   *
   * @param ofEveryAdvertiser their ids; empty when any id is known
   */
  EventSources(Set<String> ofEveryAdvertiser) {
    this.ofEveryAdvertiser = ofEveryAdvertiser;
  }

  /** What became of one source. */
  record Outcome(String id, String action) {}

  synchronized boolean knows(String advertiser, String id) {
    return ofEveryAdvertiser.isEmpty() || of(advertiser).containsKey(id);
  }

  synchronized Set<String> ids(String advertiser) {
    return new LinkedHashSet<>(of(advertiser).keySet());
  }

  /**
   * Registers sources, in one step.
   *
   * @param sources each with its id, no two with the same
   * @param named ids that are not missing, besides theirs
   * @param stores false when only the outcome is of interest, and nothing is to change
   */
  synchronized List<Outcome> sync(
      String advertiser,
      List<ObjectNode> sources,
      Set<String> named,
      boolean deleteMissing,
      boolean stores) {
    Map<String, ObjectNode> after = new LinkedHashMap<>(of(advertiser));
    List<Outcome> outcomes = new ArrayList<>();
    Set<String> kept = new HashSet<>(named);
    for (ObjectNode source : sources) {
      String id = source.path("event_source_id").asText();
      ObjectNode before = after.put(id, source);
      kept.add(id);
      String changed = source.equals(before) ? "unchanged" : "updated";
      outcomes.add(new Outcome(id, before == null ? "created" : changed));
    }
    if (deleteMissing) {
      for (String id : List.copyOf(after.keySet())) {
        if (!kept.contains(id)) {
          after.remove(id);
          outcomes.add(new Outcome(id, "deleted"));
        }
      }
    }
    if (stores) {
      definitions.put(advertiser, after);
    }
    return outcomes;
  }

  private Map<String, ObjectNode> of(String advertiser) {
    Map<String, ObjectNode> known = definitions.get(advertiser);
    if (known != null) {
      return known;
    }
    Map<String, ObjectNode> first = new LinkedHashMap<>();
    for (String id : new TreeSet<>(ofEveryAdvertiser)) {
      first.put(id, ParsedBatch.MAPPER.createObjectNode().put("event_source_id", id));
    }
    return first;
  }
}
