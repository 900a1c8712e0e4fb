package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.McpTransportTest.builder;
import static io.github.eventbuffer.adcp.McpTransportTest.deliver;
import static io.github.eventbuffer.adcp.ScriptedAgent.CAPABILITIES;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.message;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;
import static io.github.eventbuffer.adcp.ScriptedAgent.rpcError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.interchange.TestBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that want a session, by whatever words, and agents that only look like it. */
class McpSessionTest {
  private static final TestBatch BATCH = TestBatch.of(1, "[{\"event_id\":\"a\"}]");

  /** Of an agent that keeps sessions: the only one that is good, or none. */
  private final AtomicInteger sessions = new AtomicInteger();

  private static ScriptedAgent.Reply initialized(String... headers) {
    return message(
        200,
        "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"protocolVersion\":\"2025-03-26\","
            + "\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"a\",\"version\":\"1\"}}}",
        headers);
  }

  /** Answers tools in the newest session only. */
  private ScriptedAgent.Reply inSession(
      ScriptedAgent.Message message, ScriptedAgent.Reply without, ScriptedAgent.Reply ended) {
    switch (message.method()) {
      case "initialize":
        return initialized("Mcp-Session-Id", "s-" + sessions.incrementAndGet());
      case "notifications/initialized":
        return http(202, "", "");
      default:
        break;
    }
    String session = message.header("Mcp-Session-Id");
    if (session.isEmpty()) {
      return without;
    }
    if (!session.equals("s-" + sessions.get())) {
      return ended;
    }
    return message.tool().equals("log_event") ? ScriptedAgent.taken(message) : result(CAPABILITIES);
  }

  static Stream<Arguments> demands() {
    ScriptedAgent.Reply notFound = http(404, "", "");
    return Stream.of(
        Arguments.of(http(400, "", ""), notFound),
        Arguments.of(http(400, "text/plain", "Bad Request: no session"), notFound),
        Arguments.of(
            rpcError(400, -32000, "Bad Request: Mcp-Session-Id header is required"),
            rpcError(404, -32001, "Session not found")),
        Arguments.of(
            rpcError(400, -32000, "Bad Request: Server not initialized"),
            rpcError(400, -32000, "Bad Request: No valid session ID provided")),
        Arguments.of(notFound, notFound),
        Arguments.of(
            rpcError(200, -32002, "Server not initialized"),
            rpcError(200, -32600, "Session terminated")));
  }

  @ParameterizedTest
  @MethodSource("demands")
  void aSessionIsMadeWhenItIsAskedForAndAnewWhenItHasEnded(
      ScriptedAgent.Reply without, ScriptedAgent.Reply ended) throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> inSession(message, without, ended));
        McpTransport transport = builder(agent.url()).build()) {
      assertEquals(Delivered.all(1), deliver(transport, BATCH));
      assertEquals(
          List.of(
              "tools/call", "initialize", "notifications/initialized", "tools/call", "tools/call"),
          methods(agent));
      List<ScriptedAgent.Message> messages = new ArrayList<>(agent.messages);
      assertEquals(
          "2025-06-18", messages.get(1).body().path("params").path("protocolVersion").asText());
      assertEquals("", messages.get(1).header("Mcp-Session-Id"));
      for (ScriptedAgent.Message later : messages.subList(2, messages.size())) {
        assertEquals("s-1", later.header("Mcp-Session-Id"));
        assertEquals("2025-03-26", later.header("MCP-Protocol-Version"));
      }
      assertTrue(messages.get(2).body().path("id").isMissingNode());
      assertEquals(
          messages.size() - 1,
          messages.stream()
              .map(m -> m.body().path("id").toString())
              .filter(id -> !id.isEmpty())
              .distinct()
              .count(),
          "every id once");
      agent.messages.clear();
      assertEquals(Delivered.all(1), deliver(transport, BATCH));
      assertEquals(List.of("tools/call"), methods(agent), "the session is kept");
      // The agent forgets it.
      sessions.incrementAndGet();
      agent.messages.clear();
      assertEquals(Delivered.all(1), deliver(transport, BATCH));
      assertEquals(
          List.of("tools/call", "initialize", "notifications/initialized", "tools/call"),
          methods(agent));
      assertEquals(
          1,
          agent.calls("log_event").stream()
              .map(ScriptedAgent.Message::arguments)
              .distinct()
              .count(),
          "the same key and events");
    }
  }

  private static List<String> methods(ScriptedAgent agent) {
    return agent.messages.stream().map(ScriptedAgent.Message::method).toList();
  }

  @Test
  void attemptsThatLackASessionAtOnceShareOne() throws Exception {
    int attempts = 4;
    CountDownLatch refused = new CountDownLatch(attempts);
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message -> {
                  if (message.method().equals("tools/call")
                      && message.header("Mcp-Session-Id").isEmpty()) {
                    refused.countDown();
                  }
                  return to -> {
                    if (message.method().equals("initialize")) {
                      await(refused);
                    }
                    inSession(message, http(400, "", ""), http(404, "", "")).write(to);
                  };
                });
        McpTransport transport = builder(agent.url()).build()) {
      List<CompletableFuture<DeliveryResult>> all = new ArrayList<>();
      for (int i = 0; i < attempts; i++) {
        all.add(transport.deliver(BATCH).toCompletableFuture());
      }
      for (CompletableFuture<DeliveryResult> each : all) {
        assertEquals(Delivered.all(1), each.get(30, TimeUnit.SECONDS));
      }
      // One that was refused before it was made and heard of it after takes the one that is there.
      assertEquals(1, methods(agent).stream().filter("initialize"::equals).count());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<ScriptedAgent.Message> deletes(ScriptedAgent agent) {
    return agent.messages.stream()
        .filter(message -> message.exchange().getRequestMethod().equals("DELETE"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 404, 405, 500})
  void aSessionEndsWithTheTransportWhateverTheAgentSays(int status) throws Exception {
    try (ScriptedAgent agent =
        new ScriptedAgent(
            message ->
                message.exchange().getRequestMethod().equals("DELETE")
                    ? http(status, "", "")
                    : inSession(message, http(400, "", ""), http(404, "", "")))) {
      McpTransport transport = builder(agent.url()).build();
      assertEquals(Delivered.all(1), deliver(transport, BATCH));
      assertEquals(List.of(), deletes(agent));
      transport.close();
      transport.close();
      assertEquals(1, deletes(agent).size());
      ScriptedAgent.Message last = deletes(agent).get(0);
      assertEquals("s-1", last.header("Mcp-Session-Id"));
      assertEquals("2025-03-26", last.header("MCP-Protocol-Version"));
      assertTrue(last.header("Authorization").startsWith("Bearer "));
      assertEquals("/mcp", last.exchange().getRequestURI().getPath());
    }
  }

  @Test
  void whereNoSessionIsKeptThereIsNothingToEnd() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken)) {
      try (McpTransport transport = builder(agent.url()).build()) {
        assertEquals(Delivered.all(1), deliver(transport, BATCH));
      }
      assertEquals(List.of(), deletes(agent));
    }
  }

  /** The agent never answers, and requests have an hour. */
  @Test
  void anAgentThatIsSilentDoesNotKeepTheTransportOpen() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedAgent agent =
        new ScriptedAgent(
            message -> {
              if (message.exchange().getRequestMethod().equals("DELETE")) {
                asked.countDown();
                await(closed);
              }
              return inSession(message, http(400, "", ""), http(404, "", ""));
            })) {
      McpTransport transport = builder(agent.url()).requestTimeout(Duration.ofHours(1)).build();
      assertEquals(Delivered.all(1), deliver(transport, BATCH));
      CompletableFuture<Void> closing = CompletableFuture.runAsync(transport::close);
      await(asked);
      closing.get(20, TimeUnit.SECONDS);
      closed.countDown();
    }
  }

  /** The key supplier is asked on such a thread. */
  @Test
  void closeOnAThreadOfTheTransportLeavesTheSessionToTheAgent() throws Exception {
    AtomicReference<McpTransport> toClose = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedAgent agent =
        new ScriptedAgent(message -> inSession(message, http(400, "", ""), http(404, "", "")))) {
      McpTransport transport =
          builder(agent.url())
              .apiKey(
                  () -> {
                    McpTransport open = toClose.getAndSet(null);
                    if (open != null) {
                      open.close();
                      closed.countDown();
                    }
                    return "a_key";
                  })
              .build();
      assertEquals(Delivered.all(1), deliver(transport, BATCH));
      toClose.set(transport);
      assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
      await(closed);
      assertEquals(List.of(), deletes(agent));
    }
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(Held.class, http(404, "", "")),
        Arguments.of(Held.class, http(401, "", "")),
        Arguments.of(Unavailable.class, http(503, "", "")),
        Arguments.of(Throttled.class, http(429, "", "")),
        Arguments.of(Held.class, rpcError(200, -32601, "Method not found")),
        // Whatever it says, it did not look into the batch.
        Arguments.of(Held.class, rpcError(200, -32602, "Unsupported protocol version")),
        Arguments.of(Held.class, rpcError(400, -32602, "Unsupported protocol version")),
        Arguments.of(Held.class, http(413, "", "")),
        Arguments.of(
            Held.class,
            message(
                422,
                "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"structuredContent\":{\"errors\":"
                    + "[{\"code\":\"VALIDATION_ERROR\",\"message\":\"m\"}]}}}")),
        Arguments.of(Unavailable.class, ScriptedAgent.json("<html>")),
        Arguments.of(
            Unavailable.class, message(200, "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{}}")),
        Arguments.of(Unavailable.class, initialized("Mcp-Session-Id", "not \u00e9 visible")));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void anAgentThatAsksForASessionAndMakesNoneDecidesByItsAnswer(
      Class<?> outcome, ScriptedAgent.Reply reply) throws Exception {
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message -> message.method().equals("initialize") ? reply : http(400, "", ""));
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(outcome, deliver(transport, BATCH));
      assertEquals(List.of("tools/call", "initialize"), methods(agent));
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aBatchIsNotBlamedForASessionThatIsRefused(Class<?> outcome, ScriptedAgent.Reply reply)
      throws Exception {
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message -> message.method().equals("initialize") ? reply : http(400, "", ""));
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(outcome, deliver(transport, BATCH));
      assertEquals(List.of("tools/call", "tools/call", "initialize"), methods(agent));
    }
  }

  @Test
  void aSessionThatTheAgentDoesNotHearOfIsNotUsed() throws Exception {
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message ->
                    switch (message.method()) {
                      case "initialize" -> initialized("Mcp-Session-Id", "s");
                      case "notifications/initialized" -> http(503, "", "");
                      default -> http(400, "", "");
                    });
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
      assertEquals(3, agent.messages.size());
    }
  }

  @Test
  void theSameAttemptIsMadeAgainOnceOnly() throws Exception {
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message ->
                    switch (message.method()) {
                      case "initialize" ->
                          initialized("Mcp-Session-Id", "s-" + sessions.incrementAndGet());
                      case "notifications/initialized" -> http(202, "", "");
                      default -> http(404, "", "");
                    });
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(Held.class, deliver(transport, BATCH));
      assertEquals(
          List.of("tools/call", "initialize", "notifications/initialized", "tools/call"),
          methods(agent));
    }
  }

  @Test
  void anAgentWithoutSessionsMayWantTheVersionAllTheSame() throws Exception {
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message ->
                    switch (message.method()) {
                      case "initialize" -> initialized();
                      case "notifications/initialized" -> http(202, "", "");
                      default ->
                          message.header("MCP-Protocol-Version").isEmpty()
                              ? http(400, "", "")
                              : message.tool().equals("log_event")
                                  ? ScriptedAgent.taken(message)
                                  : result(CAPABILITIES);
                    });
        McpTransport transport = builder(agent.url()).build()) {
      assertEquals(Delivered.all(1), deliver(transport, BATCH));
      assertEquals(5, agent.messages.size());
    }
  }

  /** What was looked into is not sent again under the pretext of a session. */
  @Test
  void anAnswerThatIsNotAboutTheSessionMakesNone() throws Exception {
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message -> rpcError(200, -32602, "events[0]: unknown session parameter"));
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(DeliveryResult.InvalidBatch.class, deliver(transport, BATCH));
      assertEquals(2, agent.messages.size());
    }
    try (ScriptedAgent agent =
            ScriptedAgent.logging(message -> rpcError(500, -32603, "Internal error"));
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
      assertEquals(2, agent.messages.size());
    }
  }
}
