package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.ScriptedAgent.adcpError;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.json;
import static io.github.eventbuffer.adcp.ScriptedAgent.message;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;
import static io.github.eventbuffer.adcp.ScriptedAgent.rpcError;
import static io.github.eventbuffer.adcp.ScriptedAgent.toolWords;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.adcp.EventSourceHealth.Severity;
import io.github.eventbuffer.adcp.EventSourceHealth.Status;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The tools around log_event. */
class AdcpClientTest {
  private interface Use<R> {
    R of(AdcpClient client) throws Exception;
  }

  private static <R> R using(ScriptedAgent.Reply reply, Use<R> use) throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> reply)) {
      return using(agent, McpTransportTest.ACCOUNT, use);
    }
  }

  private static <R> R using(ScriptedAgent agent, AdcpAccount account, Use<R> use)
      throws Exception {
    try (McpTransport transport = McpTransportTest.builder(agent.url()).account(account).build()) {
      return use.of(transport.client());
    }
  }

  /** What was asked of an agent that has no sources. */
  private static JsonNode asked(AdcpAccount account, Use<?> use) throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> result("{\"event_sources\":[]}"))) {
      using(agent, account, use);
      assertEquals(1, agent.calls("sync_event_sources").size());
      return agent.messages.remove().arguments();
    }
  }

  @Test
  void capabilitiesSayWhatTheSellerTakes() throws Exception {
    assertEquals(
        new Capabilities(
            List.of(3),
            Duration.ofDays(1),
            true,
            List.of(EventType.PURCHASE, EventType.LEAD),
            List.of("uid2"),
            List.of("hashed_email"),
            List.of(ActionSource.WEBSITE)),
        using(result(ScriptedAgent.CAPABILITIES), AdcpClient::capabilities));
    assertEquals(
        new Capabilities(List.of(), null, false, List.of(), List.of(), List.of(), List.of()),
        using(
            result("{\"adcp\":{},\"errors\":[{\"code\":\"A_REMARK\",\"message\":\"m\"}]}"),
            AdcpClient::capabilities));
  }

  @Test
  void discoveryAsksForNothing() throws Exception {
    JsonNode arguments = asked(AdcpAccount.id("acct_12345"), AdcpClient::discoverEventSources);
    assertEquals(
        List.of("adcp_major_version", "idempotency_key", "account"),
        arguments.properties().stream().map(java.util.Map.Entry::getKey).toList());
    assertEquals("{\"account_id\":\"acct_12345\"}", arguments.path("account").toString());
  }

  @Test
  void aSyncSaysWhatItWasGivenAndLeavesOutTheRest() throws Exception {
    JsonNode arguments =
        asked(
            AdcpAccount.brand("nova-brands.com", "pinnacle-media.com").brandId("spark").inSandbox(),
            client ->
                client.syncEventSources(
                    List.of(
                        AdcpEventSource.of("web_pixel")
                            .name("Website Pixel")
                            .eventTypes(EventType.PURCHASE, EventType.of("new_type"))
                            .allowedDomains("www.example.com")
                            .actionSource(ActionSource.WEBSITE),
                        AdcpEventSource.of("app_sdk")),
                    true,
                    "a_key.of:16-char"));
    assertEquals(
        "{\"adcp_major_version\":3,\"idempotency_key\":\"a_key.of:16-char\",\"account\":{\"brand\":"
            + "{\"domain\":\"nova-brands.com\",\"brand_id\":\"spark\"},\"operator\":"
            + "\"pinnacle-media.com\",\"sandbox\":true},\"event_sources\":[{\"event_source_id\":"
            + "\"web_pixel\",\"name\":\"Website Pixel\",\"event_types\":[\"purchase\",\"new_type\"],"
            + "\"allowed_domains\":[\"www.example.com\"],\"action_source\":\"website\"},"
            + "{\"event_source_id\":\"app_sdk\"}],\"delete_missing\":true}",
        arguments.toString());
  }

  @Test
  void eachCallHasAKeyOfItsOwn() throws Exception {
    Use<?> sync = client -> client.syncEventSources(List.of(AdcpEventSource.of("a")), false);
    JsonNode first = asked(McpTransportTest.ACCOUNT, sync);
    JsonNode second = asked(McpTransportTest.ACCOUNT, sync);
    assertFalse(first.path("idempotency_key").equals(second.path("idempotency_key")));
    assertFalse(first.has("delete_missing"));
  }

  @Test
  void aResultHasAllThatThePageShows() throws Exception {
    String sources =
        "{\"event_sources\":[{\"event_source_id\":\"web_pixel\",\"name\":\"Website Pixel\","
            + "\"seller_id\":\"px_abc123\",\"action\":\"created\",\"managed_by\":\"buyer\","
            + "\"event_types\":[\"purchase\"],\"allowed_domains\":[\"shop.example.com\"],"
            + "\"setup\":{\"snippet\":\"<script>\\n</script>\",\"snippet_type\":\"javascript\","
            + "\"instructions\":\"Place it.\"},\"health\":{\"status\":\"good\",\"detail\":{\"score\":"
            + "7.2,\"max_score\":10,\"label\":\"Event Match Quality\"},\"match_rate\":0.72,"
            + "\"last_event_at\":\"2026-03-23T14:22:00Z\",\"evaluated_at\":"
            + "\"2026-03-23T14:30:00+02:00\",\"events_received_24h\":14200,\"issues\":["
            + "{\"severity\":\"info\",\"message\":\"i\"},{\"severity\":\"new\",\"message\":\"n\"},"
            + "{\"severity\":\"error\",\"message\":\"e\"},{\"severity\":\"warning\",\"message\":"
            + "\"w\"},{\"severity\":\"error\",\"message\":\"e2\"}]}},"
            + "{\"event_source_id\":\"seller_sales\",\"action\":\"unchanged\",\"managed_by\":"
            + "\"seller\",\"action_source\":\"in_store\",\"setup\":{\"snippet_type\":"
            + "\"server_only\"}},"
            + "{\"event_source_id\":\"bad\",\"action\":\"failed\",\"errors\":[{\"code\":"
            + "\"INVALID_EVENT_TYPE\",\"message\":\"m\",\"field\":\"event_sources[2].event_types[0]\","
            + "\"suggestion\":\"s\",\"issues\":[{\"pointer\":\"/event_sources/2/event_types/0\","
            + "\"message\":\"im\",\"keyword\":\"enum\"}]}]},"
            + "{\"event_source_id\":\"odd\",\"action\":\"frozen\",\"managed_by\":\"nobody\","
            + "\"setup\":{\"snippet_type\":\"smoke\"},\"health\":{\"last_event_at\":\"never\","
            + "\"match_rate\":\"high\",\"events_received_24h\":-0.5}}],\"sandbox\":true}";
    List<AdcpEventSourceResult> read = using(result(sources), AdcpClient::discoverEventSources);
    assertEquals(4, read.size());
    EventSourceHealth health =
        new EventSourceHealth(
            Status.GOOD,
            new EventSourceHealth.Detail(7.2, 10, "Event Match Quality"),
            0.72,
            OffsetDateTime.parse("2026-03-23T14:22:00Z"),
            OffsetDateTime.parse("2026-03-23T14:30:00+02:00"),
            14_200L,
            List.of(
                new EventSourceHealth.Issue(Severity.ERROR, "e"),
                new EventSourceHealth.Issue(Severity.ERROR, "e2"),
                new EventSourceHealth.Issue(Severity.WARNING, "w"),
                new EventSourceHealth.Issue(Severity.INFO, "i"),
                new EventSourceHealth.Issue(Severity.UNKNOWN, "n")));
    assertEquals(
        new AdcpEventSourceResult(
            "web_pixel",
            AdcpEventSourceResult.Action.CREATED,
            "Website Pixel",
            "px_abc123",
            List.of(EventType.PURCHASE),
            List.of("shop.example.com"),
            null,
            AdcpEventSourceResult.Manager.BUYER,
            new EventSourceSetup(
                "<script>\n</script>", EventSourceSetup.SnippetType.JAVASCRIPT, "Place it."),
            health,
            List.of()),
        read.get(0));
    assertEquals(
        List.of("e", "e2", "w", "i", "n"),
        read.get(0).health().issues().stream().map(EventSourceHealth.Issue::message).toList(),
        "the most severe first");
    AdcpEventSourceResult sellers = read.get(1);
    assertEquals(AdcpEventSourceResult.Manager.SELLER, sellers.managedBy());
    assertEquals(ActionSource.IN_STORE, sellers.actionSource());
    assertEquals(EventSourceSetup.SnippetType.SERVER_ONLY, sellers.setup().snippetType());
    assertNull(sellers.health());
    assertEquals(
        List.of(
            new AdcpError(
                "INVALID_EVENT_TYPE",
                "m",
                "event_sources[2].event_types[0]",
                "s",
                null,
                Recovery.CORRECTABLE,
                List.of(new AdcpIssue("/event_sources/2/event_types/0", "enum", "im")))),
        read.get(2).errors());
    AdcpEventSourceResult odd = read.get(3);
    assertEquals(AdcpEventSourceResult.Action.UNKNOWN, odd.action());
    assertEquals(AdcpEventSourceResult.Manager.UNKNOWN, odd.managedBy());
    assertEquals(
        new EventSourceHealth(Status.UNKNOWN, null, null, null, null, null, List.of()),
        odd.health());
  }

  @ParameterizedTest
  @EnumSource
  void aLevelIsAtLeastItselfAndWhatIsBelowIt(Status status) {
    EventSourceHealth health =
        new EventSourceHealth(status, null, null, null, null, null, List.of());
    for (Status least : Status.values()) {
      assertEquals(least.ordinal() <= status.ordinal(), health.isAtLeast(least));
    }
    assertThrows(NullPointerException.class, () -> health.isAtLeast(null));
  }

  private static AdcpException failure(ScriptedAgent.Reply reply) {
    return assertThrows(AdcpException.class, () -> using(reply, AdcpClient::discoverEventSources));
  }

  @Test
  void aRefusalSaysAllThatTheAgentSaid() {
    AdcpException refusal =
        failure(
            adcpError(
                "\"code\":\"RATE_LIMITED\",\"message\":\"slower scope3_0123456789abcdef\","
                    + "\"field\":\"account\",\"recovery\":\"transient\",\"retry_after\":30,"
                    + "\"issues\":[{\"pointer\":\"/account\",\"message\":\"m\",\"keyword\":\"k\"}]"));
    assertEquals("RATE_LIMITED", refusal.code());
    assertEquals(
        "sync_event_sources failed: RATE_LIMITED: slower [hidden] (account); requests come too fast;"
            + " wait, and call again",
        refusal.getMessage());
    assertEquals("account", refusal.field());
    assertEquals(Recovery.TRANSIENT, refusal.recovery());
    assertTrue(refusal.isRetryable());
    assertEquals(Duration.ofSeconds(30), refusal.retryAfter());
    assertEquals(List.of(new AdcpIssue("/account", "k", "m")), refusal.issues());
    AdcpException terminal = failure(adcpError("\"code\":\"ACCOUNT_NOT_FOUND\",\"message\":\"m\""));
    assertEquals(Recovery.TERMINAL, terminal.recovery());
    assertFalse(terminal.isRetryable());
  }

  static Stream<Arguments> words() {
    return Stream.of(
        Arguments.of("HTTP 401: the key was refused; supply a valid one", http(401, "", "")),
        Arguments.of(
            "HTTP 403: the key may not do this; check its scope and the account (the agent says:"
                + " not yours)",
            rpcError(403, -32000, "not yours")),
        Arguments.of("HTTP 404: no agent at this address; check baseUrl", http(404, "", "")),
        Arguments.of(
            "HTTP 413: the request is too large for the agent, or for something before it; send"
                + " less",
            http(413, "", "")),
        Arguments.of("HTTP 429: requests come too fast; wait, and call again", http(429, "", "")),
        Arguments.of("HTTP 501: the agent does not offer this; check baseUrl", http(501, "", "")),
        Arguments.of(
            "HTTP 503: the agent is at fault; call again later, under the same key",
            http(503, "", "")),
        Arguments.of(
            "JSON-RPC error -32601: the agent does not offer this tool; check baseUrl (the agent"
                + " says: Method not found)",
            rpcError(200, -32601, "Method not found")),
        Arguments.of(
            "JSON-RPC error -32603 (the agent says: Internal error)",
            rpcError(200, -32603, "Internal error")),
        Arguments.of("the agent failed (the agent says: oops)", toolWords("oops")),
        Arguments.of(
            "the agent's answer is not understood: it is not JSON within bounds", json("x")),
        Arguments.of(
            "AUTH_INVALID: m; the key was refused; supply a valid one",
            adcpError("\"code\":\"AUTH_INVALID\",\"message\":\"m\"")),
        Arguments.of(
            "ACCOUNT_SUSPENDED; the account is not ready; check it with the seller",
            adcpError("\"code\":\"ACCOUNT_SUSPENDED\"")),
        Arguments.of(
            "VALIDATION_ERROR: m (event_sources[0])",
            adcpError(
                "\"code\":\"VALIDATION_ERROR\",\"message\":\"m\",\"field\":\"event_sources[0]\"")),
        Arguments.of(
            "VALIDATION_ERROR: m; the agent suggests: another name",
            adcpError(
                "\"code\":\"VALIDATION_ERROR\",\"message\":\"m\",\"suggestion\":\"another name\"")),
        Arguments.of(
            "NEW: m; call again later, under the same key",
            adcpError("\"code\":\"NEW\",\"message\":\"m\"")),
        Arguments.of(
            "NEW: m; check key and account, or ask the seller",
            adcpError("\"code\":\"NEW\",\"message\":\"m\",\"recovery\":\"terminal\"")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("words")
  void aFailureSaysEverythingOnceAndWhatToDo(String words, ScriptedAgent.Reply reply) {
    assertEquals("sync_event_sources failed: " + words, failure(reply).getMessage());
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of("HTTP_401", false, http(401, "", "")),
        Arguments.of("HTTP_404", false, http(404, "", "")),
        Arguments.of("HTTP_413", false, http(413, "", "")),
        Arguments.of("HTTP_501", false, http(501, "", "")),
        Arguments.of("HTTP_429", true, http(429, "", "", "Retry-After", "5")),
        Arguments.of("HTTP_503", true, http(503, "", "")),
        Arguments.of("RPC_-32601", false, rpcError(200, -32601, "Method not found")),
        Arguments.of("RPC_-32603", true, rpcError(200, -32603, "Internal error")),
        Arguments.of("UNKNOWN", false, toolWords("Unknown tool: sync_event_sources")),
        Arguments.of("UNKNOWN", true, toolWords("oops")),
        Arguments.of("NOT_UNDERSTOOD", true, json("<html>")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"event_sources\":{}}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"event_sources\":[{\"action\":\"x\"}]}")),
        Arguments.of(
            "NOT_UNDERSTOOD",
            true,
            result("{\"event_sources\":[],\"errors\":[{\"code\":\"X\",\"message\":\"m\"}]}")),
        Arguments.of("NOT_UNDERSTOOD", true, result("{\"event_sources\":[],\"event_sources\":[]}")),
        Arguments.of(
            "NOT_UNDERSTOOD", true, text("{\"event_sources\":[]}{\"errors\":[{\"code\":\"X\"}]}")),
        Arguments.of("NOT_UNDERSTOOD", true, result(sized(JsonTree.MAX_TOKENS + 1))),
        Arguments.of("SOMETHING_NEW", true, result("{\"errors\":[{\"code\":\"SOMETHING_NEW\"}]}")),
        Arguments.of("UNANSWERED", true, (ScriptedAgent.Reply) to -> {}));
  }

  /** A result in the text of an agent that has no structured content. */
  private static ScriptedAgent.Reply text(String json) {
    return message(
        200,
        "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\""
            + json.replace("\"", "\\\"")
            + "\"}]}}");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void aFailureHasACode(String code, boolean retryable, ScriptedAgent.Reply reply) {
    AdcpException failure = failure(reply);
    assertEquals(code, failure.code(), failure.getMessage());
    assertEquals(retryable, failure.isRetryable(), failure.getMessage());
    if (code.equals("HTTP_429")) {
      assertEquals(Duration.ofSeconds(5), failure.retryAfter());
    }
  }

  /** An honest result with something beside it, of so many tokens in all. */
  private static String sized(int tokens) {
    // The object and the arrays begin and end, and two names.
    int values = tokens - 8;
    return "{\"event_sources\":[],\"x\":[" + "1,".repeat(values - 1) + "1]}";
  }

  @Test
  void aResultMayHaveAsManyPartsAsTheBoundSays() throws Exception {
    assertEquals(
        List.of(), using(result(sized(JsonTree.MAX_TOKENS)), AdcpClient::discoverEventSources));
  }

  @Test
  void withoutAKeyOrAfterCloseNothingIsAsked() throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> result("{\"event_sources\":[]}"))) {
      McpTransport transport = McpTransportTest.builder(agent.url()).apiKey(() -> " ").build();
      AdcpClient client = transport.client();
      assertEquals(
          "NO_KEY", assertThrows(AdcpException.class, client::discoverEventSources).code());
      transport.close();
      assertEquals("UNANSWERED", assertThrows(AdcpException.class, client::capabilities).code());
      assertEquals(0, agent.messages.size());
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedAgent agent =
        new ScriptedAgent(
            message ->
                to -> {
                  asked.countDown();
                  try {
                    over.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                })) {
      CompletableFuture<Object> thrown = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  thrown.complete(using(agent, McpTransportTest.ACCOUNT, AdcpClient::capabilities));
                } catch (Exception e) {
                  thrown.complete(e);
                }
              });
      caller.start();
      asked.await();
      caller.interrupt();
      assertEquals(InterruptedException.class, thrown.get().getClass());
      over.countDown();
      caller.join();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCallThatCannotBeRightIsRefusedByName() throws Exception {
    using(
        result("{\"event_sources\":[]}"),
        client -> {
          List<AdcpEventSource> one = List.of(AdcpEventSource.of("a"));
          assertRefused("sources", () -> client.syncEventSources(List.of(), false));
          assertRefused(
              "a twice",
              () ->
                  client.syncEventSources(
                      List.of(AdcpEventSource.of("a"), AdcpEventSource.of("a").name("b")), false));
          assertRefused(
              "idempotencyKey", () -> client.syncEventSources(one, false, "x".repeat(15)));
          assertRefused(
              "idempotencyKey", () -> client.syncEventSources(one, false, "x".repeat(256)));
          assertRefused(
              "idempotencyKey", () -> client.syncEventSources(one, false, "x".repeat(16) + " "));
          client.syncEventSources(one, false, "x".repeat(16));
          client.syncEventSources(one, false, "x".repeat(255));
          return client;
        });
    assertRefused("eventSourceId", () -> AdcpEventSource.of(""));
    assertRefused("eventSourceId", () -> AdcpEventSource.of("x".repeat(257)));
    AdcpEventSource.of("x".repeat(256));
    // It could not be sent, and would look as if no answer had come.
    assertRefused("Unicode", () -> AdcpEventSource.of("\ud800"));
    assertRefused("Unicode", () -> AdcpEventSource.of("a").name("\udfff"));
    assertRefused("Unicode", () -> AdcpEventSource.of("a").allowedDomains("\ud800"));
    assertRefused("Unicode", () -> AdcpAccount.id("\ud800"));
    assertRefused("accountId", () -> AdcpAccount.id(""));
    assertRefused("accountId", () -> AdcpAccount.id("x".repeat(256)));
    AdcpAccount.id("x".repeat(255));
    assertRefused("domain", () -> AdcpAccount.brand("Acme.com", "acme.com"));
    assertRefused("domain", () -> AdcpAccount.brand("https://acme.com", "acme.com"));
    assertRefused("operator", () -> AdcpAccount.brand("acme.com", "x".repeat(254)));
    AdcpAccount.brand("acme.com", "x".repeat(253));
    assertRefused("brandId", () -> AdcpAccount.brand("acme.com", "acme.com").brandId("A"));
  }

  private static void assertRefused(String words, org.junit.jupiter.api.function.Executable call) {
    String said = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(said.contains(words), said);
  }
}
