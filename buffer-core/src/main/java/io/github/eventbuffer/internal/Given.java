package io.github.eventbuffer.internal;

/** How a violation speaks of a text that it must not repeat. */
final class Given {

  static final String NO_PERSONAL_DATA_RULE = "no plain e-mail address or phone number";
  static final String ENCODABLE_RULE = "text that UTF-8 can encode: no lone surrogates";

  private Given() {}

  /** The length in code points. */
  static String length(String text) {
    int length = Text.length(text);
    return length == 1 ? "1 character" : length + " characters";
  }

  static String lookingLike(String text, String kind) {
    return length(text) + ", looks like " + kind;
  }

  /** A short word of ASCII letters, {@code _} and {@code -} itself; the length of anything else. */
  static String word(String text) {
    boolean plain = !text.isEmpty() && text.length() <= 32;
    for (int i = 0; plain && i < text.length(); i++) {
      char c = text.charAt(i);
      plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    }
    return plain ? text : length(text);
  }
}
