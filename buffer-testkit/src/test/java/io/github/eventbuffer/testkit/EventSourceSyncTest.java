package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code event-sources/sync} as its reference has it. */
class EventSourceSyncTest {
  /** The request of the reference. */
  private static final String REFERENCE =
      """
      {
        "account": { "account_id": "12345" },
        "event_sources": [
          {
            "event_source_id": "hightouch_purchase",
            "name": "Hightouch Purchase Sync",
            "event_types": ["purchase", "refund"],
            "integration_platform": "Hightouch",
            "mapping": {
              "event_id_field": "id",
              "event_type_field": "event_type",
              "event_time_field": "occurred_at",
              "user_match_fields": ["email_sha256", "sc3clid"],
              "value_field": "revenue",
              "currency_field": "currency",
              "order_id_field": "order_id",
              "consent_field": "consent_status",
              "dedupe_strategy": "Use the warehouse event primary key."
            },
            "test_event_code": "TEST-HIGHTOUCH"
          }
        ]
      }
      """;

  private static String sync(String more, String... sources) {
    return "{\"account\":{\"account_id\":\"12345\"},\"event_sources\":["
        + String.join(",", sources)
        + "]"
        + more
        + "}";
  }

  private static String source(String id) {
    return source(id, "");
  }

  private static String source(String id, String more) {
    return "{\"event_source_id\":\"" + id + "\"" + more + "}";
  }

  /** What became of each source, as "id action". */
  private static List<String> outcomes(HttpResponse<String> response) throws IOException {
    assertEquals(200, response.statusCode(), response.body());
    JsonNode results = Client.json(response).path("event_sources");
    return IntStream.range(0, results.size())
        .mapToObj(results::path)
        .map(one -> one.path("event_source_id").asText() + " " + one.path("action").asText())
        .toList();
  }

  @Test
  void aSourceIsCreatedThenUnchangedThenUpdated() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().eventSources("other").start()) {
      Client client = new Client(endpoint);
      HttpResponse<String> first = client.sync(REFERENCE);
      assertEquals(
          "{\"event_sources\":[{\"event_source_id\":\"hightouch_purchase\",\"action\":\"created\"}]}",
          first.body());
      assertEquals(List.of("hightouch_purchase unchanged"), outcomes(client.sync(REFERENCE)));
      assertEquals(
          List.of("hightouch_purchase updated"),
          outcomes(client.sync(REFERENCE.replace("revenue", "total"))));
      assertEquals(Set.of("other", "hightouch_purchase"), endpoint.eventSources("12345"));
      assertEquals(Set.of("other"), endpoint.eventSources("another"));
      assertEquals(0, endpoint.ledger().violationCount());
    }
  }

  @Test
  void eventsAreTakenOnceTheirSourceIsSyncedAndUntilItIsDeleted() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().eventSources("other").start()) {
      Client client = new Client(endpoint);
      String batch = Client.batch(Client.event("1"));
      assertEquals(404, client.post(batch).statusCode());
      outcomes(client.sync(sync("", source("website_pixel"))));
      assertEquals(200, client.post(batch).statusCode());
      assertEquals(
          List.of("new created", "other deleted", "website_pixel deleted"),
          outcomes(client.sync(sync(",\"delete_missing\":true", source("new")))));
      assertEquals(404, client.post(batch).statusCode());
      assertEquals(Set.of("new"), endpoint.eventSources("12345"));
      assertEquals(1, endpoint.ledger().count());
    }
  }

  @Test
  void aSourceThatFailsSaysWhyAndTheOthersApply() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().eventSources("bad").start()) {
      Client client = new Client(endpoint);
      HttpResponse<String> response =
          client.sync(
              sync(
                  ",\"delete_missing\":true",
                  source("bad", ",\"event_types\":[\"purchase\",\"no such type\"]"),
                  source("good", ",\"event_types\":[\"purchase\"]"),
                  source("good")));
      assertEquals(List.of("bad failed", "good created", "good failed"), outcomes(response));
      JsonNode results = Client.json(response).path("event_sources");
      assertEquals(
          "event_types: has no place for \"no such type\"", results.path(0).path("error").asText());
      assertTrue(results.path(1).path("error").isMissingNode());
      // What failed is not missing.
      assertEquals(Set.of("bad", "good"), endpoint.eventSources("12345"));
      assertEquals(
          List.of("event_sources[0].event_types", "event_sources[2].event_source_id"),
          endpoint.ledger().violations().stream().map(FoundViolation::path).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"name\":\"%s\" 255",
        "\"integration_platform\":\"%s\" 128",
        "\"test_event_code\":\"%s\" 256"
      })
  void aTextHasALength(String field) throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      String format = "," + field.substring(0, field.lastIndexOf(' '));
      int most = Integer.parseInt(field.substring(field.lastIndexOf(' ') + 1));
      for (int length : new int[] {0, 1, most - 1, most, most + 1}) {
        String source = source("s" + length, format.formatted("x".repeat(length)));
        boolean good = length >= 1 && length <= most;
        assertEquals(
            List.of("s" + length + (good ? " created" : " failed")),
            outcomes(client.sync(sync("", source))));
      }
    }
  }

  @Test
  void aCallThatIsNotValidChangesNothing() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      String[] fifty = IntStream.range(0, 50).mapToObj(i -> source("s" + i)).toArray(String[]::new);
      String[] oneMore =
          IntStream.range(0, 51).mapToObj(i -> source("s" + i)).toArray(String[]::new);
      for (String body :
          List.of(
              "[]",
              "{",
              sync("").replace("12345", "54321"),
              sync(""),
              sync("", oneMore),
              sync("", "{}"),
              sync("", source("")),
              sync("", source("x".repeat(256))),
              sync(",\"delete_missing\":1", source("s")))) {
        assertEquals(400, client.sync(body).statusCode(), body);
      }
      assertEquals(Set.of(), endpoint.eventSources("12345"));
      assertEquals(9, endpoint.ledger().violationCount());
      assertEquals(50, outcomes(client.sync(sync("", fifty))).size());
      assertEquals(1, outcomes(client.sync(sync("", source("x".repeat(255))))).size());
    }
  }

  @Test
  void theScriptIsThatOfEvents() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      endpoint.script(Script.sequence(Fault.status(503), Fault.cut(), Fault.cut().storing()));
      String body = sync("", source("s"));
      assertEquals(503, client.sync(body).statusCode());
      assertThrows(IOException.class, () -> client.sync(body));
      assertEquals(Set.of(), endpoint.eventSources("12345"));
      assertThrows(IOException.class, () -> client.sync(body));
      assertEquals(Set.of("s"), endpoint.eventSources("12345"));
      assertEquals(List.of("s unchanged"), outcomes(client.sync(body)));
      assertEquals(
          List.of(503, 0, 0, 200),
          endpoint.ledger().requests().stream()
              .map(RecordedRequest::status)
              .collect(Collectors.toList()));
    }
  }

  @Test
  void aWrappedAnswerHasItsResultsInData() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().wrapped(true).start()) {
      JsonNode answer = Client.json(new Client(endpoint).sync(sync("", source("s"))));
      assertEquals(
          "created", answer.path("data").path("event_sources").path(0).path("action").asText());
      assertTrue(answer.path("error").isNull());
    }
  }
}
