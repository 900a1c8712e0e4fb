package io.github.eventbuffer;

import java.time.Instant;

/**
 * An event that the endpoint refused for good, or that is not sent any more.
 *
 * @param number its place among the dead letters: 1 or more, rising; a cursor for {@link
 *     DeadLetters#list(long, int)}
 * @param event the event as UTF-8 JSON, as it was sent; personal data
 * @param eventId its id
 * @param eventType its type
 * @param code the endpoint's code, or {@code expired}, {@code too_large}, {@code max_attempts}
 * @param message the endpoint's words
 * @param refusedAt when, by the wall clock
 * @param attempt at which attempt of its batch; 0 for one that expired before it was ever sent
 */
public record DeadLetter(
    long number,
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
        + number
        + ", "
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
