package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.UserMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;

/** A buffer whose events are all appended before the first is sent. */
final class FilledBuffer {
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");

  private FilledBuffer() {}

  static EventBuffer.Builder options(Path directory, InterchangeTransport transport) {
    return EventBuffer.builder(directory.resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .segmentBytes(2 << 20)
        .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)));
  }

  static EventBuffer open(EventBuffer.Builder options, int events) {
    EventBuffer buffer = options.open();
    buffer.pause();
    for (int i = 0; i < events; i++) {
      ConversionEvent event =
          ConversionEvent.purchase("txn_" + i, TIME)
              .source("https://shop.example.com/checkout/complete")
              .user(UserMatch.email("customer" + i + "@example.com"))
              .value("89.99", "USD")
              .build();
      assertEquals(AppendResult.ACCEPTED, buffer.append(event));
    }
    buffer.resume();
    return buffer;
  }
}
