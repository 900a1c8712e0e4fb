package io.github.eventbuffer;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a buffer is doing, at one moment.
 *
 * @param state the state
 * @param reason why, for people; null while {@code RUNNING}
 * @param oldestPending age of the oldest event that is not delivered, by the wall clock; zero when
 *     there is none
 * @param lastSuccess when the endpoint last acknowledged a batch of this process; null if never
 */
public record BufferHealth(
    State state, @Nullable String reason, Duration oldestPending, @Nullable Instant lastSuccess) {

  /** The states, the most pressing one first. */
  public enum State {
    /** Closed; nothing is accepted or delivered. */
    CLOSED,
    /**
     * No further segment can be had: no space, or the disk fails. Appends are accepted until the
     * current one is full, then refused. Delivery goes on; whether it is held, throttled or backing
     * off meanwhile is not shown.
     */
    FULL,
    /** Delivery waits for a change of configuration; everything is kept. */
    HELD,
    /** Delivery was paused by {@link EventBuffer#pause()}. */
    PAUSED,
    /** The endpoint asked for a slower pace. */
    THROTTLED,
    /** The endpoint is at fault or out of reach; everything is kept and tried again. */
    BACKING_OFF,
    /** All is well. */
    RUNNING
  }
}
