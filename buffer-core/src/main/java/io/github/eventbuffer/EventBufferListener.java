package io.github.eventbuffer;

import java.time.Duration;
import java.util.List;

/**
 * Hears what the buffer does. Called by the buffer's own threads, never by one that appends; must
 * return soon, because delivery waits for it. What a callback throws is logged and harms nothing.
 */
public interface EventBufferListener {

  /**
   * A batch was acknowledged and committed.
   *
   * @param delivered how many events the endpoint took; 0 when it refused each of them
   * @param attempt at which attempt
   * @param warnings the endpoint's remarks
   */
  default void onDelivered(int delivered, int attempt, List<String> warnings) {}

  /** An event was refused for good, or became too old to send, and is now a dead letter. */
  default void onDeadLetter(DeadLetter letter) {}

  /**
   * An attempt failed and the batch will be sent again.
   *
   * @param cause for people
   * @param delay until the next attempt
   */
  default void onRetry(String cause, Duration delay) {}

  /** Delivery is held until the configuration is put right; everything is kept. */
  default void onHeld(String reason) {}

  /** Delivery works again after a hold, a backoff or a throttle. */
  default void onRecovered() {}

  /** Events cannot be stored, or the checkpoint cannot be written. */
  default void onStorageFailure(String what, Throwable cause) {}

  /**
   * The oldest events were given up for new ones, as {@link WhenFull#DROP_OLDEST} has it.
   *
   * @param events how many
   */
  default void onDropped(long events) {}

  /**
   * The oldest dead letters were given up for newer ones, as {@link
   * WhenDeadLettersFull#DROP_OLDEST} has it.
   *
   * @param letters how many
   */
  default void onDeadLettersDropped(long letters) {}

  /**
   * The open found damage and goes on without what it took. Called by the thread that opens, at
   * most once, before {@code open} returns.
   */
  default void onRecovery(RecoveryReport found) {}

  /** Entries could not be read back from a damaged disk. */
  default void onDamage(long events) {}
}
