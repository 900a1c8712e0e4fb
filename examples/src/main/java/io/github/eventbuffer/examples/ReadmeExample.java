package io.github.eventbuffer.examples;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.OffsetDateTime;

/** The example of the README, compiled; a test compares the two. */
final class ReadmeExample {

  private ReadmeExample() {}

  static void run() {
    // [readme]
    try (InterchangeTransport transport =
            InterchangeTransport.builder().apiKey(() -> System.getenv("SCOPE3_API_KEY")).build();
        EventBuffer buffer =
            EventBuffer.builder(Path.of("/var/lib/checkout/events"))
                .destination(Destination.of("12345", "website_pixel")) // advertiser, event source
                .transport(transport)
                .open()) {
      UserMatch.Builder user = UserMatch.email("Alice@Example.com "); // hashed here, never kept
      AppendResult result =
          buffer.append(
              ConversionEvent.purchase("txn_abc123", OffsetDateTime.now())
                  .source(URI.create("https://shop.example.com/checkout/complete"))
                  .user(user.clickId("fbclid", "fb.1.1700000000.AbCdEfGh"))
                  .value("89.99", "USD")
                  .orderId("order_55512")
                  .build());
      if (!result.isKept()) {
        System.err.println(result); // your log; it names fields and rules, never personal data
      }
    }
    // [/readme]
  }
}
