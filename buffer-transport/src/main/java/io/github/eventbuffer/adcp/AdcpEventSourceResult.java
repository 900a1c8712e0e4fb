package io.github.eventbuffer.adcp;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.EventType;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an event source stands at a seller ({@code sync-event-sources-response.json} of AdCP 3.1).
 * Texts are the seller's, as they came. Immutable.
 *
 * @param eventSourceId the id that events name
 * @param action what the call did to it
 * @param name for people, or null
 * @param sellerId the seller's own id for it, or null
 * @param eventTypes the types of events that it takes; empty when the seller did not say
 * @param allowedDomains the domains that may send events to it; empty when the seller did not say
 * @param actionSource where its events come from, or null
 * @param managedBy who looks after it, or null
 * @param setup how to bring it to life, or null
 * @param health how well it does; null when the seller does not assess sources
 * @param errors why {@code action} is {@code FAILED}; else empty
 */
public record AdcpEventSourceResult(
    String eventSourceId,
    Action action,
    @Nullable String name,
    @Nullable String sellerId,
    List<EventType> eventTypes,
    List<String> allowedDomains,
    @Nullable ActionSource actionSource,
    @Nullable Manager managedBy,
    @Nullable EventSourceSetup setup,
    @Nullable EventSourceHealth health,
    List<AdcpError> errors) {

  /** Checks for null and copies the lists. */
  public AdcpEventSourceResult {
    Objects.requireNonNull(eventSourceId, "eventSourceId");
    Objects.requireNonNull(action, "action");
    eventTypes = List.copyOf(eventTypes);
    allowedDomains = List.copyOf(allowedDomains);
    errors = List.copyOf(errors);
  }

  /** As the buffer asks. */
  EventSourceResult toRegistered() {
    EventSourceResult.Action did =
        action == Action.UNKNOWN
            ? EventSourceResult.Action.OTHER
            : EventSourceResult.Action.valueOf(action.name());
    return new EventSourceResult(
        eventSourceId, did, errors.isEmpty() ? null : errors.get(0).message());
  }

  /** What a call did to a source, or to an audience. */
  public enum Action {
    /** It is new. */
    CREATED,
    /** It was there and is different now. */
    UPDATED,
    /** It was there as it was asked for, or nothing was asked. */
    UNCHANGED,
    /** It is gone. */
    DELETED,
    /** It could not be made as it was asked for; the others are not concerned. */
    FAILED,
    /** A word that this library does not know. */
    UNKNOWN;

    static Action of(String word) {
      return switch (word) {
        case "created" -> CREATED;
        case "updated" -> UPDATED;
        case "unchanged" -> UNCHANGED;
        case "deleted" -> DELETED;
        case "failed" -> FAILED;
        default -> UNKNOWN;
      };
    }
  }

  /** Who looks after a source. */
  public enum Manager {
    /** It came by a call like this one. */
    BUYER,
    /** It is the seller's own and always on; {@code deleteMissing} does not touch it. */
    SELLER,
    /** A word that this library does not know. */
    UNKNOWN;

    static @Nullable Manager of(@Nullable String word) {
      if (word == null) {
        return null;
      }
      return switch (word) {
        case "buyer" -> BUYER;
        case "seller" -> SELLER;
        default -> UNKNOWN;
      };
    }
  }
}
