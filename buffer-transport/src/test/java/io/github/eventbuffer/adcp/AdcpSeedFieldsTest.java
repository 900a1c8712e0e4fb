package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.ScriptedAgent.adcpError;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.EventType;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every field that the tables of the page of {@code sync_event_sources} name: where it stands in
 * what is sent, and what is read of it. Each row names the table and the field.
 */
class AdcpSeedFieldsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANSWER =
      """
      {"event_sources": [
        {"event_source_id": "web_pixel", "name": "Website Pixel", "event_types": ["purchase"],
         "allowed_domains": ["www.example.com"], "seller_id": "px_abc123", "action": "created",
         "action_source": "website", "managed_by": "buyer",
         "setup": {"snippet": "<script></script>", "snippet_type": "javascript",
           "instructions": "Place it in the head."},
         "health": {"status": "good", "match_rate": 0.72, "events_received_24h": 14200,
           "detail": {"score": 7.2, "max_score": 10, "label": "Event Match Quality"},
           "last_event_at": "2026-03-23T14:22:00Z", "evaluated_at": "2026-03-23T14:30:00Z",
           "issues": [{"severity": "warning", "message": "Missing hashed_email"}]}},
        {"event_source_id": "bad", "action": "failed",
         "errors": [{"code": "INVALID_EVENT_TYPE", "message": "no such type"}]}]}
      """;

  private static JsonNode byId;
  private static JsonNode byBrand;
  private static List<AdcpEventSourceResult> results;

  private static JsonNode sent(AdcpAccount account) throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> result(ANSWER));
        McpTransport transport = McpTransportTest.builder(agent.url()).account(account).build()) {
      AdcpEventSource source =
          AdcpEventSource.of("web_pixel")
              .name("Website Pixel")
              .eventTypes(EventType.PURCHASE, EventType.LEAD)
              .allowedDomains("www.example.com", "shop.example.com");
      results = transport.client().syncEventSources(List.of(source), true);
      return agent.messages.remove().arguments();
    }
  }

  @BeforeAll
  static void sendAll() throws Exception {
    byId = sent(AdcpAccount.id("acct_12345"));
    byBrand = sent(AdcpAccount.brand("acme-corp.com", "agency.example"));
  }

  @ParameterizedTest(name = "{0} · {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Request Parameters|account|/account|{\"account_id\":\"acct_12345\"}",
        "Request Parameters|event_sources|/event_sources/0/event_source_id|\"web_pixel\"",
        "Request Parameters|delete_missing|/delete_missing|true",
        "Event Source Object|event_source_id|/event_sources/0/event_source_id|\"web_pixel\"",
        "Event Source Object|name|/event_sources/0/name|\"Website Pixel\"",
        "Event Source Object|event_types|/event_sources/0/event_types|[\"purchase\",\"lead\"]",
        "Event Source Object|allowed_domains|/event_sources/0/allowed_domains|"
            + "[\"www.example.com\",\"shop.example.com\"]",
      })
  void aFieldIsSent(String table, String field, String at, String value) throws Exception {
    assertEquals(JSON.readTree(value), byId.at(at), byId.toString());
  }

  @ParameterizedTest(name = "Request Parameters · {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "account, by brand|/account/brand|{\"domain\":\"acme-corp.com\"}",
        "account, by operator|/account/operator|\"agency.example\"",
      })
  void anAccountIsSentByBrandAndOperatorToo(String field, String at, String value)
      throws Exception {
    assertEquals(JSON.readTree(value), byBrand.at(at), byBrand.toString());
  }

  static Stream<Arguments> read() {
    AdcpEventSourceResult source = results.get(0);
    EventSourceSetup setup = Objects.requireNonNull(source.setup());
    EventSourceHealth health = Objects.requireNonNull(source.health());
    EventSourceHealth.Detail detail = Objects.requireNonNull(health.detail());
    return Stream.of(
        Arguments.of("Response", "event_sources", results.size(), 2),
        Arguments.of("Response", "event_source_id", source.eventSourceId(), "web_pixel"),
        Arguments.of("Response", "name", source.name(), "Website Pixel"),
        Arguments.of("Response", "event_types", source.eventTypes(), List.of(EventType.PURCHASE)),
        Arguments.of(
            "Response", "allowed_domains", source.allowedDomains(), List.of("www.example.com")),
        Arguments.of("Response", "seller_id", source.sellerId(), "px_abc123"),
        Arguments.of("Response", "action", source.action(), AdcpEventSourceResult.Action.CREATED),
        Arguments.of(
            "Response",
            "action_source",
            Objects.requireNonNull(source.actionSource()).value(),
            "website"),
        Arguments.of(
            "Response", "managed_by", source.managedBy(), AdcpEventSourceResult.Manager.BUYER),
        Arguments.of("Response", "setup.snippet", setup.snippet(), "<script></script>"),
        Arguments.of(
            "Response",
            "setup.snippet_type",
            setup.snippetType(),
            EventSourceSetup.SnippetType.JAVASCRIPT),
        Arguments.of(
            "Response", "setup.instructions", setup.instructions(), "Place it in the head."),
        Arguments.of(
            "Response",
            "errors of a source",
            results.get(1).errors().get(0).message(),
            "no such type"),
        Arguments.of("Health", "status", health.status(), EventSourceHealth.Status.GOOD),
        Arguments.of("Health", "detail.score", detail.score(), 7.2),
        Arguments.of("Health", "detail.max_score", detail.maxScore(), 10.0),
        Arguments.of("Health", "detail.label", detail.label(), "Event Match Quality"),
        Arguments.of("Health", "match_rate", health.matchRate(), 0.72),
        Arguments.of(
            "Health",
            "last_event_at",
            health.lastEventAt(),
            OffsetDateTime.parse("2026-03-23T14:22:00Z")),
        Arguments.of(
            "Health",
            "evaluated_at",
            health.evaluatedAt(),
            OffsetDateTime.parse("2026-03-23T14:30:00Z")),
        Arguments.of("Health", "events_received_24h", health.eventsReceived24h(), 14_200L),
        Arguments.of(
            "Health",
            "issues",
            health.issues(),
            List.of(
                new EventSourceHealth.Issue(
                    EventSourceHealth.Severity.WARNING, "Missing hashed_email"))));
  }

  @ParameterizedTest(name = "{0} · {1}")
  @MethodSource("read")
  void aFieldIsRead(String table, String field, Object found, Object expected) {
    assertEquals(expected, found);
  }

  private static AdcpEventSourceResult only(String members) throws Exception {
    String source = "{\"event_source_id\":\"a\",\"action\":\"unchanged\"," + members + "}";
    try (ScriptedAgent agent =
            new ScriptedAgent(message -> result("{\"event_sources\":[" + source + "]}"));
        McpTransport transport = McpTransportTest.builder(agent.url()).build()) {
      return transport.client().discoverEventSources().get(0);
    }
  }

  @ParameterizedTest(name = "Setup Instructions · snippet_type {0}")
  @ValueSource(strings = {"javascript", "html", "pixel_url", "server_only"})
  void aTypeOfSnippetIsItsWord(String word) throws Exception {
    EventSourceSetup setup = only("\"setup\":{\"snippet_type\":\"" + word + "\"}").setup();
    assertEquals(
        EventSourceSetup.SnippetType.valueOf(word.toUpperCase(Locale.ROOT)),
        Objects.requireNonNull(setup).snippetType());
  }

  @ParameterizedTest(name = "Health · status {0}")
  @ValueSource(strings = {"insufficient", "minimum", "good", "excellent"})
  void aLevelOfHealthIsItsWord(String word) throws Exception {
    EventSourceHealth health = only("\"health\":{\"status\":\"" + word + "\"}").health();
    assertEquals(
        EventSourceHealth.Status.valueOf(word.toUpperCase(Locale.ROOT)),
        Objects.requireNonNull(health).status());
  }

  @ParameterizedTest(name = "Error Handling · {0}")
  @CsvSource({
    "ACCOUNT_NOT_FOUND,TERMINAL",
    "INVALID_EVENT_TYPE,CORRECTABLE",
    "DUPLICATE_EVENT_SOURCE_ID,CORRECTABLE",
    "RATE_LIMITED,TRANSIENT",
  })
  void anErrorOfTheCallHasItsCode(String code, Recovery recovery) throws Exception {
    try (ScriptedAgent agent =
            new ScriptedAgent(message -> adcpError("\"code\":\"" + code + "\",\"message\":\"m\""));
        McpTransport transport = McpTransportTest.builder(agent.url()).build()) {
      AdcpException failure =
          assertThrows(AdcpException.class, () -> transport.client().discoverEventSources());
      assertEquals(code, failure.code());
      assertEquals(recovery, failure.recovery());
    }
  }
}
