package io.github.eventbuffer;

import org.jspecify.annotations.Nullable;

/** What a {@code toString} may show of a text that ought not to be personal but could be. */
final class Redaction {

  private Redaction() {}

  /**
   * The text itself when it has 1 to 64 characters out of {@code A–Z a–z 0–9 _ . : / -}, which
   * leaves no room for an e-mail address or an international phone number; its length otherwise.
   */
  static String of(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    int length = text.length();
    if (length == 0 || length > 64) {
      return lengthOf(text);
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '-' && c <= ':') // - . / 0–9 :
              || c == '_';
      if (!plain) {
        return lengthOf(text);
      }
    }
    return text;
  }

  /** The length in words. */
  static String lengthOf(String text) {
    return "(" + text.codePointCount(0, text.length()) + " characters)";
  }
}
