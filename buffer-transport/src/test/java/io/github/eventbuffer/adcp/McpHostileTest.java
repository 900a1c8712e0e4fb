package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.McpTransportTest.builder;
import static io.github.eventbuffer.adcp.McpTransportTest.deliver;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.message;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.interchange.TestBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents, and what sits in front of them, at their worst: nothing counts as delivered for it. */
class McpHostileTest {
  private static final TestBatch BATCH = TestBatch.of(1, "[{\"event_id\":\"a\"}]");
  private static final String COUNTS = ScriptedAgent.counts(1);

  private static String deep(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of(
            "not JSON within bounds",
            result("{\"deep\":" + deep(1_000) + "," + COUNTS.substring(1))),
        Arguments.of(
            "not JSON within bounds",
            message(200, "{\"jsonrpc\":\"2.0\",\"x\":" + deep(100_000) + "}")),
        Arguments.of(
            "not JSON within bounds",
            result("{\"n\":" + "9".repeat(10_000) + "," + COUNTS.substring(1))),
        Arguments.of(
            "not JSON within bounds",
            result("{\"" + "n".repeat(2_000) + "\":1," + COUNTS.substring(1))),
        Arguments.of(
            "larger than 1048576 bytes", result("{\"s\":\"" + "x".repeat(1 << 20) + "\"}")),
        Arguments.of(
            "not UTF-8",
            (ScriptedAgent.Reply)
                to -> {
                  String text =
                      "{\"jsonrpc\":\"2.0\",\"id\":"
                          + ScriptedAgent.id(to)
                          + ",\"result\":{\"structuredContent\":"
                          + COUNTS
                          + "}}";
                  byte[] bytes = text.getBytes(StandardCharsets.UTF_16);
                  to.exchange().sendResponseHeaders(200, bytes.length);
                  to.exchange().getResponseBody().write(bytes);
                }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void anAnswerBeyondAllBoundsIsUnavailable(String words, ScriptedAgent.Reply reply)
      throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(message -> reply);
        McpTransport transport = builder(agent.url()).maxResponseBytes(1 << 20).build()) {
      Unavailable unavailable = assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
      assertTrue(unavailable.cause().contains(words), unavailable.cause());
    }
  }

  @Test
  void aBodyWithoutAnEndIsCutOff() throws Exception {
    AtomicInteger written = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(1);
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message ->
                    to -> {
                      to.exchange().getResponseHeaders().set("Content-Type", "text/event-stream");
                      to.exchange().sendResponseHeaders(200, 0);
                      byte[] chunk = ": again\n\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
                      try (OutputStream out = to.exchange().getResponseBody()) {
                        while (written.addAndGet(chunk.length) < 1 << 30) {
                          out.write(chunk);
                        }
                      } catch (IOException e) {
                        ended.countDown();
                      }
                    });
        McpTransport transport = builder(agent.url()).maxResponseBytes(1 << 20).build()) {
      Unavailable unavailable = assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
      assertTrue(unavailable.cause().contains("larger than"), unavailable.cause());
      ended.await();
      assertTrue(written.get() < 1 << 30, "read to the end");
    }
  }

  /** The time-out is one for all that an attempt needs. */
  @Test
  void anAgentThatStaysSilentAtAnyStepEndsTheAttemptInTime() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    for (int silentAt = 0; silentAt < 5; silentAt++) {
      int step = silentAt;
      AtomicInteger steps = new AtomicInteger();
      try (ScriptedAgent agent =
              new ScriptedAgent(
                  message -> {
                    if (steps.getAndIncrement() == step) {
                      return to -> await(over);
                    }
                    return switch (message.method()) {
                      case "initialize" ->
                          message(
                              200,
                              "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":"
                                  + "{\"protocolVersion\":\"2025-06-18\"}}",
                              "Mcp-Session-Id",
                              "s");
                      case "notifications/initialized" -> http(202, "", "");
                      default ->
                          message.header("Mcp-Session-Id").isEmpty()
                              ? http(400, "", "")
                              : result(ScriptedAgent.CAPABILITIES);
                    };
                  });
          McpTransport transport =
              builder(agent.url()).requestTimeout(Duration.ofMillis(500)).build()) {
        Unavailable unavailable = assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
        assertTrue(unavailable.cause().contains("PT0.5S"), step + ": " + unavailable.cause());
        assertEquals(step + 1, steps.get());
      }
    }
    over.countDown();
  }

  /** Each step alone would be in time. */
  @Test
  void stepsThatAreSlowTogetherEndTheAttemptInTime() throws Exception {
    Duration timeout = Duration.ofSeconds(1);
    CountDownLatch never = new CountDownLatch(1);
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message ->
                    switch (message.method()) {
                      case "initialize" ->
                          message(
                              200,
                              "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":"
                                  + "{\"protocolVersion\":\"2025-06-18\"}}",
                              "Mcp-Session-Id",
                              "s");
                      case "notifications/initialized" -> http(202, "", "");
                      default ->
                          to -> {
                            ScriptedAgent.Reply reply =
                                message.header("Mcp-Session-Id").isEmpty()
                                    ? http(400, "", "")
                                    : ScriptedAgent.taken(message);
                            slowly(never, timeout);
                            reply.write(to);
                          };
                    });
        McpTransport transport = builder(agent.url()).requestTimeout(timeout).build()) {
      Unavailable unavailable = assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
      assertTrue(unavailable.cause().contains("PT1S"), unavailable.cause());
    }
  }

  /** Takes three fifths of the time-out. */
  private static void slowly(CountDownLatch never, Duration timeout) throws IOException {
    try {
      assertFalse(never.await(timeout.toMillis() * 3 / 5, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    try (ScriptedAgent other = ScriptedAgent.logging(ScriptedAgent::taken);
        ScriptedAgent agent =
            new ScriptedAgent(message -> http(307, "", "", "Location", other.url().toString()));
        McpTransport transport = builder(agent.url()).build()) {
      Held held = assertInstanceOf(Held.class, deliver(transport, BATCH));
      assertTrue(held.reason().contains("redirects are not followed"), held.reason());
      assertEquals(0, other.messages.size());
    }
  }

  @Test
  void moreRejectionsThanEventsAreIgnoredAndSaid() throws Exception {
    StringBuilder failures = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      failures.append(i == 0 ? "" : ",").append("{\"event_id\":\"e").append(i).append("\"}");
    }
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message ->
                    result(
                        "{\"events_received\":1,\"events_processed\":1,\"partial_failures\":["
                            + failures
                            + "]}"));
        McpTransport transport = builder(agent.url()).build()) {
      Delivered delivered = assertInstanceOf(Delivered.class, deliver(transport, BATCH));
      assertEquals(1, delivered.rejected().size());
      assertTrue(delivered.warnings().get(0).startsWith("49999 partial_failures beyond"));
    }
  }

  @Test
  void theKeyIsShownNowhere() throws Exception {
    String key = "scope3_0123456789abcdef";
    try (ScriptedAgent agent =
            ScriptedAgent.logging(message -> ScriptedAgent.toolWords("you are " + key));
        McpTransport transport = builder(agent.url()).build()) {
      Unavailable unavailable = assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
      assertFalse(unavailable.toString().contains(key));
      assertTrue(unavailable.cause().contains("you are [hidden]"), unavailable.cause());
    }
  }

  @Test
  void aBatchThatCannotBeReadFailsTheAttempt() throws Exception {
    TestBatch broken =
        TestBatch.of(
            1,
            100,
            () ->
                new InputStream() {
                  @Override
                  public int read() throws IOException {
                    throw new IOException("the event is damaged");
                  }
                });
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken);
        McpTransport transport = builder(agent.url()).build()) {
      Unavailable unavailable = assertInstanceOf(Unavailable.class, deliver(transport, broken));
      assertTrue(unavailable.cause().contains("damaged"), unavailable.cause());
      assertEquals(0, broken.openStreams().get());
    }
  }
}
