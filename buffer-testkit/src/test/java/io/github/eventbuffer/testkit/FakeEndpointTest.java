package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeEndpointTest {

  /** The request of the public guide. */
  private static final String GUIDE =
      """
      {
        "event_source_id": "website_pixel",
        "events": [
          {
            "event_id": "txn_abc123",
            "event_type": "purchase",
            "event_time": "2026-04-26T14:30:00-05:00",
            "action_source": "website",
            "event_source_url": "https://shop.example.com/checkout/complete",
            "user_match": {
              "hashed_email": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
              "click_id": "fb.1.1700000000.AbCdEfGh",
              "click_id_type": "fbclid"
            },
            "custom_data": {
              "value": 89.99,
              "currency": "USD",
              "order_id": "order_55512",
              "content_ids": ["sku_red_shoe_42"],
              "num_items": 1
            }
          },
          {
            "event_id": "demo_booked_98765",
            "event_type": "custom",
            "custom_event_name": "qualified_demo_booked",
            "event_time": "2026-04-26T15:05:00-05:00",
            "action_source": "website",
            "user_match": {
              "hashed_email": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
            }
          }
        ]
      }
      """;

  private static String code(HttpResponse<String> response) throws IOException {
    JsonNode body = Client.json(response);
    assertTrue(body.path("data").isNull());
    return body.path("error").path("code").asText();
  }

  @Test
  void bothEventsOfTheGuideAreStored() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      HttpResponse<String> response = new Client(endpoint).post(GUIDE);
      assertEquals(200, response.statusCode());
      assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
      JsonNode body = Client.json(response);
      assertEquals(2, body.path("events_received").asInt(-1));
      assertEquals(2, body.path("events_processed").asInt(-1));
      assertFalse(body.has("partial_failures"));
      assertEquals(List.of(), endpoint.ledger().violations());
      assertTrue(endpoint.ledger().contains("txn_abc123", "purchase"));
      assertTrue(endpoint.ledger().contains("demo_booked_98765", "custom"));
    }
  }

  @Test
  void successIsWrappedByOption() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().wrapped(true).start()) {
      JsonNode body = Client.json(new Client(endpoint).post(Client.batchOf(0, 3)));
      assertTrue(body.path("error").isNull());
      assertEquals(3, body.path("data").path("events_processed").asInt());
    }
  }

  @Test
  void compressedBodyIsAccepted() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      String body = Client.batchOf(0, 100);
      HttpRequest.Builder request = client.request().header("Content-Encoding", "gzip");
      request.POST(HttpRequest.BodyPublishers.ofByteArray(Client.gzip(body)));
      assertEquals(200, client.send(request).statusCode());
      client.post(body);
      List<RecordedRequest> requests = endpoint.ledger().requests();
      assertEquals(requests.get(0).bodySha256(), requests.get(1).bodySha256());
      assertEquals(100, endpoint.ledger().duplicates());
    }
  }

  @Test
  void bodyThatIsNotWhatItsEncodingSaysIsRefused() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      HttpRequest.Builder request = client.request().header("Content-Encoding", "gzip");
      request.POST(HttpRequest.BodyPublishers.ofString("plain"));
      assertEquals(400, client.send(request).statusCode());
    }
  }

  @Test
  void wrongKeyIsUnauthorized() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().apiKey("scope3_other").start()) {
      Client client = new Client(endpoint);
      HttpRequest.Builder request = client.request();
      request.setHeader("Authorization", "Bearer " + FakeEndpoint.API_KEY);
      request.POST(HttpRequest.BodyPublishers.ofString(GUIDE));
      HttpResponse<String> response = client.send(request);
      assertEquals(401, response.statusCode());
      assertEquals("UNAUTHORIZED", code(response));
      assertEquals(0, endpoint.ledger().count());
      assertEquals(200, client.post(GUIDE).statusCode());
    }
  }

  @Test
  void otherMethodPathTypeAndAdvertiserAreRefused() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().advertisers("12345").start()) {
      Client client = new Client(endpoint);
      assertEquals(405, client.send(client.request().GET()).statusCode());
      HttpRequest.Builder post = client.request().POST(HttpRequest.BodyPublishers.ofString(GUIDE));
      for (String path :
          List.of("/log-event", "/advertisers/9/log-event", "/advertisers//log-event")) {
        post.uri(URI.create(endpoint.baseUrl() + path));
        assertEquals(404, client.send(post).statusCode(), path);
      }
      HttpRequest.Builder text = client.request().setHeader("Content-Type", "text/plain");
      text.POST(HttpRequest.BodyPublishers.ofString(GUIDE));
      assertEquals(400, client.send(text).statusCode());
      assertEquals(0, endpoint.ledger().count());
      assertEquals(5, endpoint.ledger().requestCount());
    }
  }

  @Test
  void envelopeIsChecked() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      String event = Client.event("1");
      for (String body :
          List.of(
              "",
              "no JSON",
              "[]",
              "{\"event_source_id\":\"s\"}",
              "{\"event_source_id\":\"s\",\"events\":[]}",
              "{\"event_source_id\":\"s\",\"events\":{}}",
              "{\"events\":[" + event + "]}",
              "{\"event_source_id\":\"\",\"events\":[" + event + "]}",
              "{\"event_source_id\":\"" + "s".repeat(257) + "\",\"events\":[" + event + "]}",
              "{\"event_source_id\":7,\"events\":[" + event + "]}",
              "{\"event_source_id\":\"s\",\"test_event_code\":\""
                  + "t".repeat(257)
                  + "\",\"events\":["
                  + event
                  + "]}",
              "{\"event_source_id\":\"s\",\"events\":[" + event + "]} x",
              "{\"event_source_id\":\"s\",\"events\":[" + event + "],\"events\":[]}",
              "{\"event_source_id\":\"s\",\"events\":[" + event)) {
        assertEquals(400, client.post(body).statusCode(), body);
      }
      assertEquals(0, endpoint.ledger().count());
      assertTrue(endpoint.ledger().violationCount() >= 14);
    }
  }

  @Test
  void tenThousandEventsAreTheLimit() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      assertEquals(200, client.post(Client.batchOf(0, 10_000)).statusCode());
      assertEquals(10_000, endpoint.ledger().count());
      HttpResponse<String> over = client.post(Client.batchOf(0, 10_001));
      assertEquals(400, over.statusCode());
      assertEquals(10_000, endpoint.ledger().arrivals());
    }
  }

  @Test
  void bodyOverTheLimitIsTooLarge() throws Exception {
    String body = Client.batchOf(0, 1000);
    try (FakeEndpoint endpoint = FakeEndpoint.builder().maxBodyBytes(body.length() - 1).start()) {
      assertEquals(413, new Client(endpoint).post(body).statusCode());
      assertEquals(200, new Client(endpoint).post(Client.batchOf(0, 999)).statusCode());
    }
    try (FakeEndpoint endpoint = FakeEndpoint.builder().maxBodyBytes(body.length()).start()) {
      assertEquals(200, new Client(endpoint).post(body).statusCode());
    }
  }

  @Test
  void badEventsFailAloneByDefault() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      HttpResponse<String> response = new Client(endpoint).post(mixed());
      assertEquals(200, response.statusCode());
      JsonNode body = Client.json(response);
      assertEquals(3, body.path("events_received").asInt());
      assertEquals(2, body.path("events_processed").asInt());
      JsonNode failure = body.path("partial_failures").path(0);
      assertEquals(1, body.path("partial_failures").size());
      assertEquals("bad", failure.path("event_id").asText());
      assertEquals("VALIDATION_ERROR", failure.path("code").asText());
      assertTrue(failure.path("message").asText().startsWith("custom_data.currency: "));
      assertEquals(2, endpoint.ledger().count());
      FoundViolation found = endpoint.ledger().violations().get(0);
      assertEquals(1, found.position());
      assertEquals("events[1].custom_data.currency", found.path());
    }
  }

  @Test
  void badEventFailsTheCallByOption() throws Exception {
    try (FakeEndpoint endpoint =
        FakeEndpoint.builder().onViolation(FakeEndpoint.OnViolation.FAIL_CALL).start()) {
      HttpResponse<String> response = new Client(endpoint).post(mixed());
      assertEquals(400, response.statusCode());
      assertEquals("VALIDATION_ERROR", code(response));
      JsonNode issues = Client.json(response).path("error").path("details").path("issues");
      assertEquals(1, issues.size());
      assertEquals("events[1].custom_data.currency", issues.path(0).path("path").asText());
      assertFalse(issues.path(0).path("message").asText().isEmpty());
      assertEquals(0, endpoint.ledger().count());
    }
  }

  @Test
  void failedCallMayNameNoEvent() throws Exception {
    try (FakeEndpoint endpoint =
        FakeEndpoint.builder()
            .onViolation(FakeEndpoint.OnViolation.FAIL_CALL_WITHOUT_ISSUES)
            .start()) {
      HttpResponse<String> response = new Client(endpoint).post(mixed());
      assertEquals("VALIDATION_ERROR", code(response));
      assertFalse(Client.json(response).path("error").has("details"));
      assertEquals(0, endpoint.ledger().count());
    }
  }

  private static String mixed() {
    return Client.batch(
        Client.event("good"),
        Client.event("bad").replace("\"USD\"", "\"dollars\""),
        Client.event("good too"));
  }

  @Test
  void unknownSourceIsRefusedAsChosen() throws Exception {
    for (FakeEndpoint.UnknownSource how : FakeEndpoint.UnknownSource.values()) {
      FakeEndpointBuilder builder = FakeEndpoint.builder().eventSources("other");
      try (FakeEndpoint endpoint = builder.unknownSource(how).start()) {
        HttpResponse<String> response = new Client(endpoint).post(GUIDE);
        switch (how) {
          case NOT_FOUND -> assertEquals("NOT_FOUND", code(response));
          case BAD_REQUEST -> assertEquals("BAD_REQUEST", code(response));
          case PARTIAL_FAILURES ->
              assertEquals(2, Client.json(response).path("partial_failures").size());
        }
        assertEquals(0, endpoint.ledger().count());
      }
    }
  }

  @Test
  void rateLimitAnswers429UntilTheMinuteIsOver() throws Exception {
    ManualClock clock = new ManualClock(Instant.EPOCH);
    try (FakeEndpoint endpoint = FakeEndpoint.builder().requestsPerMinute(2).clock(clock).start()) {
      Client client = new Client(endpoint);
      HttpResponse<String> first = client.post(GUIDE);
      assertEquals("2", first.headers().firstValue("RateLimit-Limit").orElse(""));
      assertEquals("1", first.headers().firstValue("RateLimit-Remaining").orElse(""));
      assertEquals("60", first.headers().firstValue("RateLimit-Reset").orElse(""));
      clock.advance(Duration.ofSeconds(20));
      assertEquals(200, client.post(GUIDE).statusCode());
      HttpResponse<String> third = client.post(GUIDE);
      assertEquals(429, third.statusCode());
      assertEquals("RATE_LIMITED", code(third));
      assertEquals("40", third.headers().firstValue("Retry-After").orElse(""));
      assertEquals("0", third.headers().firstValue("RateLimit-Remaining").orElse(""));
      clock.advance(Duration.ofSeconds(40));
      assertEquals(200, client.post(GUIDE).statusCode());
      assertEquals(429, endpoint.ledger().requests().get(2).status());
    }
  }
}
