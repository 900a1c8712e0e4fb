package io.github.eventbuffer;

import java.time.Duration;
import java.util.Objects;

/**
 * What append does when the disk, or the buffer's share of it, is full. Nothing is ever accepted
 * that the disk cannot hold.
 *
 * @param timeout how long append waits for space before it answers {@link
 *     AppendResult.Status#FULL}; zero to one hour
 */
public record WhenFull(Duration timeout) {

  private static final Duration MOST = Duration.ofHours(1);

  /** Answer {@link AppendResult.Status#FULL} at once. The default. */
  public static final WhenFull REJECT = new WhenFull(Duration.ZERO);

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if {@code timeout} is negative or above one hour
   */
  public WhenFull {
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.isNegative() || timeout.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("whenFull: timeout must be 0 s to 1 h, is " + timeout);
    }
  }

  /** Wait up to {@code timeout} for space. Conditions as in the constructor. */
  public static WhenFull block(Duration timeout) {
    return new WhenFull(timeout);
  }
}
