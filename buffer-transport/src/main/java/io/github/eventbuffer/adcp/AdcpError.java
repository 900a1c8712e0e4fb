package io.github.eventbuffer.adcp;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An error of AdCP ({@code core/error.json} of AdCP 3.1), fit for logs. Immutable.
 *
 * @param code the agent's code; the vocabulary is open; at most 64 characters; {@code UNKNOWN} when
 *     it gave none
 * @param message the agent's words; at most 256 characters; may be empty
 * @param field where in the request, as a path; null when the agent did not say
 * @param suggestion what the agent proposes, or null
 * @param retryAfter how long the agent wants to be left alone, 1 s to 1 h; null when it did not say
 * @param recovery what may be done: the agent's word, or what AdCP says of the code
 * @param issues the fields at fault; at most 10,000; empty when the agent named none
 */
public record AdcpError(
    String code,
    String message,
    @Nullable String field,
    @Nullable String suggestion,
    @Nullable Duration retryAfter,
    Recovery recovery,
    List<AdcpIssue> issues)
    implements Serializable {

  /** Checks for null and copies the list. */
  public AdcpError {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(recovery, "recovery");
    issues = List.copyOf(issues);
  }

  /** Whether the same request may succeed later. */
  public boolean isRetryable() {
    return recovery == Recovery.TRANSIENT;
  }
}
