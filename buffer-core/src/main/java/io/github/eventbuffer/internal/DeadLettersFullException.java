package io.github.eventbuffer.internal;

import java.io.IOException;

/** The dead letters have no room within their bound, and none of them may be given up. */
final class DeadLettersFullException extends IOException {
  private static final long serialVersionUID = 1L;

  DeadLettersFullException(long maxBytes) {
    super(
        "the dead letters take their "
            + maxBytes
            + " bytes (maxDeadLetterBytes): replay or drop the oldest");
  }
}
