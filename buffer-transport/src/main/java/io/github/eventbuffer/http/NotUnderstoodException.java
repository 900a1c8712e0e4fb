package io.github.eventbuffer.http;

import java.io.IOException;

/** An answer that has another shape than it should. The message is fit for logs. */
public final class NotUnderstoodException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * An answer of another shape.
   *
   * @param message what is wrong with it; without a word of the answer
   */
  public NotUnderstoodException(String message) {
    super(message);
  }
}
