package io.github.eventbuffer.interchange;

import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.RejectedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON answer says, bare or unwrapped from {@code data} and {@code error}.
 *
 * @param received {@code events_received}, or -1 when absent
 * @param processed {@code events_processed}, or -1 when absent
 * @param rejected {@code partial_failures}, each event id once, at most as many as the batch has
 *     events
 * @param warnings the endpoint's and ours
 * @param matchQuality 0–1, or null
 * @param errors from {@code error}, {@code errors} or a bare {@code code}; empty for a success
 */
record Answer(
    long received,
    long processed,
    List<RejectedEvent> rejected,
    List<String> warnings,
    @Nullable Double matchQuality,
    List<EndpointError> errors) {

  /** Copies the lists. */
  Answer {
    rejected = List.copyOf(rejected);
    warnings = List.copyOf(warnings);
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
