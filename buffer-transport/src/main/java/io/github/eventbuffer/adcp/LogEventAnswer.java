package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.LogEventSuccess;
import java.util.List;

/**
 * What the payload of an answer says, be it a success or a failure.
 *
 * @param success what it says of the events
 * @param status of the task; empty when absent
 * @param errors from {@code adcp_error}, {@code errors}, {@code error} or a bare {@code code};
 *     empty for a success
 */
record LogEventAnswer(LogEventSuccess success, String status, List<AdcpError> errors) {

  /** Copies the list. */
  LogEventAnswer {
    errors = List.copyOf(errors);
  }
}
