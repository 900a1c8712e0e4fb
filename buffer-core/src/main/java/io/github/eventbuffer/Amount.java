package io.github.eventbuffer;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Numbers as callers have them. What is none becomes a problem, never an exception. */
final class Amount {

  /** Longer texts are refused unread: the time to parse a number grows with its square. */
  static final int MAX_CHARS = 256;

  private Amount() {}

  /** Parses a decimal number in the form of {@link BigDecimal#BigDecimal(String)}. */
  static @Nullable BigDecimal parse(String field, @Nullable String text, Problems problems) {
    problems.clear(field);
    if (text == null) {
      return null;
    }
    String rule = "a decimal number, for example 89.99";
    if (text.length() > MAX_CHARS) {
      problems.set(field, rule, text.length() + " characters");
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      problems.set(field, rule, text.length() + " characters, not a number");
      return null;
    }
  }

  /** Takes a number that must be whole. */
  static @Nullable Long whole(String field, @Nullable Number number, Problems problems) {
    problems.clear(field);
    if (number == null) {
      return null;
    }
    try {
      BigDecimal exact =
          number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
      return exact.longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      problems.set(field, "a whole number", "a fraction, or a number beyond 64 bits");
      return null;
    }
  }

  /** Takes a floating-point number that must be finite. */
  static @Nullable BigDecimal finite(String field, double number, Problems problems) {
    problems.clear(field);
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      problems.set(field, "a finite number", Double.toString(number));
      return null;
    }
    return BigDecimal.valueOf(number);
  }
}
