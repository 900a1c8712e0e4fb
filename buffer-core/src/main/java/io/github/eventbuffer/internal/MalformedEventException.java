package io.github.eventbuffer.internal;

import io.github.eventbuffer.Violation;

/** Bytes that are not one event in JSON. Says what and where, never the content; has no cause. */
final class MalformedEventException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Violation violation;

  MalformedEventException(Violation violation) {
    super(violation.toString(), null, false, false);
    this.violation = violation;
  }

  Violation violation() {
    return violation;
  }
}
