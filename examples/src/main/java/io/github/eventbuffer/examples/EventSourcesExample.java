package io.github.eventbuffer.examples;

import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.FieldMapping;
import io.github.eventbuffer.FieldMapping.Field;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.net.URI;
import java.util.List;

/**
 * Registers an event source, as the reference of {@code event-sources/sync} shows it. Takes the
 * endpoint's address; the key is in {@code SCOPE3_API_KEY}.
 */
public final class EventSourcesExample {
  private EventSourcesExample() {}

  /** Registers it and says what became of it. */
  public static void main(String[] arguments) {
    Usage.require(arguments, EventSourcesExample.class, "URL");
    EventSource source =
        EventSource.builder("hightouch_purchase")
            .name("Hightouch Purchase Sync")
            .eventTypes(EventType.PURCHASE, EventType.REFUND)
            .integrationPlatform("Hightouch")
            .mapping(
                FieldMapping.none()
                    .with(Field.EVENT_ID, "id")
                    .with(Field.EVENT_TIME, "occurred_at")
                    .with(Field.VALUE, "revenue")
                    .userMatchFields("email_sha256", "sc3clid")
                    .dedupeStrategy("Use the warehouse event primary key."))
            .testEventCode("TEST-HIGHTOUCH")
            .build();
    try (InterchangeTransport transport =
        InterchangeTransport.builder()
            .apiKey(() -> System.getenv("SCOPE3_API_KEY"))
            .baseUrl(URI.create(arguments[0]))
            .build()) {
      for (EventSourceResult result :
          transport.client().eventSources().sync("12345", List.of(source), false)) {
        System.out.println(result.eventSourceId() + ": " + result.action());
      }
    }
  }
}
