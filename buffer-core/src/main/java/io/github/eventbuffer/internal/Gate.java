package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferHealth;
import io.github.eventbuffer.RetryPolicy;
import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether the endpoint may be asked now. Shut after a failure until its delay is over; then one
 * attempt, a probe, is let through at a time until one succeeds.
 *
 * <p>Delays are on the buffer's monotonic clock. Written by the flusher; {@link #state()} and
 * {@link #reason()} may be read by anyone.
 */
final class Gate {
  private static final Duration LEAST_RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration MOST_RETRY_AFTER = Duration.ofHours(1);

  private final RetryPolicy policy;
  private final LongUnaryOperator random;
  private int failures;
  private int holds;
  private long opensAtNanos;
  private boolean shut;

  private volatile BufferHealth.State state = BufferHealth.State.RUNNING;
  private volatile @Nullable String reason;

  /**
   * A gate that is open.
   *
   * @param random draws evenly from 0 to its argument, inclusive
   */
  Gate(RetryPolicy policy, LongUnaryOperator random) {
    this.policy = policy;
    this.random = random;
  }

  BufferHealth.State state() {
    return state;
  }

  @Nullable String reason() {
    return reason;
  }

  /** How many attempts may be under way at once now. */
  int permits(long nowNanos, int mostInFlight) {
    if (!shut) {
      return mostInFlight;
    }
    return nowNanos - opensAtNanos >= 0 ? 1 : 0;
  }

  /** When it opens; to be asked only while {@link #permits} says 0. */
  long opensAtNanos() {
    return opensAtNanos;
  }

  /** The endpoint took a batch; returns whether that ends a trouble. */
  boolean succeeded() {
    boolean ended = shut;
    failures = 0;
    holds = 0;
    shut = false;
    state = BufferHealth.State.RUNNING;
    reason = null;
    return ended;
  }

  /** The service is at fault; returns the delay. */
  Duration backOff(long nowNanos, String cause, @Nullable Duration retryAfter) {
    return shut(nowNanos, BufferHealth.State.BACKING_OFF, cause, backoff(nowNanos, retryAfter));
  }

  /** The endpoint wants a slower pace; returns the delay. */
  Duration throttle(long nowNanos, @Nullable Duration retryAfter) {
    return shut(
        nowNanos,
        BufferHealth.State.THROTTLED,
        "the endpoint limits the rate of requests",
        backoff(nowNanos, retryAfter));
  }

  /** The configuration is at fault; returns the delay until the next probe. */
  Duration hold(long nowNanos, String cause) {
    // Attempts that were made together and are refused together are one refusal.
    holds += isWaiting(nowNanos) && holds > 0 ? 0 : 1;
    Duration delay = doubled(policy.probe(), policy.probeCap(), holds - 1);
    return shut(nowNanos, BufferHealth.State.HELD, cause, delay);
  }

  /** The next attempt may be made at once. */
  void probeNow(long nowNanos) {
    opensAtNanos = nowNanos;
    holds = 0;
  }

  private Duration shut(long nowNanos, BufferHealth.State why, String cause, Duration delay) {
    long opens = nowNanos + delay.toNanos();
    boolean waiting = isWaiting(nowNanos);
    // What else fails of the attempts that a hold found under way must not hide it.
    boolean keeps = waiting && state == BufferHealth.State.HELD && why != BufferHealth.State.HELD;
    if (!waiting || opens - opensAtNanos > 0) {
      opensAtNanos = opens;
    }
    shut = true;
    if (!keeps) {
      state = why;
      reason = cause;
    }
    return Duration.ofNanos(opensAtNanos - nowNanos);
  }

  /**
   * Whether a delay is under way. Attempts that were made together and fail together are one
   * failure of the service, not many, and do not lengthen its backoff one by one.
   */
  private boolean isWaiting(long nowNanos) {
    return shut && nowNanos - opensAtNanos < 0;
  }

  private Duration backoff(long nowNanos, @Nullable Duration retryAfter) {
    if (retryAfter != null) {
      return clamp(retryAfter);
    }
    if (isWaiting(nowNanos)) {
      return Duration.ZERO;
    }
    Duration most = doubled(policy.base(), policy.cap(), failures++);
    return Duration.ofNanos(random.applyAsLong(most.toNanos()));
  }

  static Duration clamp(Duration retryAfter) {
    if (retryAfter.compareTo(LEAST_RETRY_AFTER) < 0) {
      return LEAST_RETRY_AFTER;
    }
    return retryAfter.compareTo(MOST_RETRY_AFTER) > 0 ? MOST_RETRY_AFTER : retryAfter;
  }

  /** base · 2ⁿ, at most cap. */
  private static Duration doubled(Duration base, Duration cap, int times) {
    long capNanos = cap.toNanos();
    long nanos = base.toNanos();
    for (int i = 0; i < times && nanos < capNanos; i++) {
      nanos = Math.min(capNanos, nanos * 2);
    }
    return Duration.ofNanos(nanos);
  }
}
