package io.github.eventbuffer.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What can be sent as text. */
public final class Unicode {
  private Unicode() {}

  /** Whether a text, if there is one, has no half of a surrogate pair, which UTF-8 cannot carry. */
  public static boolean isValid(@Nullable String text) {
    return text == null || StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
