package io.github.eventbuffer.http;

import org.jspecify.annotations.Nullable;

/**
 * Makes text from outside fit for logs: control characters removed, the API key blotted out, cut to
 * a length. In this order, so that neither a hidden character nor the cut can keep a part of the
 * key readable.
 */
public final class PublicText {
  /** For the words of an error, in characters. */
  public static final int MAX_ERROR_CHARS = 256;

  /** For the words about one event and for warnings, in characters. */
  public static final int MAX_EVENT_CHARS = 512;

  private static final String HIDDEN = "[hidden]";
  // A shorter "key" is a test's, and could well be a part of an honest event id.
  private static final int MIN_SECRET_CHARS = 16;

  private final String secret;

  /**
   * Blots out a secret.
   *
   * @param secret never shown; empty for none
   */
  public PublicText(String secret) {
    this.secret = secret;
  }

  /** The text without what must not be seen, at most {@code maxChars} long. Null becomes "". */
  public String of(@Nullable String text, int maxChars) {
    if (text == null || text.isEmpty()) {
      return "";
    }
    StringBuilder kept = new StringBuilder(text.length());
    text.codePoints().filter(PublicText::isVisible).forEach(kept::appendCodePoint);
    String shown = kept.toString();
    if (!secret.isEmpty()) {
      shown = shown.replace(secret, HIDDEN);
    }
    shown = shown.strip();
    if (shown.length() <= maxChars) {
      return shown;
    }
    int end = Character.isHighSurrogate(shown.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
    return shown.substring(0, end);
  }

  /** Whether a text that has to stay exact would show the key. */
  public boolean reveals(String text) {
    return secret.length() >= MIN_SECRET_CHARS && text.contains(secret);
  }

  /** An exception in a few words: its class and message, and its cause's when it has none. */
  public String of(Throwable thrown) {
    StringBuilder words = new StringBuilder(thrown.getClass().getSimpleName());
    if (thrown.getMessage() != null) {
      words.append(": ").append(thrown.getMessage());
    } else if (thrown.getCause() != null) {
      Throwable cause = thrown.getCause();
      words.append(" from ").append(cause.getClass().getSimpleName());
      if (cause.getMessage() != null) {
        words.append(": ").append(cause.getMessage());
      }
    }
    return of(words.toString(), MAX_ERROR_CHARS);
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
