package io.github.eventbuffer;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From which fields of a source system the fields of events are made: a record for people, which
 * the endpoint keeps with the {@link EventSource} and does not act on. Immutable; equal when all
 * fields are equal.
 */
public final class FieldMapping {

  /** What is made of a field of the source system. */
  public enum Field {
    /** The event's id. */
    EVENT_ID,
    /** Its type: a field, or an expression. */
    EVENT_TYPE,
    /** Its time. */
    EVENT_TIME,
    /** The value of its custom data. */
    VALUE,
    /** The currency of its custom data. */
    CURRENCY,
    /** The order id of its custom data. */
    ORDER_ID,
    /** The content ids of its custom data. */
    CONTENT_IDS,
    /** What says whether the person consents; events without consent are not forwarded. */
    CONSENT
  }

  private final Map<Field, String> fields;
  private final List<String> userMatchFields;
  private final @Nullable String dedupeStrategy;
  private final @Nullable String notes;

  private FieldMapping(
      Map<Field, String> fields,
      List<String> userMatchFields,
      @Nullable String dedupeStrategy,
      @Nullable String notes) {
    this.fields = fields;
    this.userMatchFields = userMatchFields;
    this.dedupeStrategy = dedupeStrategy;
    this.notes = notes;
  }

  /** A mapping of nothing, to begin with. */
  public static FieldMapping none() {
    return new FieldMapping(Map.of(), List.of(), null, null);
  }

  /**
   * This mapping, and a field that comes from there; in the place of one that was given before.
   *
   * @throws NullPointerException if one of the two is null
   * @throws IllegalArgumentException if {@code source} is blank, or has half of a surrogate pair
   */
  public FieldMapping with(Field field, String source) {
    Objects.requireNonNull(field, "field");
    Map<Field, String> more = new EnumMap<>(Field.class);
    more.putAll(fields);
    more.put(field, notBlank(field.name(), source));
    return new FieldMapping(
        Collections.unmodifiableMap(more), userMatchFields, dedupeStrategy, notes);
  }

  /**
   * This mapping with these fields for matching people, such as click ids or hashes; in the place
   * of those given before.
   *
   * @throws NullPointerException if one is null
   * @throws IllegalArgumentException if one is blank, or has half of a surrogate pair
   */
  public FieldMapping userMatchFields(String... sources) {
    for (String source : sources) {
      notBlank("userMatchFields", source);
    }
    return new FieldMapping(fields, List.of(sources), dedupeStrategy, notes);
  }

  /**
   * This mapping, and how event ids are made stable.
   *
   * @throws NullPointerException if {@code text} is null
   * @throws IllegalArgumentException if it is blank, or has half of a surrogate pair
   */
  public FieldMapping dedupeStrategy(String text) {
    return new FieldMapping(fields, userMatchFields, notBlank("dedupeStrategy", text), notes);
  }

  /**
   * This mapping, and notes for people.
   *
   * @throws NullPointerException if {@code text} is null
   * @throws IllegalArgumentException if it is blank, or has half of a surrogate pair
   */
  public FieldMapping notes(String text) {
    return new FieldMapping(fields, userMatchFields, dedupeStrategy, notBlank("notes", text));
  }

  /** The fields that are mapped, and from where; in the order of {@link Field}; unmodifiable. */
  public Map<Field, String> fields() {
    return fields;
  }

  /** The fields for matching people; may be empty. */
  public List<String> userMatchFields() {
    return userMatchFields;
  }

  /** How event ids are made stable, or null. */
  public @Nullable String dedupeStrategy() {
    return dedupeStrategy;
  }

  /** Notes for people, or null. */
  public @Nullable String notes() {
    return notes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FieldMapping mapping
        && fields.equals(mapping.fields)
        && userMatchFields.equals(mapping.userMatchFields)
        && Objects.equals(dedupeStrategy, mapping.dedupeStrategy)
        && Objects.equals(notes, mapping.notes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(fields, userMatchFields, dedupeStrategy, notes);
  }

  @Override
  public String toString() {
    return "FieldMapping" + fields;
  }

  private static String notBlank(String field, String value) {
    Objects.requireNonNull(value, field);
    if (value.isBlank()) {
      throw new IllegalArgumentException(field + " must not be blank");
    }
    return EventSource.encodable(field, value);
  }
}
