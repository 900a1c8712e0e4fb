package io.github.eventbuffer;

import java.time.Duration;
import java.util.Objects;

/**
 * What append does when the disk, or the buffer's share of it, is full. Nothing is ever accepted
 * that the disk cannot hold.
 *
 * @param policy who gives way
 * @param timeout how long append waits for space before it answers {@link
 *     AppendResult.Status#FULL}; zero to one hour with {@link Policy#BLOCK}, else zero
 */
public record WhenFull(Policy policy, Duration timeout) {

  private static final Duration MOST = Duration.ofHours(1);

  /** Who gives way when there is no space. */
  public enum Policy {
    /** The new event, at once. */
    REJECT,
    /** The caller, who waits; then the new event. */
    BLOCK,
    /**
     * The oldest events, a whole segment of them at a time, delivered or not. They are counted as
     * {@link BufferStats#dropped()} and told to {@link EventBufferListener#onDropped}. An event of
     * an attempt under way counts as dropped, too, though the endpoint may still take it.
     */
    DROP_OLDEST
  }

  /** Answer {@link AppendResult.Status#FULL} at once. The default. */
  public static final WhenFull REJECT = new WhenFull(Policy.REJECT, Duration.ZERO);

  /**
   * Give up the oldest segment for the new events. Append waits for that, up to {@code
   * appendTimeout}; it answers {@link AppendResult.Status#FULL} when nothing is left to give up:
   * the segment that is appended to and dead letters stay.
   */
  public static final WhenFull DROP_OLDEST = new WhenFull(Policy.DROP_OLDEST, Duration.ZERO);

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if {@code timeout} is negative or above one hour, or not zero
   *     with another policy than {@link Policy#BLOCK}
   */
  public WhenFull {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.isNegative() || timeout.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("whenFull: timeout must be 0 s to 1 h, is " + timeout);
    }
    if (policy != Policy.BLOCK && !timeout.isZero()) {
      throw new IllegalArgumentException(
          "whenFull: timeout must be 0 s with " + policy + ", is " + timeout);
    }
  }

  /** Wait up to {@code timeout} for space. Conditions as in the constructor. */
  public static WhenFull block(Duration timeout) {
    return new WhenFull(Policy.BLOCK, timeout);
  }
}
