package io.github.eventbuffer.interchange;

/**
 * How the keys of an event source's mapping are written. The endpoint's documents disagree: its
 * reference of {@code event-sources/sync} has the first, its OpenAPI document the second.
 */
public enum MappingKeys {
  /** {@code event_id_field}. */
  SNAKE_CASE,
  /** {@code eventIdField}. */
  CAMEL_CASE
}
