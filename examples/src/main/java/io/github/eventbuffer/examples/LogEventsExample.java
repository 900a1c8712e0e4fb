package io.github.eventbuffer.examples;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;

/**
 * The two events of the log-events guide: a purchase, and a custom one. Takes the endpoint's
 * address and a directory; the key is in {@code SCOPE3_API_KEY}.
 */
public final class LogEventsExample {
  private LogEventsExample() {}

  /** Appends them, waits for their delivery, and says what came of it. */
  public static void main(String[] arguments) {
    Usage.require(arguments, LogEventsExample.class, "URL DIRECTORY");
    try (InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> System.getenv("SCOPE3_API_KEY"))
                .baseUrl(URI.create(arguments[0]))
                .build();
        EventBuffer buffer =
            EventBuffer.builder(Path.of(arguments[1]))
                .destination(Destination.of("12345", "website_pixel"))
                .eventSource(EventSource.of("website_pixel")) // registered, should it not be
                .transport(transport)
                .requireSourceUrl(false) // the guide's second event has none
                .open()) {
      buffer.append(
          ConversionEvent.purchase("txn_abc123", OffsetDateTime.parse("2026-04-26T14:30:00-05:00"))
              .source("https://shop.example.com/checkout/complete")
              .user(UserMatch.email("alice@example.com").clickId("fbclid", "fb.1.17.AbCdEfGh"))
              .value("89.99", "USD")
              .orderId("order_55512")
              .contentIds("sku_red_shoe_42")
              .numItems(1)
              .build());
      buffer.append(
          ConversionEvent.custom(
                  "demo_booked_98765",
                  "qualified_demo_booked",
                  OffsetDateTime.parse("2026-04-26T15:05:00-05:00"))
              .actionSource(ActionSource.WEBSITE)
              .user(UserMatch.email("bob@example.com"))
              .build());
      System.out.println(buffer.flush(Duration.ofMinutes(1)) + " " + buffer.stats().delivered());
    }
  }
}
