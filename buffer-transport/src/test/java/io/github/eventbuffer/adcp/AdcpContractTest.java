package io.github.eventbuffer.adcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.interchange.TestBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** What is sent is valid by AdCP's own schemas, and what is valid by them is understood. */
class AdcpContractTest {
  private static final String SYNC = "media-buy/sync-event-sources-request.json";
  private static final String SYNCED = "media-buy/sync-event-sources-response.json";
  static final String AUDIENCES = "media-buy/sync-audiences-request.json";
  private static final String AUDIENCES_SYNCED = "media-buy/sync-audiences-response.json";
  private static final String LOG = "media-buy/log-event-request.json";
  private static final String LOGGED = "media-buy/log-event-response.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ScriptedAgent agent;

  @BeforeContainer
  static void start() throws Exception {
    agent = new ScriptedAgent(message -> last(answer(message)));
  }

  private static ScriptedAgent.Reply answer(ScriptedAgent.Message message) {
    return switch (message.tool()) {
      case "log_event" -> ScriptedAgent.taken(message);
      case "sync_event_sources" -> ScriptedAgent.result("{\"event_sources\":[]}");
      case "sync_audiences" -> ScriptedAgent.result("{\"audiences\":[]}");
      default -> ScriptedAgent.result(ScriptedAgent.CAPABILITIES);
    };
  }

  /**
   * On a connection that ends with it: on JDK 17 those of a closed transport stay open, each try
   * has one, and beyond 200 idle ones the JDK's server closes any under the next request.
   */
  private static ScriptedAgent.Reply last(ScriptedAgent.Reply reply) {
    return to -> {
      to.exchange().getResponseHeaders().set("Connection", "close");
      reply.write(to);
    };
  }

  @AfterContainer
  static void stop() {
    agent.close();
  }

  @Provide
  Arbitrary<AdcpAccount> accounts() {
    Arbitrary<String> label =
        Arbitraries.strings().withCharRange('a', 'z').numeric().ofMinLength(1).ofMaxLength(9);
    Arbitrary<String> domain =
        label.list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels));
    Arbitrary<String> id = Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(255);
    Arbitrary<String> brandId =
        Arbitraries.strings().withCharRange('a', 'z').withChars('_').ofMinLength(1).ofMaxLength(9);
    return Arbitraries.oneOf(
        id.map(AdcpAccount::id),
        Combinators.combine(domain, brandId.injectNull(0.5), domain, Arbitraries.of(true, false))
            .as(AdcpAccount.Brand::new));
  }

  @Provide
  Arbitrary<List<AdcpEventSource>> sources() {
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(50).filter(AdcpContractTest::isText);
    // The schema's own words: a source may well be asked for other ones, which a seller may refuse.
    Arbitrary<List<EventType>> types = Arbitraries.of(words(EventType.class)).list().ofMaxSize(5);
    Arbitrary<ActionSource> action = Arbitraries.of(words(ActionSource.class)).injectNull(0.5);
    return Combinators.combine(
            text.filter(id -> !id.isEmpty()),
            text.injectNull(0.3),
            types,
            text.list().ofMaxSize(3),
            action)
        .as(AdcpEventSource::new)
        .list()
        .uniqueElements(AdcpEventSource::eventSourceId)
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  private static boolean isText(String value) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(value);
  }

  private static <T> List<T> words(Class<T> type) {
    try {
      List<T> words = new ArrayList<>();
      String name = type == EventType.class ? "event-type" : "action-source";
      for (JsonNode word : AdcpSchemas.schema("enums/" + name + ".json").path("enum")) {
        words.add(
            type.cast(
                type == EventType.class
                    ? EventType.of(word.asText())
                    : ActionSource.of(word.asText())));
      }
      return words;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property(tries = 300, seed = "20261121")
  void aSyncIsValid(
      @ForAll("accounts") AdcpAccount account,
      @ForAll("sources") List<AdcpEventSource> sources,
      @ForAll boolean deleteMissing)
      throws Exception {
    try (McpTransport transport = McpTransportTest.builder(agent.url()).account(account).build()) {
      agent.messages.clear();
      transport.client().syncEventSources(sources, deleteMissing);
      JsonNode arguments = agent.messages.remove().arguments();
      assertEquals(List.of(), AdcpSchemas.violations(SYNC, arguments), arguments.toString());
      assertEquals(sources.size(), arguments.path("event_sources").size());
      assertEquals(deleteMissing, arguments.path("delete_missing").asBoolean());
      for (int i = 0; i < sources.size(); i++) {
        AdcpEventSource source = sources.get(i);
        JsonNode sent = arguments.path("event_sources").path(i);
        assertEquals(source.eventSourceId(), sent.path("event_source_id").textValue());
        assertEquals(source.name(), sent.path("name").textValue());
        assertEquals(source.eventTypes().isEmpty(), !sent.has("event_types"));
        assertEquals(source.allowedDomains().isEmpty(), !sent.has("allowed_domains"));
      }
      transport.client().discoverEventSources();
      JsonNode discovery = agent.messages.remove().arguments();
      assertEquals(List.of(), AdcpSchemas.violations(SYNC, discovery), discovery.toString());
      assertFalse(discovery.has("event_sources"));
    }
  }

  /** A member as it might be given, by the rules or not. */
  record Given(String id, @Nullable String email, @Nullable String phone, List<Uid> uids) {
    JsonNode json() {
      ObjectNode json = JSON.createObjectNode().put("external_id", id);
      if (email != null) {
        json.put("hashed_email", email);
      }
      if (phone != null) {
        json.put("hashed_phone", phone);
      }
      uids.forEach(
          uid ->
              json.withArray("uids").addObject().put("type", uid.type()).put("value", uid.value()));
      return json;
    }

    AdcpAudienceMember member() {
      return new AdcpAudienceMember(id, email, phone, uids);
    }

    boolean isRefused() {
      try {
        member();
        return false;
      } catch (IllegalArgumentException e) {
        return true;
      }
    }
  }

  @Provide
  Arbitrary<Given> members() throws IOException {
    List<String> types = new ArrayList<>(List.of("my_own", "UID2", ""));
    AdcpSchemas.schema("enums/uid-type.json").path("enum").forEach(t -> types.add(t.asText()));
    Arbitrary<String> good = Arbitraries.strings().withChars("0123456789abcdef").ofLength(64);
    Arbitrary<String> hash =
        Arbitraries.oneOf(
                good, good, good, good.map(h -> h.toUpperCase(Locale.ROOT)), good.map(h -> h + "0"))
            .injectNull(0.4);
    Arbitrary<Uid> uid =
        Combinators.combine(Arbitraries.of(types), Arbitraries.strings().alpha().ofMaxLength(9))
            .as(Uid::new);
    Arbitrary<String> id = Arbitraries.strings().ofMaxLength(20).filter(AdcpContractTest::isText);
    return Combinators.combine(id, hash, hash, uid.list().ofMaxSize(2)).as(Given::new);
  }

  @Property(tries = 2_000, seed = "20261121")
  void aMemberThatTheSchemaRefusesIsRefused(@ForAll("members") Given given) {
    if (!AdcpSchemas.violations("core/audience-member.json", given.json()).isEmpty()) {
      assertTrue(given.isRefused(), given.toString());
    } else if (!given.isRefused()) {
      assertEquals(given.json(), JSON.valueToTree(given.member().members()));
    }
  }

  @Provide
  Arbitrary<AdcpAudience> audiences() throws IOException {
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(50).filter(AdcpContractTest::isText);
    Arbitrary<List<AdcpAudienceMember>> members =
        members().filter(given -> !given.isRefused()).map(Given::member).list().ofMaxSize(5);
    Arbitrary<AdcpAudience> described =
        Combinators.combine(
                text.filter(id -> !id.isEmpty()),
                text.injectNull(0.5),
                text.injectNull(0.5),
                Arbitraries.of(AdcpAudience.Type.class).injectNull(0.5),
                text.filter(tag -> !tag.isEmpty()).list().uniqueElements().ofMaxSize(3),
                Arbitraries.of(AdcpAudience.ConsentBasis.class).injectNull(0.5))
            .as(AdcpContractTest::audience);
    return Combinators.combine(described, members, members, Arbitraries.of(true, false, false))
        .as(
            (audience, add, remove, delete) -> {
              AdcpAudience whole = audience.add(add).remove(remove);
              return delete ? whole.delete() : whole;
            });
  }

  private static AdcpAudience audience(
      String id,
      @Nullable String name,
      @Nullable String description,
      AdcpAudience.@Nullable Type type,
      List<String> tags,
      AdcpAudience.@Nullable ConsentBasis basis) {
    AdcpAudience audience = AdcpAudience.of(id);
    audience = name == null ? audience : audience.name(name);
    audience = description == null ? audience : audience.description(description);
    audience = type == null ? audience : audience.type(type);
    audience = tags.isEmpty() ? audience : audience.tags(tags.toArray(new String[0]));
    return basis == null ? audience : audience.consentBasis(basis);
  }

  @Provide
  Arbitrary<List<AdcpAudience>> audienceLists() throws IOException {
    return audiences().list().uniqueElements(AdcpAudience::audienceId).ofMinSize(1).ofMaxSize(4);
  }

  @Property(tries = 300, seed = "20261121")
  void aSyncOfAudiencesIsValid(
      @ForAll("accounts") AdcpAccount account,
      @ForAll("audienceLists") List<AdcpAudience> audiences,
      @ForAll boolean deleteMissing,
      @ForAll @IntRange(min = 1, max = 12) int membersPerCall)
      throws Exception {
    try (McpTransport transport = McpTransportTest.builder(agent.url()).account(account).build()) {
      agent.messages.clear();
      AdcpAudienceSync sync =
          transport
              .client()
              .syncAudiences(
                  audiences, deleteMissing, "0123456789abcdef", soFar -> {}, membersPerCall);
      long members = 0;
      for (ScriptedAgent.Message message : agent.messages) {
        JsonNode sent = message.arguments();
        assertEquals(List.of(), AdcpSchemas.violations(AUDIENCES, sent), sent.toString());
        for (JsonNode audience : sent.path("audiences")) {
          members += audience.path("add").size() + audience.path("remove").size();
        }
      }
      assertEquals(sync.answers().size(), agent.messages.size());
      assertEquals(sync.added() + sync.removed(), members);
      JsonNode first = agent.messages.remove().arguments();
      assertEquals(audiences.size(), first.path("audiences").size());
      assertEquals(deleteMissing, first.path("delete_missing").asBoolean());
      agent.messages.clear();
      transport.client().discoverAudiences();
      JsonNode discovery = agent.messages.remove().arguments();
      assertEquals(List.of(), AdcpSchemas.violations(AUDIENCES, discovery), discovery.toString());
    }
  }

  @Property(tries = 300, seed = "20261121")
  void aBatchIsValid(
      @ForAll @IntRange(min = 1, max = 20) int count,
      @ForAll @StringLength(min = 1, max = 256) String source,
      @ForAll @StringLength(max = 256) String testCode)
      throws Exception {
    if (!isText(source) || !isText(testCode)) {
      return;
    }
    String event =
        "{\"event_id\":\"%d\",\"event_type\":\"purchase\",\"event_time\":\"2026-04-26T14:30:00Z\","
            + "\"user_match\":{\"click_id\":\"c\",\"click_id_type\":\"fbclid\"}}";
    String events =
        "["
            + String.join(
                ",", IntStream.range(0, count).mapToObj(i -> String.format(event, i)).toList())
            + "]";
    Destination to = new Destination("1", source, testCode.isEmpty() ? null : testCode);
    try (McpTransport transport = McpTransportTest.builder(agent.url()).build()) {
      agent.messages.clear();
      assertEquals(
          Delivered.all(count),
          McpTransportTest.deliver(transport, TestBatch.of(count, events).to(to)));
      JsonNode arguments = agent.calls("log_event").get(0).arguments();
      assertEquals(List.of(), AdcpSchemas.violations(LOG, arguments), arguments.toString());
      assertEquals(source, arguments.path("event_source_id").textValue());
      assertEquals(to.testEventCode(), arguments.path("test_event_code").textValue());
      assertEquals(JSON.readTree(events), arguments.path("events"));
    }
  }

  /** A validator that takes everything would prove nothing. */
  @Example
  void theSchemasRefuseWhatBreaksThem() throws Exception {
    String valid =
        "{\"idempotency_key\":\"0123456789abcdef\",\"account\":{\"account_id\":\"a\"},"
            + "\"event_sources\":[{\"event_source_id\":\"a\",\"event_types\":[\"purchase\"]}]}";
    assertEquals(List.of(), AdcpSchemas.violations(SYNC, JSON.readTree(valid)));
    for (Map.Entry<String, String> breakage :
        Map.of(
                "0123456789abcdef", "short",
                "{\"account_id\":\"a\"}", "{\"account_id\":\"a\",\"operator\":\"b.c\"}",
                "[\"purchase\"]", "[]",
                "\"purchase\"", "\"bogus\"",
                "\"event_source_id\":\"a\",", "")
            .entrySet()) {
      String broken = valid.replace(breakage.getKey(), breakage.getValue());
      assertFalse(AdcpSchemas.violations(SYNC, JSON.readTree(broken)).isEmpty(), broken);
    }
  }

  @Example
  void theSchemaOfAudiencesRefusesWhatBreaksIt() throws Exception {
    String hash = "0123456789abcdef".repeat(4);
    String valid =
        "{\"idempotency_key\":\"0123456789abcdef\",\"account\":{\"account_id\":\"a\"},"
            + "\"audiences\":[{\"audience_id\":\"a\",\"audience_type\":\"crm\",\"tags\":[\"t\"],"
            + "\"consent_basis\":\"consent\",\"add\":[{\"external_id\":\"e\",\"hashed_email\":\""
            + hash
            + "\"}]}],\"delete_missing\":true}";
    assertEquals(List.of(), AdcpSchemas.violations(AUDIENCES, JSON.readTree(valid)));
    for (Map.Entry<String, String> breakage :
        Map.of(
                "\"0123456789abcdef\"",
                "\"short\"",
                "\"audiences\"",
                "\"missing\"",
                "\"audience_id\":\"a\",",
                "",
                "\"crm\"",
                "\"other\"",
                "[\"t\"]",
                "[\"t\",\"t\"]",
                "\"consent\"",
                "\"none\"",
                "\"external_id\":\"e\",",
                "",
                "hashed_email",
                "email",
                hash,
                hash + "0")
            .entrySet()) {
      String broken = valid.replace(breakage.getKey(), breakage.getValue());
      assertFalse(AdcpSchemas.violations(AUDIENCES, JSON.readTree(broken)).isEmpty(), broken);
    }
  }

  /** Else the tests would hold the library to a seller of our own invention. */
  @Example
  void whatTheScriptedAgentSaysIsValid() throws Exception {
    assertEquals(List.of(), AdcpSchemas.violations(LOGGED, JSON.readTree(ScriptedAgent.counts(3))));
    String synced =
        "{\"status\":\"completed\",\"event_sources\":[{\"event_source_id\":\"web_pixel\",\"action\":"
            + "\"unchanged\",\"managed_by\":\"buyer\",\"health\":{\"status\":\"good\",\"issues\":[]}}]}";
    assertEquals(List.of(), AdcpSchemas.violations(SYNCED, JSON.readTree(synced)));
    String both = synced.replace("\"status\":\"completed\"", "\"errors\":[]");
    assertFalse(AdcpSchemas.violations(SYNCED, JSON.readTree(both)).isEmpty());
    for (String answer : List.of(AdcpAudiencesTest.ANSWERED, AdcpAudiencesTest.SUBMITTED)) {
      assertEquals(List.of(), AdcpSchemas.violations(AUDIENCES_SYNCED, JSON.readTree(answer)));
    }
    String done = AdcpAudiencesTest.ANSWERED.replace("completed", "submitted");
    assertFalse(AdcpSchemas.violations(AUDIENCES_SYNCED, JSON.readTree(done)).isEmpty());
  }

  @Example
  void everyCodeOfTheVocabularyHasItsRecovery() throws Exception {
    JsonNode vocabulary = AdcpSchemas.schema("enums/error-code.json");
    int codes = 0;
    for (JsonNode code : vocabulary.path("enum")) {
      JsonNode said = vocabulary.path("enumMetadata").path(code.asText()).path("recovery");
      assertTrue(said.isTextual(), code.asText());
      assertEquals(Recovery.of("", said.asText()), Recovery.of(code.asText(), null), code.asText());
      codes++;
    }
    assertTrue(codes > 80, "codes: " + codes);
  }
}
