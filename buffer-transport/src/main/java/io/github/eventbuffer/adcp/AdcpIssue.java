package io.github.eventbuffer.adcp;

import java.io.Serializable;
import java.util.Objects;

/**
 * One field that an agent refused.
 *
 * @param pointer where it is in the request, as the agent wrote it: RFC 6901 by the schema, for
 *     example {@code /event_sources/0/name}; at most 256 characters; may be empty
 * @param keyword the rule that it breaks, for example {@code enum}; at most 64 characters; may be
 *     empty
 * @param message the agent's words; at most 256 characters; may be empty
 */
public record AdcpIssue(String pointer, String keyword, String message) implements Serializable {
  /** Checks for null. */
  public AdcpIssue {
    Objects.requireNonNull(pointer, "pointer");
    Objects.requireNonNull(keyword, "keyword");
    Objects.requireNonNull(message, "message");
  }
}
