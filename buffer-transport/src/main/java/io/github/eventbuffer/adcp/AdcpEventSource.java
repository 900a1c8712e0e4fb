package io.github.eventbuffer.adcp;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.http.Unicode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event source as a buyer wants it ({@code sync-event-sources-request.json} of AdCP 3.1). What
 * is left out is left to the seller. Immutable; each method makes another one.
 *
 * @param eventSourceId the id that events name; 1–256 characters
 * @param name for people, or null
 * @param eventTypes the types of events that it takes; empty for all
 * @param allowedDomains the domains that may send events to it; empty for no rule
 * @param actionSource where its events come from, or null
 */
public record AdcpEventSource(
    String eventSourceId,
    @Nullable String name,
    List<EventType> eventTypes,
    List<String> allowedDomains,
    @Nullable ActionSource actionSource) {

  private static final int MAX_ID_CHARS = 256;

  /**
   * Checks the id and copies the lists.
   *
   * @throws NullPointerException if {@code eventSourceId}, a list or something in it is null
   * @throws IllegalArgumentException if {@code eventSourceId} has not 1 to 256 characters, or a
   *     text is not valid Unicode
   */
  public AdcpEventSource {
    Objects.requireNonNull(eventSourceId, "eventSourceId");
    if (eventSourceId.isEmpty() || eventSourceId.length() > MAX_ID_CHARS) {
      throw new IllegalArgumentException(
          "eventSourceId must have 1 to "
              + MAX_ID_CHARS
              + " characters, has "
              + eventSourceId.length());
    }
    eventTypes = List.copyOf(eventTypes);
    allowedDomains = List.copyOf(allowedDomains);
    if (!Unicode.isValid(eventSourceId)
        || !Unicode.isValid(name)
        || !allowedDomains.stream().allMatch(Unicode::isValid)) {
      throw new IllegalArgumentException(
          "eventSourceId, name and allowedDomains must be valid Unicode");
    }
  }

  /** A source with this id and nothing else said. Conditions as in the constructor. */
  public static AdcpEventSource of(String eventSourceId) {
    return new AdcpEventSource(eventSourceId, null, List.of(), List.of(), null);
  }

  /** What AdCP knows of a source's definition: id, name, types and domains. */
  public static AdcpEventSource of(EventSource source) {
    return new AdcpEventSource(
        source.eventSourceId(), source.name(), source.eventTypes(), source.allowedDomains(), null);
  }

  /** With this name. */
  public AdcpEventSource name(String name) {
    return new AdcpEventSource(
        eventSourceId,
        Objects.requireNonNull(name, "name"),
        eventTypes,
        allowedDomains,
        actionSource);
  }

  /** For these types of events only; none for all. */
  public AdcpEventSource eventTypes(EventType... types) {
    return new AdcpEventSource(eventSourceId, name, List.of(types), allowedDomains, actionSource);
  }

  /** With events from these domains only; none for no rule. */
  public AdcpEventSource allowedDomains(String... domains) {
    return new AdcpEventSource(eventSourceId, name, eventTypes, List.of(domains), actionSource);
  }

  /** With events from here. */
  public AdcpEventSource actionSource(ActionSource source) {
    return new AdcpEventSource(
        eventSourceId,
        name,
        eventTypes,
        allowedDomains,
        Objects.requireNonNull(source, "actionSource"));
  }

  /** As it goes over the wire: the schema wants no empty lists. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("event_source_id", eventSourceId);
    if (name != null) {
      members.put("name", name);
    }
    if (!eventTypes.isEmpty()) {
      members.put("event_types", eventTypes.stream().map(EventType::value).toList());
    }
    if (!allowedDomains.isEmpty()) {
      members.put("allowed_domains", allowedDomains);
    }
    if (actionSource != null) {
      members.put("action_source", actionSource.value());
    }
    return members;
  }
}
