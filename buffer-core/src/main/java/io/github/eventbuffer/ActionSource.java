package io.github.eventbuffer;

import org.jspecify.annotations.Nullable;

/**
 * Where an event happened, as {@code action_source} is sent.
 *
 * <p>The constants are the values that {@code log-event} takes. The set is open: {@link #of} takes
 * any other; the same form as that of an {@link EventType} is required for an event to be valid.
 * AdCP also knows {@code offline}, {@code chat} and {@code email}, which {@code log-event} refuses.
 * Immutable; equal when the text is equal.
 */
public final class ActionSource {

  /** On a website; such an event should have an {@code event_source_url}. */
  public static final ActionSource WEBSITE = new ActionSource("website");

  /** In an application. */
  public static final ActionSource APP = new ActionSource("app");

  /** In a shop. */
  public static final ActionSource IN_STORE = new ActionSource("in_store");

  /** On the telephone. */
  public static final ActionSource PHONE_CALL = new ActionSource("phone_call");

  /** In an automatic system. */
  public static final ActionSource SYSTEM_GENERATED = new ActionSource("system_generated");

  /** Elsewhere. */
  public static final ActionSource OTHER = new ActionSource("other");

  private final String value;
  private final boolean wellFormed;

  private ActionSource(String value) {
    this.value = value;
    this.wellFormed = EventType.isToken(value);
  }

  /**
   * The source of this name. Never throws.
   *
   * @param value as it is sent; null counts as empty, which is ill-formed
   */
  public static ActionSource of(@Nullable String value) {
    return switch (value == null ? "" : value) {
      case "website" -> WEBSITE;
      case "app" -> APP;
      case "in_store" -> IN_STORE;
      case "phone_call" -> PHONE_CALL;
      case "system_generated" -> SYSTEM_GENERATED;
      case "other" -> OTHER;
      default -> new ActionSource(value == null ? "" : value);
    };
  }

  /** The source as it is sent. */
  public String value() {
    return value;
  }

  /** Whether the text has the form of a source; it need not be one of the constants. */
  public boolean isWellFormed() {
    return wellFormed;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof ActionSource source && value.equals(source.value));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** The source as it is sent, or its length when it is ill-formed. */
  @Override
  public String toString() {
    return wellFormed ? value : Redaction.lengthOf(value);
  }
}
