package io.github.eventbuffer.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A buffer whose event source the endpoint does not know, and forgets again. */
class RegistrationTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String ADVERTISER = "12345";

  @TempDir Path directory;

  @Test
  void theSourceIsRegisteredAtOpenAndWheneverItIsUnknown() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().eventSources("other").start();
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> FakeEndpoint.API_KEY)
                .baseUrl(endpoint.baseUrl())
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory.resolve("events"))
                .destination(Destination.of(ADVERTISER, "website_pixel"))
                .transport(transport)
                .segmentBytes(2 << 20)
                .eventSource(EventSource.builder("website_pixel").name("Shop").build())
                .open()) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(SampleEvents.numbered(1)));
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
      assertEquals(Set.of("other", "website_pixel"), endpoint.eventSources(ADVERTISER));

      List<EventSourceResult> results =
          transport
              .client()
              .eventSources()
              .sync(ADVERTISER, List.of(EventSource.of("other")), true);
      assertEquals(
          List.of(
              new EventSourceResult("other", EventSourceResult.Action.UNCHANGED, null),
              new EventSourceResult("website_pixel", EventSourceResult.Action.DELETED, null)),
          results);
      assertEquals(AppendResult.ACCEPTED, buffer.append(SampleEvents.numbered(2)));
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
      assertEquals(Set.of("other", "website_pixel"), endpoint.eventSources(ADVERTISER));
      assertEquals(2, endpoint.ledger().count());
      assertEquals(0, endpoint.ledger().violationCount());
    }
  }
}
