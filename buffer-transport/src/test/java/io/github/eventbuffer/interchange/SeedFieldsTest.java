package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.FieldMapping;
import io.github.eventbuffer.FieldMapping.Field;
import io.github.eventbuffer.UserMatch;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every field that the tables of the endpoint's pages name: where it stands in what is sent, and
 * what is read of it. Each row names the page, its table and the field. The pages are: event
 * sources (event-sources/sync), reference (log-event, from its OpenAPI), audiences
 * (audiences/sync), guide (log-event).
 */
class SeedFieldsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMAIL =
      "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
  private static final String PHONE =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  @TempDir static Path root;

  private static RestServer.Request sources;
  private static List<EventSourceResult> sourceResults;
  private static RestServer.Request events;
  private static Delivered delivered;
  private static RestServer.Request audiences;
  private static AudienceSync audienceSync;

  @BeforeAll
  static void sendAll() throws Exception {
    try (RestServer server = new RestServer(SeedFieldsTest::answer);
        InterchangeTransport transport = server.transport().build()) {
      syncSources(transport.client());
      syncAudiences(transport.client());
      logEvents(transport);
      // What the buffer makes of an answer is its own; what is read of it the transport says.
      delivered =
          (Delivered)
              transport
                  .deliver(TestBatch.of(2, "[{\"event_id\":\"a\"},{\"event_id\":\"b\"}]"))
                  .toCompletableFuture()
                  .get(30, TimeUnit.SECONDS);
      sources = of(server, "/event-sources/sync");
      audiences = of(server, "/audiences/sync");
      events = of(server, "/log-event");
    }
  }

  private static RestServer.Request of(RestServer server, String end) {
    return server.requests.stream()
        .filter(request -> request.path().endsWith(end))
        .findFirst()
        .orElseThrow();
  }

  private static RestServer.Answer answer(RestServer.Request request) {
    if (request.path().endsWith("/event-sources/sync")) {
      return RestServer.Answer.of(
          200,
          "{\"event_sources\":[{\"event_source_id\":\"hightouch_purchase\",\"action\":\"created\"},"
              + "{\"event_source_id\":\"bad\",\"action\":\"failed\",\"error\":\"no such type\"}]}");
    }
    if (request.path().endsWith("/audiences/sync")) {
      return RestServer.Answer.of(
          202, "{\"success\":true,\"accountId\":\"25\",\"operationId\":\"t\",\"taskId\":\"t\"}");
    }
    return RestServer.Answer.of(
        200,
        "{\"events_received\":2,\"events_processed\":1,\"warnings\":[\"low match quality\"],"
            + "\"match_quality\":0.87,\"partial_failures\":[{\"event_id\":\"b\",\"code\":"
            + "\"INVALID_HASH\",\"message\":\"not hex\"}]}");
  }

  private static void syncSources(InterchangeClient client) {
    FieldMapping mapping =
        FieldMapping.none()
            .with(Field.EVENT_ID, "id")
            .with(Field.EVENT_TYPE, "type")
            .with(Field.EVENT_TIME, "occurred_at")
            .with(Field.VALUE, "revenue")
            .with(Field.CURRENCY, "cur")
            .with(Field.ORDER_ID, "order")
            .with(Field.CONTENT_IDS, "skus")
            .with(Field.CONSENT, "consent_status")
            .userMatchFields("email_sha256", "sc3clid")
            .dedupeStrategy("The primary key.")
            .notes("Nightly.");
    sourceResults =
        client
            .eventSources()
            .sync(
                "12345",
                List.of(
                    EventSource.builder("hightouch_purchase")
                        .name("Hightouch Purchase Sync")
                        .eventTypes(EventType.PURCHASE, EventType.REFUND)
                        .allowedDomains("shop.example.com")
                        .integrationPlatform("Hightouch")
                        .mapping(mapping)
                        .testEventCode("TEST-HIGHTOUCH")
                        .build()),
                true);
  }

  private static void syncAudiences(InterchangeClient client) {
    UserMatch user = UserMatch.hashedEmail(EMAIL).hashedPhone(PHONE).uid("uid2", "u").build();
    audienceSync =
        client
            .audiences()
            .deleteMissing(true)
            .pushNotification(
                new PushNotification(URI.create("https://shop.example.com/hook"), null, null))
            .sync(
                "25",
                List.of(
                    Audience.of("loyalty")
                        .name("Loyalty members")
                        .consentBasis(ConsentBasis.CONSENT)
                        .add(List.of(AudienceMember.of("cust_8841", user)).iterator())
                        .remove(List.of("cust_2210")),
                    Audience.of("old").delete()));
  }

  private static void logEvents(InterchangeTransport transport) throws Exception {
    UserMatch user =
        UserMatch.hashedEmail(EMAIL)
            .hashedPhone(PHONE)
            .uid("rampid", "XY1")
            .clickId("fbclid", "fb.1.17")
            .clientIp("203.0.113.7")
            .clientUserAgent("Mozilla/5.0")
            .build();
    CustomData data =
        CustomData.builder()
            .value("89.99", "USD")
            .orderId("order_55512")
            .contentIds("sku_red_shoe_42")
            .contentType("product")
            .numItems(1)
            .content(ContentItem.of("sku_1").quantity(2).price("44.995").brand("Acme"))
            .build();
    ConversionEvent purchase =
        ConversionEvent.purchase("txn_abc123", OffsetDateTime.parse("2026-04-26T14:30:00-05:00"))
            .actionSource(ActionSource.WEBSITE)
            .source(URI.create("https://shop.example.com/done"))
            .user(user)
            .customData(data)
            .build();
    ConversionEvent custom =
        ConversionEvent.custom(
                "b", "qualified_demo_booked", OffsetDateTime.parse("2026-04-26T15:05:00Z"))
            .actionSource(ActionSource.APP)
            .user(UserMatch.hashedEmail(EMAIL))
            .build();
    Destination to = Destination.of("12345", "website_pixel").testEventCode("TEST-1");
    try (EventBuffer buffer =
        EventBuffer.builder(root.resolve("events")).destination(to).transport(transport).open()) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(purchase));
      assertEquals(AppendResult.ACCEPTED, buffer.append(custom));
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
    }
  }

  @ParameterizedTest(name = "{0} · {1} · {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "event sources|Parameters|account|/account|{\"account_id\":\"12345\"}",
        "event sources|Parameters|account.account_id|/account/account_id|\"12345\"",
        "event sources|Parameters|event_source_id|/event_sources/0/event_source_id|"
            + "\"hightouch_purchase\"",
        "event sources|Parameters|name|/event_sources/0/name|\"Hightouch Purchase Sync\"",
        "event sources|Parameters|event_types|/event_sources/0/event_types|"
            + "[\"purchase\",\"refund\"]",
        "event sources|Parameters|allowed_domains|/event_sources/0/allowed_domains|"
            + "[\"shop.example.com\"]",
        "event sources|Parameters|integration_platform|/event_sources/0/integration_platform|"
            + "\"Hightouch\"",
        "event sources|Parameters|event_id_field|/event_sources/0/mapping/event_id_field|\"id\"",
        "event sources|Parameters|event_type_field|/event_sources/0/mapping/event_type_field|"
            + "\"type\"",
        "event sources|Parameters|event_time_field|/event_sources/0/mapping/event_time_field|"
            + "\"occurred_at\"",
        "event sources|Parameters|user_match_fields|/event_sources/0/mapping/user_match_fields|"
            + "[\"email_sha256\",\"sc3clid\"]",
        "event sources|Parameters|value_field|/event_sources/0/mapping/value_field|\"revenue\"",
        "event sources|Parameters|currency_field|/event_sources/0/mapping/currency_field|\"cur\"",
        "event sources|Parameters|order_id_field|/event_sources/0/mapping/order_id_field|"
            + "\"order\"",
        "event sources|Parameters|content_ids_field|/event_sources/0/mapping/content_ids_field|"
            + "\"skus\"",
        "event sources|Parameters|consent_field|/event_sources/0/mapping/consent_field|"
            + "\"consent_status\"",
        "event sources|Parameters|dedupe_strategy|/event_sources/0/mapping/dedupe_strategy|"
            + "\"The primary key.\"",
        "event sources|Parameters|notes|/event_sources/0/mapping/notes|\"Nightly.\"",
        "event sources|Parameters|test_event_code|/event_sources/0/test_event_code|"
            + "\"TEST-HIGHTOUCH\"",
        "event sources|Parameters|delete_missing|/delete_missing|true",
      })
  void aFieldOfASourceIsSent(String page, String table, String field, String at, String value)
      throws Exception {
    assertSent(sources, at, value);
  }

  @ParameterizedTest(name = "{0} · {1} · {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "audiences|Parameters|audienceId|/audiences/0/audienceId|\"loyalty\"",
        "audiences|Parameters|name|/audiences/0/name|\"Loyalty members\"",
        "audiences|Parameters|consentBasis|/audiences/0/consentBasis|\"consent\"",
        "audiences|Parameters|add.externalId|/audiences/0/add/0/externalId|\"cust_8841\"",
        "audiences|Parameters|add.hashedEmail|/audiences/0/add/0/hashedEmail|\"" + EMAIL + "\"",
        "audiences|Parameters|add.hashedPhone|/audiences/0/add/0/hashedPhone|\"" + PHONE + "\"",
        "audiences|Parameters|add.uids|/audiences/0/add/0/uids|"
            + "[{\"type\":\"uid2\",\"value\":\"u\"}]",
        "audiences|Parameters|remove|/audiences/0/remove|[{\"externalId\":\"cust_2210\"}]",
        "audiences|Parameters|delete|/audiences/1/delete|true",
        "audiences|Parameters|deleteMissing|/deleteMissing|true",
        "audiences|Parameters|pushNotificationConfig|/pushNotificationConfig|"
            + "{\"url\":\"https://shop.example.com/hook\"}",
      })
  void aFieldOfAnAudienceIsSent(String page, String table, String field, String at, String value)
      throws Exception {
    assertSent(audiences, at, value);
  }

  /** The reference's body and the guide's tables name the same fields, but for the conditions. */
  @ParameterizedTest(name = "{0} · {1} · {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "reference, guide|Body, Top-level|event_source_id|/event_source_id|\"website_pixel\"",
        "reference, guide|Body, Top-level|test_event_code|/test_event_code|\"TEST-1\"",
        "reference, guide|events, Per-event|event_id|/events/0/event_id|\"txn_abc123\"",
        "reference, guide|events, Per-event|event_type|/events/0/event_type|\"purchase\"",
        "reference, guide|events, Per-event|event_time|/events/0/event_time|"
            + "\"2026-04-26T14:30:00-05:00\"",
        "reference, guide|events, Per-event|action_source|/events/0/action_source|\"website\"",
        "reference, guide|events, Per-event|event_source_url|/events/0/event_source_url|"
            + "\"https://shop.example.com/done\"",
        "reference, guide|events, Per-event|event_type custom|/events/1/event_type|\"custom\"",
        "reference, guide|events, Per-event|custom_event_name|/events/1/custom_event_name|"
            + "\"qualified_demo_booked\"",
        "reference, guide|user_match|uids|/events/0/user_match/uids|"
            + "[{\"type\":\"rampid\",\"value\":\"XY1\"}]",
        "reference, guide|user_match|hashed_email|/events/0/user_match/hashed_email|\""
            + EMAIL
            + "\"",
        "reference, guide|user_match|hashed_phone|/events/0/user_match/hashed_phone|\""
            + PHONE
            + "\"",
        "reference, guide|user_match|click_id|/events/0/user_match/click_id|\"fb.1.17\"",
        "reference, guide|user_match|click_id_type|/events/0/user_match/click_id_type|\"fbclid\"",
        "reference, guide|user_match|client_ip|/events/0/user_match/client_ip|\"203.0.113.7\"",
        "reference, guide|user_match|client_user_agent|/events/0/user_match/client_user_agent|"
            + "\"Mozilla/5.0\"",
        "reference, guide|custom_data|value|/events/0/custom_data/value|89.99",
        "reference, guide|custom_data|currency|/events/0/custom_data/currency|\"USD\"",
        "reference, guide|custom_data|order_id|/events/0/custom_data/order_id|\"order_55512\"",
        "reference, guide|custom_data|content_ids|/events/0/custom_data/content_ids|"
            + "[\"sku_red_shoe_42\"]",
        "reference, guide|custom_data|content_type|/events/0/custom_data/content_type|\"product\"",
        "reference, guide|custom_data|num_items|/events/0/custom_data/num_items|1",
        "reference, guide|custom_data|contents.id|/events/0/custom_data/contents/0/id|\"sku_1\"",
        "reference, guide|custom_data|contents.quantity|/events/0/custom_data/contents/0/quantity"
            + "|2",
        "reference, guide|custom_data|contents.price|/events/0/custom_data/contents/0/price|44.995",
        "reference, guide|custom_data|contents.brand|/events/0/custom_data/contents/0/brand|"
            + "\"Acme\"",
      })
  void aFieldOfAnEventIsSent(String page, String table, String field, String at, String value)
      throws Exception {
    assertSent(events, at, value);
  }

  private static void assertSent(RestServer.Request request, String at, String value)
      throws Exception {
    JsonNode sent = request.body().at(at);
    assertEquals(JSON.readTree(value), sent, at + " of " + request.body());
  }

  static Stream<Arguments> others() {
    List<Arguments> rows = new ArrayList<>();
    rows.add(
        row(
            "event sources",
            "Parameters",
            "advertiserId",
            sources.path(),
            "/api/advertisers/12345/event-sources/sync"));
    rows.add(
        row(
            "audiences",
            "Parameters",
            "advertiserId",
            audiences.path(),
            "/api/advertisers/25/audiences/sync"));
    rows.add(
        row(
            "reference",
            "Path Parameters",
            "advertiserId",
            events.path(),
            "/api/advertisers/12345/log-event"));
    for (String page : List.of("event sources", "reference", "audiences", "guide")) {
      RestServer.Request request =
          page.equals("event sources") ? sources : page.equals("audiences") ? audiences : events;
      rows.add(
          row(
              page,
              "Authorizations",
              "Authorization",
              request.headers().get("Authorization"),
              List.of("Bearer scope3_key_of_a_test")));
    }
    EventSourceResult bad = sourceResults.get(1);
    rows.add(
        row(
            "event sources",
            "Response",
            "event_source_id",
            sourceResults.get(0).eventSourceId(),
            "hightouch_purchase"));
    rows.add(
        row(
            "event sources",
            "Response",
            "action",
            sourceResults.stream().map(EventSourceResult::action).toList(),
            List.of(EventSourceResult.Action.CREATED, EventSourceResult.Action.FAILED)));
    rows.add(row("event sources", "Response", "error", bad.error(), "no such type"));
    rows.add(row("audiences", "Response", "taskId", audienceSync.taskIds(), List.of("t")));
    for (String page : List.of("reference", "guide")) {
      // Another number than that of the events sent would be no delivery.
      rows.add(row(page, "Response", "events_received", delivered.getClass(), Delivered.class));
      rows.add(row(page, "Response", "events_processed", delivered.processed(), 1L));
      rows.add(
          row(page, "Response", "warnings", delivered.warnings(), List.of("low match quality")));
      rows.add(row(page, "Response", "match_quality", delivered.matchQuality(), 0.87));
      rows.add(
          row(
              page,
              "Response",
              "partial_failures.event_id",
              delivered.rejected().get(0).eventId(),
              "b"));
      rows.add(
          row(
              page,
              "Response",
              "partial_failures.code",
              delivered.rejected().get(0).code(),
              "INVALID_HASH"));
      rows.add(
          row(
              page,
              "Response",
              "partial_failures.message",
              delivered.rejected().get(0).message(),
              "not hex"));
    }
    return rows.stream();
  }

  private static Arguments row(
      String page, String table, String field, Object found, Object expected) {
    return Arguments.of(page, table, field, found, expected);
  }

  @ParameterizedTest(name = "{0} · {1} · {2}")
  @MethodSource("others")
  void aFieldOfTheHeadOrTheAnswerIsThere(
      String page, String table, String field, Object found, Object expected) {
    assertEquals(expected, found);
  }

  @ParameterizedTest(name = "audiences · Parameters · consentBasis {0}")
  @ValueSource(strings = {"consent", "legitimate_interest", "contract", "legal_obligation"})
  void aLawfulBasisIsItsWord(String word) throws Exception {
    ConsentBasis basis = ConsentBasis.valueOf(word.toUpperCase(Locale.ROOT));
    try (RestServer server = new RestServer(SeedFieldsTest::answer);
        InterchangeTransport transport = server.transport().build()) {
      transport.client().audiences().sync("25", List.of(Audience.of("a").consentBasis(basis)));
      assertSent(server.requests.get(0), "/audiences/0/consentBasis", '"' + word + '"');
    }
  }

  /** The answer names the same task twice; either will do. */
  @ParameterizedTest(name = "audiences · Response · {0}")
  @ValueSource(strings = {"taskId", "operationId"})
  void aTaskIsReadByEitherName(String name) throws Exception {
    try (RestServer server =
            new RestServer(request -> RestServer.Answer.of(202, "{\"" + name + "\":\"t-9\"}"));
        InterchangeTransport transport = server.transport().build()) {
      assertEquals(
          List.of("t-9"),
          transport.client().audiences().sync("25", List.of(Audience.of("a"))).taskIds());
    }
  }
}
