package io.github.eventbuffer.internal;

import org.jspecify.annotations.Nullable;

/**
 * Finds plain e-mail addresses and phone numbers in texts that must not have any.
 *
 * <p>A heuristic, kept narrow because a false alarm costs a conversion:
 *
 * <ul>
 *   <li><b>E-mail address</b>: {@code @} behind a letter, a digit or one of {@code _ - + . "}, and
 *       before a domain of at least two labels whose last one has two or more letters, or begins
 *       with {@code xn--}. So {@code pkg@1.2.3}, {@code /@user} and {@code photos/123@N00} pass. An
 *       image name such as {@code shoe@2x.png} passes as well.
 *   <li><b>Phone number</b>: {@code +} not behind a letter, a digit or another {@code +}, then 8 to
 *       15 digits, the first not 0, in groups with up to three separators in between (spaces,
 *       dashes, dots, slashes, parentheses), and no letter behind. Digits without a {@code +} pass,
 *       with leading zeros too: order numbers, timestamps and GTINs look like that.
 * </ul>
 *
 * A text with percent signs is looked at as it is, and again percent-decoded ({@code +} then stands
 * for a space), up to three times. Full-width forms count as ASCII. Time is linear in the length.
 */
final class PersonalData {

  private static final int MAX_DECODINGS = 3;
  private static final int MIN_PHONE_DIGITS = 8;
  private static final int MAX_PHONE_DIGITS = 15;
  private static final int MAX_SEPARATORS = 3;

  private PersonalData() {}

  /** What the text looks like, in words that follow "looks like", or null if harmless. */
  static @Nullable String find(String text) {
    String form = text;
    for (int decodings = 0; ; decodings++) {
      String found = findAsWritten(form);
      if (found != null || decodings == MAX_DECODINGS || form.indexOf('%') < 0) {
        return found;
      }
      form = percentDecoded(form);
    }
  }

  private static @Nullable String findAsWritten(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = at(text, i);
      if (c == '@' && isEmailAround(text, i)) {
        return "an e-mail address";
      }
      if (c == '+' && isPhoneFrom(text, i)) {
        return "a phone number";
      }
    }
    return null;
  }

  private static boolean isEmailAround(String text, int at) {
    if (at == 0) {
      return false;
    }
    char before = at(text, at - 1);
    if (!Character.isLetterOrDigit(before) && "_-+.\"".indexOf(before) < 0) {
      return false;
    }
    int labels = 0;
    boolean found = false;
    int from = at + 1;
    while (true) {
      int to = from;
      while (to < text.length() && isDomainChar(at(text, to))) {
        to++;
      }
      if (to == from) {
        break;
      }
      labels++;
      found |= labels > 1 && isTopLevel(text, from, to);
      if (to == text.length() || at(text, to) != '.') {
        break;
      }
      from = to + 1;
    }
    return found && !isImageScale(text, at + 1);
  }

  private static boolean isDomainChar(char c) {
    return c == '-' || Character.isLetterOrDigit(c);
  }

  private static boolean isTopLevel(String text, int from, int to) {
    if (to - from > 4 && text.regionMatches(true, from, "xn--", 0, 4)) {
      return true;
    }
    for (int i = from; i < to; i++) {
      if (!Character.isLetter(at(text, i))) {
        return false;
      }
    }
    return to - from >= 2;
  }

  /** Whether {@code 2x.png} or the like stands at this place: an image for dense screens. */
  private static boolean isImageScale(String text, int from) {
    return from + 4 < text.length()
        && Character.isDigit(text.charAt(from))
        && text.startsWith("x.", from + 1)
        && switch (text.substring(from + 3, Math.min(from + 7, text.length()))) {
          case "png", "jpg", "gif", "svg", "jpeg", "webp", "avif" -> true;
          default -> false;
        };
  }

  private static boolean isPhoneFrom(String text, int plus) {
    if (plus > 0) {
      char before = at(text, plus - 1);
      if (before == '+' || Character.isLetterOrDigit(before)) {
        return false;
      }
    }
    int digits = 0;
    int separators = 0; // since the last digit, or since the plus
    for (int i = plus + 1; i < text.length(); i++) {
      char c = at(text, i);
      int digit = Character.digit(c, 10);
      if (digit >= 0) {
        if ((digits == 0 && digit == 0) || ++digits > MAX_PHONE_DIGITS) {
          return false;
        }
        separators = 0;
        continue;
      }
      if (separators == 0 && digits >= MIN_PHONE_DIGITS && !Character.isLetter(c)) {
        return true; // a group ends here, and there are digits enough
      }
      int length = separatorLength(text, i, c);
      boolean opens = digits > 0 || c == '(';
      if (length == 0 || !opens || ++separators > MAX_SEPARATORS) {
        return false;
      }
      i += length - 1;
    }
    return digits >= MIN_PHONE_DIGITS;
  }

  /** How many characters the separator at this place has; 0 if there is none. */
  private static int separatorLength(String text, int i, char c) {
    switch (c) {
      case ' ', '-', '.', '/', '(', ')':
        return 1;
      case '%':
        int escaped = escapedByte(text, i);
        return escaped > 0 && " -./()".indexOf(escaped) >= 0 ? 3 : 0;
      default:
        int kind = Character.getType(c);
        return kind == Character.SPACE_SEPARATOR || kind == Character.DASH_PUNCTUATION ? 1 : 0;
    }
  }

  /** Bytes beyond ASCII become a letter; what they say in UTF-8 does not matter here. */
  private static String percentDecoded(String text) {
    StringBuilder decoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int escaped = c == '%' ? escapedByte(text, i) : -1;
      if (escaped >= 0) {
        decoded.append(escaped < 128 ? (char) escaped : '\u00E9');
        i += 2;
      } else {
        decoded.append(c == '+' ? ' ' : c);
      }
    }
    return decoded.toString();
  }

  /** The byte that {@code %XX} at this place stands for, or −1. */
  private static int escapedByte(String text, int percent) {
    if (percent + 2 >= text.length()) {
      return -1;
    }
    int high = hexDigit(text.charAt(percent + 1));
    int low = hexDigit(text.charAt(percent + 2));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  /** The character with full-width forms of ASCII as ASCII. */
  private static char at(String text, int i) {
    char c = text.charAt(i);
    return c >= '\uFF01' && c <= '\uFF5E' ? (char) (c - 0xFEE0) : c;
  }
}
