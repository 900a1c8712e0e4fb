package io.github.eventbuffer;

/** What is done when the dead letters have no room within {@code maxDeadLetterBytes}. */
public enum WhenDeadLettersFull {
  /**
   * The oldest dead letters are given up, a file of them at a time; counted in {@link
   * BufferStats#deadLettersDropped()}, told to the listener and to the log.
   */
  DROP_OLDEST,
  /**
   * Delivery is held, and everything kept, until dead letters were dropped or replayed: {@link
   * DeadLetters#drop}, {@link DeadLetters#replay}.
   */
  HOLD
}
