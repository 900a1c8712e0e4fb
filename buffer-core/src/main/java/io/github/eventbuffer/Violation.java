package io.github.eventbuffer;

import java.util.Objects;

/**
 * One rule that an event breaks.
 *
 * @param field path of the field as it is sent, for example {@code custom_data.contents[2].price}
 * @param rule what the field must be
 * @param given what was given; a length or a kind in place of the value wherever the field may hold
 *     personal data
 */
public record Violation(String field, String rule, String given) {

  /**
   * Checks for null.
   *
   * @throws NullPointerException if an argument is null
   */
  public Violation {
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(given, "given");
  }

  @Override
  public String toString() {
    return field + ": " + rule + " (given: " + given + ")";
  }
}
