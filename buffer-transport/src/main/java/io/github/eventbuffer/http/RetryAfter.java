package io.github.eventbuffer.http;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long the endpoint wants to be left alone, read from the headers of its answer. */
public final class RetryAfter {
  private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");
  private static final long MAX_SECONDS = Duration.ofDays(365).toSeconds();
  // RateLimit-Reset is a delay by the IETF draft and a time since 1970 by older custom.
  private static final long FIRST_EPOCH_SECOND = 1_000_000_000;

  private RetryAfter() {}

  /**
   * Reads {@code Retry-After}: seconds, or an HTTP date relative to the answer's {@code Date}.
   *
   * @param now stands in for a missing or broken {@code Date}
   * @return 0 to 365 days; null when absent, not understood or in the past
   */
  public static @Nullable Duration of(HttpHeaders headers, Instant now) {
    String value = headers.firstValue("Retry-After").orElse("").strip();
    if (DIGITS.matcher(value).matches()) {
      return seconds(Long.parseLong(value));
    }
    Instant until = date(value);
    if (until == null) {
      return null;
    }
    Duration wait = Duration.between(sent(headers, now), until);
    return wait.isNegative() ? null : seconds(wait.toSeconds());
  }

  /**
   * As {@link #of}, and {@code RateLimit-Reset} where {@code Retry-After} says nothing: seconds
   * from now or since 1970.
   */
  public static @Nullable Duration ofRateLimit(HttpHeaders headers, Instant now) {
    Duration asked = of(headers, now);
    return asked == null ? reset(headers, now) : asked;
  }

  /**
   * Reads {@code RateLimit-Reset}: seconds, or seconds since 1970 relative to the answer's {@code
   * Date}.
   *
   * @param now stands in for a missing or broken {@code Date}
   * @return 0 to 365 days; null when absent, not understood or in the past
   */
  static @Nullable Duration reset(HttpHeaders headers, Instant now) {
    String reset = headers.firstValue("RateLimit-Reset").orElse("").strip();
    if (!DIGITS.matcher(reset).matches()) {
      return null;
    }
    long value = Long.parseLong(reset);
    if (value < FIRST_EPOCH_SECOND) {
      return seconds(value);
    }
    long wait = value - sent(headers, now).getEpochSecond();
    return wait < 0 ? null : seconds(wait);
  }

  /** When the answer was sent by its own clock: this machine's may be wrong. */
  private static Instant sent(HttpHeaders headers, Instant now) {
    Instant sent = date(headers.firstValue("Date").orElse("").strip());
    return sent == null ? now : sent;
  }

  private static Duration seconds(long value) {
    return Duration.ofSeconds(Math.min(value, MAX_SECONDS));
  }

  private static @Nullable Instant date(String value) {
    try {
      return DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
