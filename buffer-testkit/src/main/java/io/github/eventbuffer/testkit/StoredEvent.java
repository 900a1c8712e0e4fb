package io.github.eventbuffer.testkit;

import java.util.Objects;

/**
 * One event that the endpoint stored.
 *
 * @param key its identity
 * @param json its exact text as it first arrived
 * @param arrivals how many times it arrived, at least 1
 */
public record StoredEvent(EventKey key, String json, int arrivals) {

  /**
   * Checks for null.
   *
   * @throws NullPointerException if an argument is null
   */
  public StoredEvent {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(json, "json");
  }
}
