package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.McpTransportTest.builder;
import static io.github.eventbuffer.adcp.McpTransportTest.deliver;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.message;
import static io.github.eventbuffer.adcp.ScriptedAgent.rpcError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.interchange.TestBatch;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What keeps a session from being made, or from being good. */
class McpTroubleTest {
  private static final TestBatch BATCH = TestBatch.of(1, "[{\"event_id\":\"a\"}]");

  /** Of the agent: the end interrupts its threads. */
  private static void untilTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ScriptedAgent.Reply initialized(String version) {
    return message(
        200,
        "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"protocolVersion\":\""
            + version
            + "\",\"capabilities\":{}}}",
        "Mcp-Session-Id",
        "s");
  }

  private static Object field(Object of, String name) throws Exception {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }

  /** The system has no thread left for a moment, just as a session is to begin. */
  @Test
  void aSessionThatCouldNotBeAskedForIsAskedForAgain() throws Exception {
    AtomicBoolean once = new AtomicBoolean();
    try (ScriptedAgent agent =
            new ScriptedAgent(
                m -> {
                  if (m.method().equals("initialize")) {
                    return initialized("2025-06-18");
                  }
                  if (m.method().startsWith("notif")) {
                    return http(202, "", "");
                  }
                  if (m.header("Mcp-Session-Id").isEmpty()) {
                    return http(400, "", "");
                  }
                  return m.tool().equals("log_event")
                      ? ScriptedAgent.taken(m)
                      : ScriptedAgent.result(ScriptedAgent.CAPABILITIES);
                });
        McpTransport transport =
            builder(agent.url()).requestTimeout(Duration.ofSeconds(3)).build()) {
      Object threads = field(field(transport, "endpoint"), "threads");
      ThreadPoolExecutor workers = (ThreadPoolExecutor) field(threads, "workers");
      ThreadFactory sound = workers.getThreadFactory();
      workers.setMaximumPoolSize(64);
      workers.setCorePoolSize(64);
      workers.setThreadFactory(
          task -> {
            boolean now =
                Arrays.stream(new Throwable().getStackTrace())
                    .anyMatch(f -> f.getMethodName().equals("handshake"));
            if (now && once.compareAndSet(false, true)) {
              throw new OutOfMemoryError("unable to create native thread");
            }
            return sound.newThread(task);
          });
      try {
        deliver(transport, BATCH);
      } catch (Exception e) {
        // That one may fail.
      }
      assertTrue(once.get());
      DeliveryResult second =
          transport.deliver(BATCH).toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertInstanceOf(DeliveryResult.Delivered.class, second);
    }
  }

  /** Who makes the session has an hour more than who waits for it, and the agent is silent. */
  @Test
  void nobodyWaitsForASessionBeyondTheTimeOut() throws Exception {
    CountDownLatch askedForASession = new CountDownLatch(1);
    try (ScriptedAgent agent =
            new ScriptedAgent(
                m -> {
                  if (m.method().equals("initialize")) {
                    askedForASession.countDown();
                    untilTheEnd();
                  }
                  return http(400, "", "");
                });
        McpTransport transport =
            builder(agent.url()).requestTimeout(Duration.ofSeconds(4)).build()) {
      McpConnection connection = (McpConnection) field(transport, "connection");
      LogEventRequest request = new LogEventRequest(BATCH, McpTransportTest.ACCOUNT);
      long inAnHour = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
      CompletableFuture<?> maker = connection.send(request, inAnHour).toCompletableFuture();
      assertTrue(askedForASession.await(60, TimeUnit.SECONDS));
      DeliveryResult waiter =
          connection
              .send(request, System.nanoTime())
              .toCompletableFuture()
              .get(60, TimeUnit.SECONDS);
      assertEquals(new DeliveryResult.Unavailable("no session in time"), waiter);
      assertFalse(maker.isDone());
    }
  }

  /** After an update the agent no longer speaks the version that the session agreed on. */
  @Test
  void anAgentThatSpeaksAnotherVersionNowIsAskedAgain() throws Exception {
    AtomicReference<String> version = new AtomicReference<>("2025-03-26");
    try (ScriptedAgent agent =
            new ScriptedAgent(
                m -> {
                  if (m.method().equals("initialize")) {
                    return initialized(version.get());
                  }
                  if (m.method().startsWith("notif")) {
                    return http(202, "", "");
                  }
                  if (m.header("Mcp-Session-Id").isEmpty()) {
                    return http(400, "", "");
                  }
                  if (!m.header("MCP-Protocol-Version").equals(version.get())) {
                    return rpcError(400, -32000, "Bad Request: Unsupported protocol version");
                  }
                  return m.tool().equals("log_event")
                      ? ScriptedAgent.taken(m)
                      : ScriptedAgent.result(ScriptedAgent.CAPABILITIES);
                });
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(DeliveryResult.Delivered.class, deliver(transport, BATCH));
      version.set("2025-06-18");
      DeliveryResult last = null;
      for (int i = 0; i < 5; i++) {
        last = deliver(transport, BATCH);
      }
      assertInstanceOf(DeliveryResult.Delivered.class, last);
    }
  }
}
