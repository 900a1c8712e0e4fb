package io.github.eventbuffer.adcp;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.EventType;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a seller says it can do with events ({@code get_adcp_capabilities}). Immutable.
 *
 * @param majorVersions of AdCP that the seller speaks; empty when it did not say
 * @param replayWindow how long the seller knows an idempotency key and what it answered to it; null
 *     when it declares none, or says that it has no such thing: a resend may then count twice
 * @param conversionTracking whether the seller takes event sources and events
 * @param eventTypes the types of events that the seller takes; empty for all standard ones
 * @param uidTypes the types of universal ids that the seller matches by; empty when it did not say
 * @param hashedIdentifiers {@code hashed_email}, {@code hashed_phone}; empty when it did not say
 * @param actionSources where events may come from; empty when it did not say
 */
public record Capabilities(
    List<Integer> majorVersions,
    @Nullable Duration replayWindow,
    boolean conversionTracking,
    List<EventType> eventTypes,
    List<String> uidTypes,
    List<String> hashedIdentifiers,
    List<ActionSource> actionSources) {

  /** Copies the lists. */
  public Capabilities {
    majorVersions = List.copyOf(majorVersions);
    eventTypes = List.copyOf(eventTypes);
    uidTypes = List.copyOf(uidTypes);
    hashedIdentifiers = List.copyOf(hashedIdentifiers);
    actionSources = List.copyOf(actionSources);
  }
}
