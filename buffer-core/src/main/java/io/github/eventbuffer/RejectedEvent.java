package io.github.eventbuffer;

import java.util.Objects;

/**
 * An event that the endpoint refused for good, as named in {@code partial_failures}.
 *
 * @param eventId the refused event's id
 * @param code the endpoint's code, for example {@code INVALID_EVENT_TIME}
 * @param message the endpoint's words; may be empty
 */
public record RejectedEvent(String eventId, String code, String message) {

  /**
   * Checks for null.
   *
   * @throws NullPointerException if an argument is null
   */
  public RejectedEvent {
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
  }
}
