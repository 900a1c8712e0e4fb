package io.github.eventbuffer.interchange;

import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One error in an answer, fit for logs.
 *
 * @param code the endpoint's code; empty when it gave none
 * @param message the endpoint's words; may be empty
 * @param retryAfter the delay inside of the error (AdCP), or null
 * @param invalid the events that the error points at, in the order of the answer, each once
 */
record EndpointError(
    String code, String message, @Nullable Duration retryAfter, List<InvalidEvent> invalid) {
  /** Said nothing. */
  static final EndpointError NONE = new EndpointError("", "", null, List.of());

  /** Copies the list. */
  EndpointError {
    invalid = List.copyOf(invalid);
  }
}
