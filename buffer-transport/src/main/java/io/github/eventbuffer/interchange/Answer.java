package io.github.eventbuffer.interchange;

import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.http.LogEventSuccess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a JSON answer says, bare or unwrapped from {@code data} and {@code error}.
 *
 * @param success what it says of the events
 * @param errors from {@code error}, {@code errors} or a bare {@code code}; empty for a success
 */
record Answer(LogEventSuccess success, List<EndpointError> errors) {

  /** Copies the list. */
  Answer {
    errors = List.copyOf(errors);
  }

  /**
   * The error that decides. Data faults come last: what follows from them cannot be undone, so one
   * error that speaks of something else speaks for all.
   */
  EndpointError error() {
    for (EndpointError error : errors) {
      if (Fault.of(error.code()) != Fault.DATA) {
        return error;
      }
    }
    return errors.isEmpty() ? EndpointError.NONE : errors.get(0);
  }

  /** The events that any of the errors points at, each once. */
  List<InvalidEvent> invalid() {
    Map<Integer, InvalidEvent> byPosition = new LinkedHashMap<>();
    for (EndpointError error : errors) {
      error.invalid().forEach(event -> byPosition.putIfAbsent(event.position(), event));
    }
    return List.copyOf(byPosition.values());
  }
}
