package io.github.eventbuffer.adcp;

import io.github.eventbuffer.RejectedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the payload of an answer says, be it a success or a failure.
 *
 * @param received {@code events_received}, or -1 when absent
 * @param processed {@code events_processed}, or -1 when absent
 * @param status of the task; empty when absent
 * @param rejected {@code partial_failures}, each event id once, at most as many as the batch has
 *     events
 * @param warnings the agent's and ours
 * @param matchQuality 0–1, or null
 * @param errors from {@code adcp_error}, {@code errors}, {@code error} or a bare {@code code};
 *     empty for a success
 */
record LogEventAnswer(
    long received,
    long processed,
    String status,
    List<RejectedEvent> rejected,
    List<String> warnings,
    @Nullable Double matchQuality,
    List<AdcpError> errors) {

  /** Copies the lists. */
  LogEventAnswer {
    rejected = List.copyOf(rejected);
    warnings = List.copyOf(warnings);
    errors = List.copyOf(errors);
  }
}
