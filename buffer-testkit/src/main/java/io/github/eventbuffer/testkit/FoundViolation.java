package io.github.eventbuffer.testkit;

import java.util.Objects;

/**
 * One rule of the endpoint that a request broke.
 *
 * @param request number of the request, from 1
 * @param position position of the event in the request, from 0; -1 when the request itself, or an
 *     event source in it, is at fault
 * @param path where, for example {@code events[3].user_match.hashed_email}
 * @param message what is wrong there
 */
public record FoundViolation(int request, int position, String path, String message) {

  /**
   * Checks for null.
   *
   * @throws NullPointerException if an argument is null
   */
  public FoundViolation {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(message, "message");
  }
}
