package io.github.eventbuffer.interchange;

import java.io.IOException;

/** An answer that has another shape than the endpoint's. The message is fit for logs. */
final class NotUnderstoodException extends IOException {
  private static final long serialVersionUID = 1L;

  NotUnderstoodException(String message) {
    super(message);
  }
}
