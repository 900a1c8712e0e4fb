package io.github.eventbuffer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns e-mail addresses and phone numbers into the hashes that the endpoint matches on: normalise,
 * SHA-256, lower-case hexadecimal; no salt, no provider-specific rules (log-events guide). The
 * plain text is not kept.
 */
final class ContactHash {

  /** The longest address that mail can be sent to (RFC 5321, 4.5.3.1.3). */
  private static final int MAX_EMAIL_CHARS = 254;

  /** More than any notation of 15 digits needs. */
  private static final int MAX_PHONE_CHARS = 64;

  private ContactHash() {}

  /** The hash of an address without the white space around it and in lower case; null if none. */
  static @Nullable String email(String address) {
    String normal = address.strip().toLowerCase(Locale.ROOT);
    return isEmail(normal) ? sha256(normal) : null;
  }

  /** The hash of a number in E.164 with its {@code +}; null if it is no international number. */
  static @Nullable String phone(String number) {
    String normal = toE164(number);
    return normal == null ? null : sha256(normal);
  }

  /** One {@code @}, something before it, a domain of two or more labels after it, no spaces. */
  private static boolean isEmail(String text) {
    int at = text.indexOf('@');
    if (at < 1 || text.indexOf('@', at + 1) >= 0 || text.length() > MAX_EMAIL_CHARS) {
      return false;
    }
    int label = at + 1; // where the current label of the domain begins
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c)) {
        return false;
      }
      if (i > at && c == '.') {
        if (i == label) {
          return false;
        }
        label = i + 1;
      }
    }
    return label > at + 1 && label < text.length();
  }

  /**
   * Drops what people put between digits (spaces, dashes, dots, slashes, parentheses, invisible
   * marks), reads a leading {@code 00} as {@code +} and any script's digits as 0–9. A trunk zero in
   * parentheses, as in {@code +44 (0)20}, is refused: whether it belongs to the number depends on
   * the country, and a wrong guess would be a wrong hash in silence.
   */
  private static @Nullable String toE164(String text) {
    if (text.length() > MAX_PHONE_CHARS || text.contains("(0)")) {
      return null;
    }
    StringBuilder digits = new StringBuilder(16);
    boolean plus = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = Character.digit(c, 10);
      if (digit >= 0) {
        digits.append((char) ('0' + digit));
      } else if ((c == '+' || c == '\uFF0B') && !plus && digits.isEmpty()) {
        plus = true;
      } else if (!isPhonePunctuation(c)) {
        return null;
      }
    }
    if (!plus && digits.length() > 2 && digits.charAt(0) == '0' && digits.charAt(1) == '0') {
      digits.delete(0, 2);
      plus = true;
    }
    int count = digits.length();
    if (!plus || count < 7 || count > 15 || digits.charAt(0) == '0') {
      return null;
    }
    return digits.insert(0, '+').toString();
  }

  private static boolean isPhonePunctuation(char c) {
    if (c == '.' || c == '/' || c == '(' || c == ')' || Character.isWhitespace(c)) {
      return true;
    }
    int kind = Character.getType(c);
    return kind == Character.SPACE_SEPARATOR
        || kind == Character.DASH_PUNCTUATION
        || kind == Character.FORMAT;
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
