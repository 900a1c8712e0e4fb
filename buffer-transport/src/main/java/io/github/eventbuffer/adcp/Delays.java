package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.RetryAfter;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long an answer asks to wait. */
final class Delays {
  private static final Clock CLOCK = Clock.systemUTC();

  private Delays() {}

  /** By HTTP's headers; by the error where they say nothing; null when neither does. */
  static @Nullable Duration asked(McpAnswer answer, @Nullable AdcpError error) {
    HttpHeaders headers = answer.headers();
    Instant now = CLOCK.instant();
    Duration asked =
        answer.status() == 429 ? RetryAfter.ofRateLimit(headers, now) : RetryAfter.of(headers, now);
    return asked == null && error != null ? error.retryAfter() : asked;
  }
}
