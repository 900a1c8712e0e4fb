package io.github.eventbuffer;

import java.time.Duration;
import java.util.Objects;

/**
 * How long the buffer waits between attempts. There is no limit to their number: an outage, however
 * long, drops nothing.
 *
 * <p>While the service is at fault the n-th wait is drawn evenly from 0 … min(cap, base · 2ⁿ⁻¹)
 * (exponential backoff with full jitter). While the configuration is at fault the buffer probes
 * after {@code probe}, then twice as long, up to {@code probeCap}. A wish of the endpoint ({@code
 * Retry-After}) takes the place of the drawn wait, clamped to 1 s … 1 h.
 *
 * @param base 1 ms to 1 h; default 1 s
 * @param cap {@code base} to 1 h; default 5 min
 * @param probe 1 ms to 1 h; default 1 min
 * @param probeCap {@code probe} to 1 h; default 15 min
 */
public record RetryPolicy(Duration base, Duration cap, Duration probe, Duration probeCap) {

  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(1);

  /** 1 s up to 5 min; probes from 1 min up to 15 min. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(1),
          Duration.ofMinutes(15));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range, naming value and range
   */
  public RetryPolicy {
    check("base", base, LEAST);
    check("cap", cap, base);
    check("probe", probe, LEAST);
    check("probeCap", probeCap, probe);
  }

  /** The default probes, with another backoff. Conditions as in the constructor. */
  public static RetryPolicy exponential(Duration base, Duration cap) {
    return new RetryPolicy(base, cap, DEFAULT.probe, DEFAULT.probeCap);
  }

  private static void check(String name, Duration value, Duration least) {
    Objects.requireNonNull(value, name);
    if (value.compareTo(least) < 0 || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          "retryPolicy: " + name + " must be " + least + " to " + MOST + ", is " + value);
    }
  }
}
