package io.github.eventbuffer.testkit;

import java.util.Objects;

/**
 * What makes an event the same event at the endpoint.
 *
 * @param eventSourceId the source it was sent to
 * @param eventType its type
 * @param eventId its id, unique within source and type
 */
public record EventKey(String eventSourceId, String eventType, String eventId) {

  /**
   * Checks for null.
   *
   * @throws NullPointerException if an argument is null
   */
  public EventKey {
    Objects.requireNonNull(eventSourceId, "eventSourceId");
    Objects.requireNonNull(eventType, "eventType");
    Objects.requireNonNull(eventId, "eventId");
  }
}
