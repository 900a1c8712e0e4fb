package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.McpTransportTest.KEY;
import static io.github.eventbuffer.adcp.McpTransportTest.builder;
import static io.github.eventbuffer.adcp.McpTransportTest.deliver;
import static io.github.eventbuffer.adcp.ScriptedAgent.adcpError;
import static io.github.eventbuffer.adcp.ScriptedAgent.counts;
import static io.github.eventbuffer.adcp.ScriptedAgent.events;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.json;
import static io.github.eventbuffer.adcp.ScriptedAgent.message;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;
import static io.github.eventbuffer.adcp.ScriptedAgent.rpcError;
import static io.github.eventbuffer.adcp.ScriptedAgent.toolError;
import static io.github.eventbuffer.adcp.ScriptedAgent.toolWords;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.DeliveryResult.KeyExpired;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.RejectedEvent;
import io.github.eventbuffer.interchange.TestBatch;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an agent's answer to a batch means: the table at {@link McpTransport}, row by row. */
class McpAnswersTest {
  private static final TestBatch BATCH =
      TestBatch.of(2, "[{\"event_id\":\"a\"},{\"event_id\":\"b\"}]");

  private static DeliveryResult answered(ScriptedAgent.Reply reply) throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(message -> reply);
        McpTransport transport = builder(agent.url()).build()) {
      return deliver(transport, BATCH);
    }
  }

  static String error(String code, String recovery) {
    return "\"code\":\""
        + code
        + "\",\"message\":\"m\""
        + (recovery.isEmpty() ? "" : recovery(recovery));
  }

  private static String recovery(String word) {
    return ",\"recovery\":\"" + word + "\"";
  }

  static Stream<ScriptedAgent.Reply> successes() {
    return Stream.of(
        result(counts(2)),
        events(counts(2)),
        result("{\"events_received\":2,\"events_processed\":2,\"replayed\":true}"),
        result("{\"events_processed\":2,\"errors\":[],\"events_received\":2,\"new\":{\"a\":[1]}}"),
        message(
            200,
            "{\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"done\"},{\"type\":\"text\","
                + "\"text\":\" {\\\"events_received\\\":2,\\\"events_processed\\\":2}\"}],"
                + "\"structuredContent\":null},\"id\":$id,\"jsonrpc\":\"2.0\"}"));
  }

  @ParameterizedTest
  @MethodSource("successes")
  void aSuccessIsDelivered(ScriptedAgent.Reply reply) throws Exception {
    assertEquals(Delivered.all(2), answered(reply));
  }

  @Test
  void whatASuccessTellsIsPassedOn() throws Exception {
    assertEquals(
        new Delivered(
            List.of(new RejectedEvent("b", "BAD", "no"), new RejectedEvent("a", "UNKNOWN", "")),
            List.of("low"),
            0.5,
            1),
        answered(
            result(
                "{\"events_received\":2,\"events_processed\":1,\"match_quality\":0.5,"
                    + "\"warnings\":[\"low\"],\"partial_failures\":[{\"event_id\":\"b\",\"code\":"
                    + "\"BAD\",\"message\":\"no\"},{\"event_id\":\"a\"}]}")));
  }

  static Stream<Arguments> doubts() {
    return Stream.of(
        Arguments.of("events_received is 1", result(counts(1))),
        Arguments.of("events_received is 3", result(counts(3))),
        Arguments.of(
            "events_processed is 3", result("{\"events_received\":2,\"events_processed\":3}")),
        Arguments.of("lacks", result("{\"events_received\":2}")),
        Arguments.of("lacks", result("{}")),
        Arguments.of(
            "appears twice",
            result("{\"events_received\":1,\"events_received\":2,\"events_processed\":2}")),
        Arguments.of("no integer", result("{\"events_received\":\"2\",\"events_processed\":2}")),
        Arguments.of(
            "status is submitted",
            result("{\"status\":\"submitted\",\"events_received\":2,\"events_processed\":2}")),
        Arguments.of(
            "errors and the fields of a success",
            result(
                "{\"events_received\":2,\"events_processed\":2,\"errors\":[{\"code\":\"X\","
                    + "\"message\":\"m\"}]}")),
        Arguments.of("says not which", toolError(counts(2))),
        Arguments.of("no structured result", message(200, rpc("\"result\":{}"))),
        Arguments.of("no structured result", message(200, rpc("\"result\":{\"content\":[]}"))),
        Arguments.of("not either a result or an error", message(200, rpc("\"other\":{}"))),
        Arguments.of(
            "not either a result or an error",
            message(200, rpc("\"result\":{},\"error\":{\"code\":1,\"message\":\"m\"}"))),
        Arguments.of(
            "not the response",
            json("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"structuredContent\":{}}}")),
        Arguments.of("not the response", json("{\"result\":" + counts(2) + "}")),
        Arguments.of("not the response", json(counts(2))),
        Arguments.of("no JSON object", json("[]")),
        Arguments.of("not JSON", json("<html>")),
        Arguments.of("no JSON object", json("")),
        Arguments.of("no JSON object", http(202, "", "")),
        Arguments.of("not JSON", message(200, rpc("\"result\":{\"structuredContent\":{"))),
        Arguments.of("something follows", message(200, rpc("\"result\":{}") + "{}")),
        Arguments.of("appears twice", message(200, rpc("\"result\":{},\"result\":{}"))),
        Arguments.of("encoded", message(200, rpc("\"result\":{}"), "Content-Encoding", "gzip")),
        Arguments.of("no response", http(200, "text/event-stream", ": nothing\n\n")),
        Arguments.of(
            "two responses",
            (ScriptedAgent.Reply)
                to -> {
                  String one =
                      "data: "
                          + rpc("\"result\":{\"structuredContent\":" + counts(2) + "}")
                              .replace("$id", ScriptedAgent.id(to))
                          + "\n\n";
                  http(200, "text/event-stream", one + one).write(to);
                }));
  }

  private static String rpc(String members) {
    return "{\"jsonrpc\":\"2.0\",\"id\":$id," + members + "}";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doubts")
  void everyDoubtIsUnavailable(String words, ScriptedAgent.Reply reply) throws Exception {
    Unavailable unavailable = assertInstanceOf(Unavailable.class, answered(reply));
    assertTrue(unavailable.cause().contains(words), unavailable.cause());
    assertFalse(unavailable.cutOff());
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        // Of the key.
        Arguments.of(Unavailable.class, error("IDEMPOTENCY_IN_FLIGHT", "transient")),
        Arguments.of(Unavailable.class, error("IDEMPOTENCY_IN_FLIGHT", "terminal")),
        Arguments.of(Held.class, error("IDEMPOTENCY_CONFLICT", "correctable")),
        Arguments.of(Held.class, error("IDEMPOTENCY_CONFLICT", "")),
        Arguments.of(KeyExpired.class, error("IDEMPOTENCY_EXPIRED", "correctable")),
        Arguments.of(KeyExpired.class, error("IDEMPOTENCY_EXPIRED", "")),
        // By their recovery.
        Arguments.of(Throttled.class, error("RATE_LIMITED", "transient")),
        Arguments.of(Throttled.class, error("RATE_LIMITED", "")),
        Arguments.of(Unavailable.class, error("SERVICE_UNAVAILABLE", "")),
        Arguments.of(Unavailable.class, error("SOMETHING_NEW", "transient")),
        Arguments.of(Unavailable.class, error("SOMETHING_NEW", "")),
        Arguments.of(InvalidBatch.class, error("SOMETHING_NEW", "correctable")),
        Arguments.of(Held.class, error("SOMETHING_NEW", "terminal")),
        Arguments.of(Held.class, error("SOMETHING_NEW", "a word of tomorrow")),
        Arguments.of(Held.class, "\"code\":\"SOMETHING_NEW\",\"message\":\"m\",\"recovery\":{}"),
        Arguments.of(
            Unavailable.class, "\"code\":\"SOMETHING_NEW\",\"message\":\"m\",\"recovery\":null"),
        // Correctable, by whom?
        Arguments.of(InvalidBatch.class, error("VALIDATION_ERROR", "correctable")),
        Arguments.of(InvalidBatch.class, error("VALIDATION_ERROR", "")),
        Arguments.of(InvalidBatch.class, error("INVALID_EVENT_TYPE", "")),
        Arguments.of(Held.class, error("AUTH_REQUIRED", "correctable")),
        Arguments.of(Held.class, error("ACCOUNT_SETUP_REQUIRED", "correctable")),
        Arguments.of(Held.class, error("ACCOUNT_NOT_FOUND", "")),
        Arguments.of(Held.class, error("REFERENCE_NOT_FOUND", "correctable")),
        Arguments.of(Held.class, error("PERMISSION_DENIED", "")),
        Arguments.of(Held.class, error("VERSION_UNSUPPORTED", "correctable")),
        Arguments.of(Held.class, error("VALIDATION_ERROR", "") + ",\"field\":\"event_source_id\""),
        Arguments.of(
            Held.class,
            error("VALIDATION_ERROR", "")
                + ",\"issues\":[{\"pointer\":\"/account/account_id\",\"message\":\"m\","
                + "\"keyword\":\"required\"}]"),
        Arguments.of(
            InvalidBatch.class,
            error("VALIDATION_ERROR", "")
                + ",\"field\":\"events[1].value\",\"issues\":[{\"pointer\":\"/account\"}]"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("errors")
  void anErrorOfAdcpMeansWhatTheTableSays(Class<?> outcome, String error) throws Exception {
    assertInstanceOf(outcome, answered(adcpError(error)));
    assertInstanceOf(outcome, answered(toolError("{\"errors\":[{" + error + "}]}")), "errors");
    assertInstanceOf(outcome, answered(result("{\"errors\":[{" + error + "}]}")), "no isError");
    assertInstanceOf(outcome, answered(toolError("{" + error + "}")), "bare");
    assertInstanceOf(
        outcome,
        answered(toolWords("{\\\"adcp_error\\\":{" + error.replace("\"", "\\\"") + "}}")),
        "as text");
    assertInstanceOf(
        outcome,
        answered(
            message(
                200,
                rpc(
                    "\"error\":{\"code\":-32000,\"message\":\"m\",\"data\":{\"adcp_error\":{"
                        + error
                        + "}}}"))),
        "in a JSON-RPC error");
    assertInstanceOf(
        outcome,
        answered(
            message(
                400, rpc("\"result\":{\"structuredContent\":{\"adcp_error\":{" + error + "}}}"))),
        "HTTP 400");
  }

  @Test
  void oneErrorThatIsNotTheDatasSpeaksForAll() throws Exception {
    String both =
        "{\"errors\":[{"
            + error("VALIDATION_ERROR", "")
            + "},{"
            + error("AUTH_INVALID", "")
            + "}]}";
    assertInstanceOf(Held.class, answered(toolError(both)));
  }

  @Test
  void anErrorsDelayIsPassedOnClamped() throws Exception {
    assertEquals(
        new Unavailable("IDEMPOTENCY_IN_FLIGHT: m", Duration.ofSeconds(3)),
        answered(adcpError(error("IDEMPOTENCY_IN_FLIGHT", "") + ",\"retry_after\":2.5")));
    assertEquals(
        new Throttled(Duration.ofSeconds(3600)),
        answered(adcpError(error("RATE_LIMITED", "") + ",\"retry_after\":1e300")));
    assertEquals(
        new Throttled(Duration.ofSeconds(1)),
        answered(adcpError(error("RATE_LIMITED", "") + ",\"retry_after\":-5")));
    assertEquals(
        new Throttled(null),
        answered(adcpError(error("RATE_LIMITED", "") + ",\"retry_after\":\"soon\"")));
  }

  @Test
  void theEventsThatAnErrorPointsAtAreNamedOnce() throws Exception {
    String issues =
        ",\"field\":\"events[1].event_time\",\"issues\":["
            + "{\"pointer\":\"/events/1/event_time\",\"message\":\"late\",\"keyword\":\"format\"},"
            + "{\"pointer\":\"/events/1\",\"message\":\"twice\",\"keyword\":\"x\"},"
            + "{\"pointer\":\"/events/2\",\"message\":\"beyond\",\"keyword\":\"x\"},"
            + "{\"pointer\":\"/events\",\"message\":\"all\",\"keyword\":\"x\"}]";
    assertEquals(
        new InvalidBatch(
            "VALIDATION_ERROR", "m", List.of(new InvalidEvent(1, "VALIDATION_ERROR", "late"))),
        answered(adcpError(error("VALIDATION_ERROR", "") + issues)));
    assertEquals(
        new InvalidBatch(
            "VALIDATION_ERROR", "m", List.of(new InvalidEvent(0, "VALIDATION_ERROR", "m"))),
        answered(adcpError(error("VALIDATION_ERROR", "") + ",\"field\":\"/events/0/event_type\"")));
  }

  static Stream<Arguments> rpcErrors() {
    return Stream.of(
        Arguments.of(Held.class, rpcError(200, -32601, "Method not found")),
        Arguments.of(Held.class, rpcError(200, -32600, "Invalid Request")),
        Arguments.of(Held.class, rpcError(200, -32602, "Unknown tool: log_event")),
        Arguments.of(InvalidBatch.class, rpcError(200, -32602, "events.0.event_time: required")),
        Arguments.of(InvalidBatch.class, rpcError(400, -32602, "events.0.event_time: required")),
        Arguments.of(Held.class, rpcError(200, -32602, "Invalid arguments: account is required")),
        Arguments.of(Held.class, rpcError(400, -32602, "Invalid arguments: account is required")),
        Arguments.of(Held.class, rpcError(200, -32602, "sync_event_sources before log_event")),
        Arguments.of(Unavailable.class, rpcError(200, -32603, "Internal error")),
        Arguments.of(Unavailable.class, rpcError(200, -32050, "x")),
        Arguments.of(Held.class, toolWords("MCP error -32602: Tool log_event not found")),
        Arguments.of(Held.class, toolWords("Unknown tool: log_event")),
        Arguments.of(
            InvalidBatch.class,
            toolWords("MCP error -32602: Input validation error: [ { path: [ 'events', 0 ] } ]")),
        Arguments.of(
            Held.class, toolWords("MCP error -32602: Input validation error: [ 'account' ]")),
        Arguments.of(Unavailable.class, toolWords("MCP error -32603: oops")),
        Arguments.of(Unavailable.class, toolWords("something broke")),
        Arguments.of(Unavailable.class, toolWords("")));
  }

  @ParameterizedTest
  @MethodSource("rpcErrors")
  void anErrorOfMcpMeansWhatTheTableSays(Class<?> outcome, ScriptedAgent.Reply reply)
      throws Exception {
    assertInstanceOf(outcome, answered(reply));
  }

  /** As {@code InterchangeTransport} takes them, but for a 400 without an error of AdCP. */
  private static Class<?> byStatus(int status) {
    return switch (status) {
      case 408, 429 -> Throttled.class;
      case 409 -> Unavailable.class;
      case 413 -> TooLarge.class;
      case 501 -> Held.class;
      default -> status >= 500 ? Unavailable.class : Held.class;
    };
  }

  @Test
  void everyStatusMeansWhatTheTableSays() throws Exception {
    int[] status = {0};
    String[] body = {""};
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message ->
                    message.method().equals("initialize")
                        ? http(404, "", "")
                        : http(status[0], "application/json", body[0]));
        McpTransport transport = builder(agent.url()).build()) {
      for (int code = 300; code <= 599; code++) {
        for (String each : List.of("", "<html>", "{\"error\":\"invalid_token\"}")) {
          if (each.isEmpty() || code != 304) {
            status[0] = code;
            body[0] = each;
            assertInstanceOf(byStatus(code), deliver(transport, BATCH), code + each);
          }
        }
      }
    }
  }

  @Test
  void aReasonSaysWhatToDoAndHidesTheKey() throws Exception {
    Held held =
        assertInstanceOf(
            Held.class,
            answered(
                adcpError(
                    "\"code\":\"AUTH_INVALID\",\"message\":\"bad key "
                        + KEY
                        + "\\u0007\",\"recovery\":\"terminal\"")));
    assertEquals(
        "AUTH_INVALID: the key was refused; supply a valid one (the agent says: bad key [hidden])",
        held.reason());
  }
}
