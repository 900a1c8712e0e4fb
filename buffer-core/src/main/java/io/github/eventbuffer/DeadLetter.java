package io.github.eventbuffer;

import java.time.Instant;

/**
 * An event that the endpoint refused for good.
 *
 * @param event the event as UTF-8 JSON, as it was sent; personal data
 * @param eventId its id
 * @param eventType its type
 * @param code the endpoint's code
 * @param message the endpoint's words
 * @param refusedAt when, by the wall clock
 * @param attempt at which attempt
 */
public record DeadLetter(
    String event,
    String eventId,
    String eventType,
    String code,
    String message,
    Instant refusedAt,
    int attempt) {

  /** Without the event itself, which is personal data. */
  @Override
  public String toString() {
    return "DeadLetter["
        + eventType
        + ", "
        + code
        + ", "
        + refusedAt
        + ", attempt "
        + attempt
        + "]";
  }
}
