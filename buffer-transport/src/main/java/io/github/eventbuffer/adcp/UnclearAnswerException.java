package io.github.eventbuffer.adcp;

import java.io.IOException;

/** An answer that has another shape than MCP's or AdCP's. The message is fit for logs. */
final class UnclearAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  UnclearAnswerException(String message) {
    super(message);
  }
}
