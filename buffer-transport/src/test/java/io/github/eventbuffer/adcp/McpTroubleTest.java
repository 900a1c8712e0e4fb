package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.McpTransportTest.builder;
import static io.github.eventbuffer.adcp.McpTransportTest.deliver;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.message;
import static io.github.eventbuffer.adcp.ScriptedAgent.rpcError;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.interchange.TestBatch;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What keeps a session from being made, or from being good. */
class McpTroubleTest {
  private static final TestBatch BATCH = TestBatch.of(1, "[{\"event_id\":\"a\"}]");

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
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

  /** The first is refused late, and the session that it waits for was begun by a later one. */
  @Test
  void nobodyWaitsForASessionBeyondTheTimeOut() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (ScriptedAgent agent =
            new ScriptedAgent(
                m -> {
                  if (m.method().equals("initialize")) {
                    sleep(8_000);
                    return http(503, "", "");
                  }
                  sleep(calls.incrementAndGet() == 1 ? 3_700 : 0);
                  return http(400, "", "");
                });
        McpTransport transport =
            builder(agent.url()).requestTimeout(Duration.ofSeconds(4)).build()) {
      long start = System.nanoTime();
      AtomicReference<Long> took = new AtomicReference<>(0L);
      CompletableFuture<?> first =
          transport
              .deliver(BATCH)
              .toCompletableFuture()
              .thenRun(() -> took.set(System.nanoTime() - start));
      Thread.sleep(3_400);
      transport.deliver(BATCH);
      first.get(30, TimeUnit.SECONDS);
      long millis = TimeUnit.NANOSECONDS.toMillis(took.get());
      assertTrue(millis < 5_500, millis + " ms, 4000 and 1000 are the most");
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
