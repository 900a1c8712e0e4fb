package io.github.eventbuffer;

import java.io.IOException;
import java.util.List;

/** The events that the endpoint refused for good, oldest first. Thread-safe. */
public interface DeadLetters {

  /** How many there are. */
  long count();

  /**
   * Reads the oldest ones from disk; blocks for that.
   *
   * @param most how many at most; 1 or more
   * @throws IOException if the disk fails
   * @throws IllegalArgumentException if {@code most} is below 1
   */
  List<DeadLetter> list(int most) throws IOException;
}
