package io.github.eventbuffer.interchange;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Work that the endpoint does in the background.
 *
 * @param taskId its id
 * @param taskType what kind of work; empty when the endpoint did not say
 * @param status how far it is
 * @param error why it failed, in the endpoint's words; null when it did not, or it did not say
 * @param retryAfter when to ask again, or null when the endpoint did not say
 * @param createdAt when it began, or null when the endpoint did not say
 * @param updatedAt when it changed last, or null when the endpoint did not say
 */
public record Task(
    String taskId,
    String taskType,
    Status status,
    @Nullable String error,
    @Nullable Duration retryAfter,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt) {

  /** How far a task is. */
  public enum Status {
    /** It was taken. */
    SUBMITTED,
    /** It is worked on. */
    WORKING,
    /** It is done. */
    COMPLETED,
    /** It came to nothing. */
    FAILED,
    /** It waits for something that a person has to do. */
    INPUT_REQUIRED,
    /** A word that this version of the library does not know. */
    OTHER
  }
}
