package io.github.eventbuffer;

import org.jspecify.annotations.Nullable;

/**
 * A universal id of a user. Nothing is checked here; an event with an id that breaks a rule is
 * invalid.
 *
 * @param type the id's kind, 1–64 characters, for example {@code rampid}, {@code id5}, {@code
 *     uid2}, {@code euid}, {@code pairid}, {@code maid}; required (log-event reference)
 * @param value the id, 1–512 characters; required; personal data
 */
public record Uid(@Nullable String type, @Nullable String value) {

  /** The type only. */
  @Override
  public String toString() {
    return "Uid[" + Redaction.of(type) + "]";
  }
}
