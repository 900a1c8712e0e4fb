package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.ScriptedAgent.adcpError;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;
import static io.github.eventbuffer.adcp.ScriptedAgent.toolError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.adcp.AdcpAudience.ConsentBasis;
import io.github.eventbuffer.adcp.AdcpAudienceResult.Match;
import io.github.eventbuffer.adcp.AdcpAudienceResult.Status;
import io.github.eventbuffer.adcp.AdcpAudienceSync.Done;
import io.github.eventbuffer.adcp.AdcpAudienceSync.Submitted;
import io.github.eventbuffer.adcp.AdcpEventSourceResult.Action;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sync_audiences}: what is sent, and what each answer comes to. */
class AdcpAudiencesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "a_key.of:16-char";
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String NONE = "{\"status\":\"completed\",\"audiences\":[]}";

  private interface Use<R> {
    R of(AdcpClient client) throws Exception;
  }

  private static <R> R using(ScriptedAgent agent, Use<R> use) throws Exception {
    try (McpTransport transport = McpTransportTest.builder(agent.url()).build()) {
      return use.of(transport.client());
    }
  }

  private static AdcpAudienceSync synced(ScriptedAgent.Reply reply) throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> reply)) {
      return using(agent, client -> client.syncAudiences(List.of(AdcpAudience.of("vip")), false));
    }
  }

  private static AdcpAudienceMember member(int number) {
    return new AdcpAudienceMember("cust_" + number, HASH, null, List.of());
  }

  private static List<AdcpAudienceMember> members(int from, int to) {
    return IntStream.range(from, to).mapToObj(AdcpAudiencesTest::member).toList();
  }

  @Test
  void aSyncSaysWhatItWasGivenAndLeavesOutTheRest() throws Exception {
    UserMatch user =
        UserMatch.email(" Alice@Example.com ")
            .phone("+12065551234")
            .uid("uid2", "value")
            .clickId("fbclid", "left out")
            .build();
    try (ScriptedAgent agent = new ScriptedAgent(message -> result(NONE))) {
      AdcpAudienceSync sync =
          using(
              agent,
              client ->
                  client.syncAudiences(
                      List.of(
                          AdcpAudience.of("vip")
                              .name("VIP")
                              .description("Who bought twice")
                              .type(AdcpAudience.Type.LOOKALIKE_SEED)
                              .tags("holiday_2026", "high_ltv")
                              .consentBasis(ConsentBasis.LEGITIMATE_INTEREST)
                              .add(List.of(AdcpAudienceMember.of("cust_1", user)))
                              .remove(List.of(member(2))),
                          AdcpAudience.of("bare"),
                          AdcpAudience.of("gone").name("n").add(members(0, 3)).delete()),
                      true,
                      KEY,
                      progress -> {}));
      assertEquals(new AdcpAudienceSync(List.of(new Done(List.of(), false)), 1, 1, 0), sync);
      assertEquals(
          JSON.readTree(
              """
              {"adcp_major_version": 3, "idempotency_key": "a_key.of:16-char",
               "account": {"brand": {"domain": "acme-corp.com"}, "operator": "agency.example"},
               "audiences": [
                {"audience_id": "vip", "name": "VIP", "description": "Who bought twice",
                 "audience_type": "lookalike_seed", "tags": ["holiday_2026", "high_ltv"],
                 "consent_basis": "legitimate_interest",
                 "add": [{"external_id": "cust_1",
                  "hashed_email": "ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976",
                  "hashed_phone": "f48869b8f9aa60d5eb6147b2130ae29eae6e2d6877dbb9eb9448ce04fe90e3ca",
                  "uids": [{"type": "uid2", "value": "value"}]}],
                 "remove": [{"external_id": "cust_2", "hashed_email": "%s"}]},
                {"audience_id": "bare"},
                {"audience_id": "gone", "delete": true}],
               "delete_missing": true}
              """
                  .formatted(HASH)),
          agent.calls("sync_audiences").get(0).arguments());
      assertFalse(AdcpAudienceMember.of("cust_1", user).toString().contains("cust_1"));
    }
  }

  @Test
  void discoveryAsksForNothing() throws Exception {
    try (ScriptedAgent agent =
        new ScriptedAgent(
            message ->
                result("{\"audiences\":[{\"audience_id\":\"a\",\"action\":\"unchanged\"}]}"))) {
      Done found = assertInstanceOf(Done.class, using(agent, AdcpClient::discoverAudiences));
      assertEquals("a", found.audiences().get(0).audienceId());
      JsonNode arguments = agent.messages.remove().arguments();
      assertEquals(
          List.of("adcp_major_version", "idempotency_key", "account"),
          arguments.properties().stream().map(java.util.Map.Entry::getKey).toList());
    }
  }

  /** Every field of the schema's first shape, and words that it does not have. */
  static final String ANSWERED =
      """
      {"status": "completed", "sandbox": true, "audiences": [
        {"audience_id": "vip", "name": "VIP", "seller_id": "aud_1", "action": "updated",
         "status": "ready", "uploaded_count": 3, "total_uploaded_count": 9000000000,
         "matched_count": 2000, "effective_match_rate": 0.5, "match_breakdown": [
          {"id_type": "hashed_email", "submitted": 7, "matched": 5, "match_rate": 0.71}],
         "last_synced_at": "2026-03-23T14:22:00Z", "minimum_size": 1000},
        {"audience_id": "gone", "action": "deleted"},
        {"audience_id": "bad", "action": "failed", "errors": [{"code": "AUDIENCE_TOO_SMALL",
          "message": "m", "field": "audiences[2].add", "suggestion": "s"}]}]}
      """;

  @Test
  void aResultHasAllThatTheSchemaNames() throws Exception {
    AdcpAudienceSync sync = synced(result(ANSWERED));
    AdcpError error =
        new AdcpError(
            "AUDIENCE_TOO_SMALL",
            "m",
            "audiences[2].add",
            "s",
            null,
            Recovery.CORRECTABLE,
            List.of());
    assertTrue(((Done) sync.answers().get(0)).sandbox());
    assertEquals(List.of(), sync.submitted());
    assertEquals(
        List.of(
            new AdcpAudienceResult(
                "vip",
                Action.UPDATED,
                "VIP",
                "aud_1",
                Status.READY,
                3L,
                9_000_000_000L,
                2_000L,
                0.5,
                List.of(new Match("hashed_email", 7, 5, 0.71)),
                OffsetDateTime.parse("2026-03-23T14:22:00Z"),
                1_000L,
                List.of()),
            bare("gone", Action.DELETED, null, List.of()),
            bare("bad", Action.FAILED, null, List.of(error))),
        sync.results());
    // One that failed hides none of the others.
    assertEquals(
        List.of("bad"), sync.failed().stream().map(AdcpAudienceResult::audienceId).toList());
  }

  private static AdcpAudienceResult bare(
      String id, Action action, @Nullable Status status, List<AdcpError> errors) {
    return new AdcpAudienceResult(
        id, action, null, null, status, null, null, null, null, List.of(), null, null, errors);
  }

  @ParameterizedTest
  @ValueSource(strings = {"processing", "ready", "too_small", "suspended", "unknown"})
  void aStatusIsItsWord(String word) throws Exception {
    String audience = "{\"audiences\":[{\"audience_id\":\"a\",\"action\":\"created\",\"status\":\"";
    assertEquals(
        Status.valueOf(word.toUpperCase(Locale.ROOT)),
        synced(result(audience + word + "\"}]}")).results().get(0).status());
  }

  @Test
  void whatNobodyKnowsIsLeftOut() throws Exception {
    assertEquals(
        List.of(bare("odd", Action.UNKNOWN, Status.UNKNOWN, List.of())),
        synced(
                result(
                    "{\"audiences\":[{\"audience_id\":\"odd\",\"action\":\"frozen\",\"status\":\"x\","
                        + "\"uploaded_count\":\"3\",\"matched_count\":1.5,\"last_synced_at\":\"x\","
                        + "\"effective_match_rate\":\"high\",\"match_breakdown\":[{\"id_type\":"
                        + "\"maid\"},1],\"minimum_size\":null}]}"))
            .results());
  }

  static final String SUBMITTED =
      "{\"status\":\"submitted\",\"task_id\":\"task_1\",\"message\":\"Some\\u0007 time\",\"errors\":"
          + "[{\"code\":\"SLOW_DAY\",\"message\":\"m\"}]}";

  @Test
  void aCallThatWaitsInLineIsNoSuccessAndNoFailure() throws Exception {
    AdcpAudienceSync sync = synced(result(SUBMITTED));
    assertEquals(List.of(), sync.results());
    Submitted submitted = sync.submitted().get(0);
    assertEquals("task_1", submitted.taskId());
    assertEquals("Some time", submitted.message());
    assertEquals(List.of("SLOW_DAY"), submitted.remarks().stream().map(AdcpError::code).toList());
    Submitted terse =
        synced(result("{\"status\":\"submitted\",\"task_id\":\"t\"}")).submitted().get(0);
    assertNull(terse.message());
    assertEquals(List.of(), terse.remarks());
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of("ACCOUNT_NOT_FOUND", false, adcpError("\"code\":\"ACCOUNT_NOT_FOUND\"")),
        Arguments.of(
            "AUTH_REQUIRED",
            false,
            result("{\"status\":\"failed\",\"errors\":[{\"code\":\"AUTH_REQUIRED\"}]}")),
        Arguments.of("RATE_LIMITED", true, adcpError("\"code\":\"RATE_LIMITED\"")),
        Arguments.of("HTTP_403", false, http(403, "", "")),
        // Neither, or more than one, of the three shapes.
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"status\":\"completed\"}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"status\":\"working\",\"task_id\":\"t\"}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"status\":\"working\",\"audiences\":[]}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"audiences\":{}}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"audiences\":[{\"action\":\"x\"}]}")),
        Arguments.of(
            "NOT_UNDERSTOOD", true, result("{\"audiences\":[],\"errors\":[{\"code\":\"X\"}]}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"status\":\"submitted\"}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"status\":\"submitted\",\"task_id\":\"\"}")),
        Arguments.of(
            "NOT_UNDERSTOOD",
            true,
            result("{\"status\":\"submitted\",\"task_id\":\"t\",\"audiences\":[]}")),
        Arguments.of(
            "NOT_UNDERSTOOD",
            true,
            result("{\"status\":\"submitted\",\"task_id\":\"t\",\"adcp_error\":{\"code\":\"X\"}}")),
        // A tool that says it failed has not put anything in line.
        Arguments.of(
            "NOT_UNDERSTOOD", true, toolError("{\"status\":\"submitted\",\"task_id\":\"t\"}")),
        Arguments.of("UNANSWERED", true, (ScriptedAgent.Reply) to -> {}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void aFailureHasACode(String code, boolean retryable, ScriptedAgent.Reply reply) {
    AdcpException failure = assertThrows(AdcpException.class, () -> synced(reply));
    assertEquals(code, failure.code(), failure.getMessage());
    assertEquals(retryable, failure.isRetryable(), failure.getMessage());
    assertTrue(failure.getMessage().startsWith("sync_audiences failed: "), failure.getMessage());
  }

  @Test
  void manyMembersAreSentInSeveralRequests() throws Exception {
    AdcpAudience first =
        AdcpAudience.of("first")
            .consentBasis(ConsentBasis.CONSENT)
            .add(members(0, 25))
            .remove(members(100, 107));
    AdcpAudience second = AdcpAudience.of("second").add(members(0, 3));
    AtomicInteger calls = new AtomicInteger();
    try (ScriptedAgent agent =
        new ScriptedAgent(
            message -> calls.incrementAndGet() == 3 ? result(SUBMITTED) : result(ANSWERED))) {
      List<AdcpAudienceSync> progress = new ArrayList<>();
      AdcpAudienceSync sync =
          using(
              agent,
              client -> client.syncAudiences(List.of(first, second), true, KEY, progress::add, 10));
      assertEquals(28, sync.added());
      assertEquals(7, sync.removed());
      assertEquals(4, sync.answers().size());
      assertEquals(1, sync.submitted().size());
      assertEquals(9, sync.results().size());
      assertEquals(
          List.of(10L, 20L, 25L, 28L), progress.stream().map(AdcpAudienceSync::added).toList());
      Set<String> sent = new HashSet<>();
      Set<String> keys = new HashSet<>();
      for (ScriptedAgent.Message message : agent.messages) {
        JsonNode arguments = message.arguments();
        boolean isFirst = keys.isEmpty();
        keys.add(arguments.path("idempotency_key").asText());
        assertEquals(List.of(), AdcpSchemas.violations(AdcpContractTest.AUDIENCES, arguments));
        // What is not in such a request is deleted: only the first one says so, and names all.
        assertEquals(isFirst, arguments.has("delete_missing"));
        assertTrue(!isFirst || arguments.path("audiences").size() == 2);
        int members = 0;
        for (JsonNode audience : arguments.path("audiences")) {
          String id = audience.path("audience_id").asText();
          for (String list : List.of("add", "remove")) {
            for (JsonNode member : audience.path(list)) {
              assertTrue(sent.add(id + list + member.path("external_id").asText()), "sent twice");
              members++;
            }
          }
          assertEquals(
              id.equals("first") ? "consent" : "", audience.path("consent_basis").asText());
        }
        assertTrue(members <= 10, members + " in a request");
      }
      assertEquals(35, sent.size());
      assertEquals(4, keys.size());
      assertTrue(keys.contains(KEY));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 11})
  void aRequestIsFilledUpToItsLimit(int members) throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> result(NONE))) {
      AdcpAudience audience = AdcpAudience.of("a").add(members(0, members));
      using(
          agent, client -> client.syncAudiences(List.of(audience), false, KEY, progress -> {}, 10));
      assertEquals(members <= 10 ? 1 : 2, agent.messages.size());
    }
  }

  /** The seller executes the second request, and its answer is lost. */
  @Test
  void aSyncThatIsMadeAgainUnderItsKeyDoesNothingTwice() throws Exception {
    List<AdcpAudience> audiences = List.of(AdcpAudience.of("a").add(members(0, 25)));
    AtomicInteger calls = new AtomicInteger();
    try (ScriptedAgent agent =
        new ScriptedAgent(
            message -> calls.incrementAndGet() == 2 ? http(503, "", "") : result(NONE))) {
      Use<AdcpAudienceSync> sync =
          client -> client.syncAudiences(audiences, true, KEY, progress -> {}, 10);
      assertTrue(assertThrows(AdcpException.class, () -> using(agent, sync)).isRetryable());
      List<JsonNode> before =
          agent.messages.stream().map(ScriptedAgent.Message::arguments).toList();
      agent.messages.clear();
      assertEquals(25, using(agent, sync).added());
      List<JsonNode> after = agent.messages.stream().map(ScriptedAgent.Message::arguments).toList();
      assertEquals(2, before.size());
      assertEquals(3, after.size());
      assertEquals(before, after.subList(0, 2));
    }
  }

  @Test
  void whoIsAddedAndRemovedIsRemoved() throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> result(NONE))) {
      AdcpAudience audience = AdcpAudience.of("a").add(members(1, 4)).remove(members(2, 3));
      AdcpAudienceSync sync =
          using(agent, client -> client.syncAudiences(List.of(audience), false));
      assertEquals(2, sync.added());
      assertEquals(1, sync.removed());
      assertEquals(1, sync.removedInstead());
      JsonNode sent = agent.messages.remove().arguments().at("/audiences/0");
      assertFalse(sent.path("add").toString().contains("cust_2"));
      assertEquals("cust_2", sent.at("/remove/0/external_id").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jane@example.com", "+1 206 555 1234", "+12065551234"})
  void plainPersonalDataIsRefused(String plain) {
    for (org.junit.jupiter.api.function.Executable made :
        List.<org.junit.jupiter.api.function.Executable>of(
            () -> new AdcpAudienceMember(plain, HASH, null, List.of()),
            () -> new AdcpAudienceMember("cust_1", plain, null, List.of()),
            () -> new AdcpAudienceMember("cust_1", null, plain, List.of()),
            () -> new AdcpAudienceMember("cust_1", null, null, List.of(new Uid("other", plain))),
            () -> AdcpAudienceMember.of("cust_1", UserMatch.hashedEmail(plain).build()))) {
      String said = assertThrows(IllegalArgumentException.class, made).getMessage();
      assertFalse(said.contains(plain), said);
    }
    assertRefused(
        "user", () -> AdcpAudienceMember.of("cust_1", UserMatch.email("no address").build()));
  }

  @Test
  void aCallThatCannotBeRightIsRefusedByName() throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> result(NONE))) {
      using(
          agent,
          client -> {
            List<AdcpAudience> one = List.of(AdcpAudience.of("a"));
            assertRefused("audiences", () -> client.syncAudiences(List.of(), true));
            assertRefused(
                "a twice",
                () ->
                    client.syncAudiences(
                        List.of(AdcpAudience.of("a"), AdcpAudience.of("a").name("b")), false));
            assertRefused(
                "idempotencyKey", () -> client.syncAudiences(one, false, "x".repeat(15), s -> {}));
            return client;
          });
      assertEquals(0, agent.messages.size());
    }
    assertRefused("audienceId", () -> AdcpAudience.of(""));
    assertRefused("audienceId", () -> AdcpAudience.of("x".repeat(256)));
    AdcpAudience a = AdcpAudience.of("x".repeat(255));
    assertRefused("tags", () -> a.tags("t", ""));
    assertRefused("tags", () -> a.tags("t", "t"));
    assertRefused("name", () -> a.name("\ud800"));
    assertRefused("description", () -> a.description("\udfff"));
    assertRefused("externalId", () -> new AdcpAudienceMember("\ud800", HASH, null, List.of()));
    assertRefused("hashedEmail", () -> new AdcpAudienceMember("cust_1", null, null, List.of()));
    assertRefused(
        "types",
        () -> new AdcpAudienceMember("c", null, null, List.of(new Uid("my_own_type", "v"))));
  }

  private static void assertRefused(String words, org.junit.jupiter.api.function.Executable call) {
    String said = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(said.contains(words), said);
  }
}
