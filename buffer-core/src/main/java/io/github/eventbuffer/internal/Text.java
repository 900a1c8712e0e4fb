package io.github.eventbuffer.internal;

/** What one pass over a text can tell, so that ordinary texts need no second one. */
final class Text {

  /** Has an ISO control character out of ASCII. */
  static final int CONTROL = 1;

  /** Has a character without which there is no e-mail address or phone number. */
  static final int SUSPECT = 2;

  /** Has a character beyond ASCII: other scripts, surrogates, other control characters. */
  static final int NON_ASCII = 4;

  /** Has a character that no URL contains, not even as browsers write them. */
  static final int NOT_URL = 8;

  /** Has a character that JSON escapes: quote, backslash or control. */
  static final int ESCAPED = 16;

  /** Has a character that no hash has, which is written in lower-case hexadecimal digits. */
  static final int NOT_HASH = 32;

  private static final byte[] TRAITS = new byte[128];

  static {
    for (int c = 0; c < 0x20; c++) {
      TRAITS[c] = CONTROL | NOT_URL;
    }
    TRAITS[0x7F] = CONTROL | NOT_URL;
    for (char c : " \"<>\\`".toCharArray()) {
      TRAITS[c] = NOT_URL;
    }
    for (char c : "@+%".toCharArray()) {
      TRAITS[c] = SUSPECT;
    }
    for (int c = 0; c < 0x20; c++) {
      TRAITS[c] |= ESCAPED;
    }
    for (int c = 0; c < 128; c++) {
      if ("0123456789abcdef".indexOf(c) < 0) {
        TRAITS[c] |= NOT_HASH;
      }
    }
    TRAITS['"'] |= ESCAPED;
    TRAITS['\\'] |= ESCAPED;
  }

  private Text() {}

  /** The union of the traits of all characters. */
  static int traits(String text) {
    int traits = 0;
    for (int i = 0, length = text.length(); i < length; i++) {
      char c = text.charAt(i);
      traits |= c < 128 ? TRAITS[c] : NON_ASCII;
    }
    return traits;
  }

  /** The traits of an ASCII character. */
  static int traits(char ascii) {
    return TRAITS[ascii];
  }

  /** Length in Unicode code points, as JSON Schema counts. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Whether half of a surrogate pair stands alone: there is no UTF-8 for it. */
  static boolean hasLoneSurrogate(String text) {
    for (int i = 0, length = text.length(); i < length; i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == length
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  /** Whether there is a control character, beyond ASCII too. */
  static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
