package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.EventSourceResult.Action;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.FieldMapping;
import io.github.eventbuffer.FieldMapping.Field;
import io.github.eventbuffer.UserMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventSourcesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CREATED =
      "{\"event_sources\":[{\"event_source_id\":\"hightouch_purchase\",\"action\":\"created\"}]}";

  /** The request of the reference of event-sources/sync, as it stands there. */
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

  private static EventSource reference() {
    return EventSource.builder("hightouch_purchase")
        .name("Hightouch Purchase Sync")
        .eventTypes(EventType.PURCHASE, EventType.REFUND)
        .integrationPlatform("Hightouch")
        .mapping(
            FieldMapping.none()
                .with(Field.EVENT_ID, "id")
                .with(Field.EVENT_TYPE, "event_type")
                .with(Field.EVENT_TIME, "occurred_at")
                .userMatchFields("email_sha256", "sc3clid")
                .with(Field.VALUE, "revenue")
                .with(Field.CURRENCY, "currency")
                .with(Field.ORDER_ID, "order_id")
                .with(Field.CONSENT, "consent_status")
                .dedupeStrategy("Use the warehouse event primary key."))
        .testEventCode("TEST-HIGHTOUCH")
        .build();
  }

  private final JumpingClock clock = new JumpingClock();

  @Test
  void theRequestOfTheReferenceIsSentAndItsAnswerRead() throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, CREATED));
        InterchangeTransport transport = server.transport().build()) {
      List<EventSourceResult> results =
          transport.client().eventSources().sync("12345", List.of(reference()), false);
      assertEquals(
          List.of(new EventSourceResult("hightouch_purchase", Action.CREATED, null)), results);
      RestServer.Request request = server.requests.get(0);
      assertEquals("POST", request.method());
      assertEquals("/api/advertisers/12345/event-sources/sync", request.path());
      assertEquals(List.of("Bearer scope3_key_of_a_test"), request.headers().get("Authorization"));
      assertEquals(List.of("application/json"), request.headers().get("Content-type"));
      assertEquals(JSON.readTree(REFERENCE), request.body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SNAKE_CASE, EVENT_ID, event_id_field",
    "CAMEL_CASE, EVENT_ID, eventIdField",
    "SNAKE_CASE, EVENT_TYPE, event_type_field",
    "CAMEL_CASE, EVENT_TYPE, eventTypeField",
    "SNAKE_CASE, EVENT_TIME, event_time_field",
    "CAMEL_CASE, EVENT_TIME, eventTimeField",
    "SNAKE_CASE, VALUE, value_field",
    "CAMEL_CASE, VALUE, valueField",
    "SNAKE_CASE, CURRENCY, currency_field",
    "CAMEL_CASE, CURRENCY, currencyField",
    "SNAKE_CASE, ORDER_ID, order_id_field",
    "CAMEL_CASE, ORDER_ID, orderIdField",
    "SNAKE_CASE, CONTENT_IDS, content_ids_field",
    "CAMEL_CASE, CONTENT_IDS, contentIdsField",
    "SNAKE_CASE, CONSENT, consent_field",
    "CAMEL_CASE, CONSENT, consentField",
  })
  void eachFieldOfAMapping(MappingKeys keys, Field field, String name) throws Exception {
    EventSource source =
        EventSource.builder("hightouch_purchase")
            .allowedDomains("shop.example.com")
            .mapping(
                FieldMapping.none()
                    .with(field, "there")
                    .userMatchFields("click")
                    .dedupeStrategy("how")
                    .notes("why"))
            .build();
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, CREATED));
        InterchangeTransport transport = server.transport().build()) {
      transport.client().mappingKeys(keys).eventSources().sync("12345", List.of(source), true);
      JsonNode body = server.requests.get(0).body();
      boolean camel = keys == MappingKeys.CAMEL_CASE;
      assertEquals(
          JSON.createObjectNode()
              .put(name, "there")
              .put(camel ? "dedupeStrategy" : "dedupe_strategy", "how")
              .put("notes", "why")
              .set(camel ? "userMatchFields" : "user_match_fields", JSON.readTree("[\"click\"]")),
          body.at("/event_sources/0/mapping"));
      assertEquals(
          "[\"shop.example.com\"]", body.at("/event_sources/0/allowed_domains").toString());
      assertTrue(body.path("delete_missing").asBoolean());
    }
  }

  @Test
  void oneThatFailedHidesNoneOfTheOthers() throws Exception {
    String answer =
        """
        {"data": {"event_sources": [
          {"event_source_id": "a", "action": "updated"},
          {"event_source_id": "b", "action": "failed", "error": "no room for jane@example.com"},
          {"event_source_id": "c", "action": "failed", "errors": [{"code": "X", "message": "no"}]},
          {"event_source_id": "d", "action": "deleted"},
          {"event_source_id": "e", "action": "unchanged", "error": null},
          {"event_source_id": "f", "action": "paused"}]}, "error": null}
        """;
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, answer));
        InterchangeTransport transport = server.transport().build()) {
      assertEquals(
          List.of(
              new EventSourceResult("a", Action.UPDATED, null),
              new EventSourceResult("b", Action.FAILED, "no room for [hidden]"),
              new EventSourceResult("c", Action.FAILED, "no"),
              new EventSourceResult("d", Action.DELETED, null),
              new EventSourceResult("e", Action.UNCHANGED, null),
              new EventSourceResult("f", Action.OTHER, null)),
          transport.client().eventSources().sync("12345", List.of(reference()), false));
    }
  }

  @Test
  void whatTheEndpointWouldRefuseIsNotSent() throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, CREATED));
        InterchangeTransport transport = server.transport().build()) {
      EventSources sources = transport.client().eventSources();
      List<EventSource> many =
          IntStream.range(0, 51).mapToObj(i -> EventSource.of("source_" + i)).toList();
      assertThrows(IllegalArgumentException.class, () -> sources.sync("12345", List.of(), false));
      assertThrows(IllegalArgumentException.class, () -> sources.sync("12345", many, false));
      assertThrows(
          IllegalArgumentException.class,
          () -> sources.sync("12345", List.of(reference(), reference()), false));
      assertThrows(
          IllegalArgumentException.class, () -> sources.sync("", List.of(reference()), false));
      assertThrows(
          InterchangeException.class, () -> sources.sync("..", List.of(reference()), false));
      assertEquals(0, server.requests.size());
      assertEquals(1, sources.sync("12345", many.subList(0, 50), false).size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 409, 429, 500, 502, 503, 504})
  void whatMayPassIsTriedAgain(int status) throws Exception {
    Deque<RestServer.Answer> answers = new ArrayDeque<>();
    answers.add(RestServer.Answer.of(status, "<html>"));
    answers.add(new RestServer.Answer(status, "", Map.of("Retry-After", "7")));
    try (RestServer server =
            new RestServer(
                request ->
                    answers.isEmpty() ? RestServer.Answer.of(200, CREATED) : answers.remove());
        InterchangeTransport transport = server.transport().clock(clock).build()) {
      EventSources sources = transport.client().eventSources();
      assertEquals(1, sources.sync("12345", List.of(reference()), false).size());
      assertEquals(3, server.requests.size());
      assertTrue(clock.nanoTime() >= Duration.ofSeconds(7).toNanos(), "Retry-After is kept");
    }
  }

  @Test
  void itEndsWhenItsTimeIsOver() throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(503, ""));
        InterchangeTransport transport = server.transport().clock(clock).build()) {
      EventSources sources = transport.client().timeout(Duration.ofMinutes(10)).eventSources();
      InterchangeException thrown =
          assertThrows(
              InterchangeException.class, () -> sources.sync("12345", List.of(reference()), false));
      assertEquals(503, thrown.status());
      assertTrue(thrown.isRetryable());
      assertTrue(clock.nanoTime() <= Duration.ofMinutes(10).toNanos());
      assertTrue(server.requests.size() > 10, server.requests.size() + " requests");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 402, 403, 404, 413, 422, 501})
  void whatWillNotPassIsThrownAtOnce(int status) throws Exception {
    String body =
        """
        {"data": null, "error": {"code": "VALIDATION_ERROR",
          "message": "bad: jane@example.com +1 206 555 1234 scope3_key_of_a_test",
          "field": "event_sources[0].name",
          "details": {"issues": [{"path": ["event_sources", 0, "name"], "message": "too long"}]}}}
        """;
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(status, body));
        InterchangeTransport transport = server.transport().clock(clock).build()) {
      InterchangeException thrown =
          assertThrows(
              InterchangeException.class,
              () -> transport.client().eventSources().sync("12345", List.of(reference()), false));
      assertEquals(status, thrown.status());
      assertEquals("VALIDATION_ERROR", thrown.code());
      assertEquals("event_sources[0].name", thrown.field());
      assertEquals(
          List.of(new InterchangeException.Issue("event_sources.0.name", "", "too long")),
          thrown.issues());
      assertFalse(thrown.isRetryable());
      assertTrue(
          thrown
              .getMessage()
              .startsWith(
                  "HTTP "
                      + status
                      + " VALIDATION_ERROR: bad: [hidden] [hidden] [hidden] (event_sources[0].name)"),
          thrown.getMessage());
      assertEquals(1, server.requests.size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "<html>",
        "{\"event_sources\":{}}",
        "{\"event_sources\":[{\"action\":\"created\"}]}",
        "{\"event_sources\":[]} trailing\"",
      })
  void anAnswerThatIsNotUnderstoodIsNoSuccess(String body) throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, body));
        InterchangeTransport transport = server.transport().clock(clock).build()) {
      EventSources sources = transport.client().eventSources();
      assertThrows(
          InterchangeException.class, () -> sources.sync("12345", List.of(reference()), false));
    }
  }

  @Test
  void anInterruptEndsItAndStays() throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, CREATED));
        InterchangeTransport transport = server.transport().build()) {
      EventSources sources = transport.client().eventSources();
      Thread.currentThread().interrupt();
      assertThrows(
          InterchangeException.class, () -> sources.sync("12345", List.of(reference()), false));
      assertTrue(Thread.interrupted());
    }
  }

  /** As an endpoint does that forgets: 404 until the source is registered. */
  @Test
  void aBufferRegistersASourceThatTheEndpointDoesNotKnow(@TempDir Path directory) throws Exception {
    AtomicBoolean known = new AtomicBoolean();
    try (RestServer server =
            new RestServer(
                request -> {
                  if (request.path().endsWith("/sync")) {
                    known.set(true);
                    return RestServer.Answer.of(200, CREATED);
                  }
                  int count = request.body().path("events").size();
                  return known.get()
                      ? RestServer.Answer.of(
                          200,
                          "{\"events_received\":" + count + ",\"events_processed\":" + count + "}")
                      : RestServer.Answer.of(404, "{\"error\":{\"code\":\"NOT_FOUND\"}}");
                });
        InterchangeTransport transport = server.transport().build();
        EventBuffer buffer =
            EventBuffer.builder(directory.resolve("events"))
                .destination(Destination.of("12345", "hightouch_purchase"))
                .transport(transport)
                .eventSource(reference())
                .segmentBytes(2 << 20)
                .open()) {
      for (int i = 0; i < 2; i++) {
        ConversionEvent event =
            ConversionEvent.purchase("txn_" + i, OffsetDateTime.parse("2026-04-26T14:30:00Z"))
                .source("https://shop.example.com/")
                .user(UserMatch.email("jane@example.com"))
                .value("1.00", "USD")
                .build();
        assertEquals(AppendResult.ACCEPTED, buffer.append(event));
        assertTrue(buffer.flush(Duration.ofSeconds(30)).complete(), () -> "" + buffer.health());
        known.set(false);
      }
      assertEquals(2, buffer.stats().delivered());
    }
  }
}
