package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers that mean harm, and waits that could be too long. */
class ClientTroubleTest {
  private static String task(String more) {
    return "{\"task\":{\"taskId\":\"t-1\",\"status\":\"failed\"" + more + "}}";
  }

  /** A mebibyte without an @ is looked through once for each of its characters. */
  @Test
  void aLongErrorIsReadInTime() throws Exception {
    String words = "z".repeat(1_000_000);
    try (RestServer server =
            new RestServer(
                request -> RestServer.Answer.of(200, task(",\"error\":\"" + words + "\"")));
        InterchangeTransport transport = server.transport().build()) {
      CompletableFuture<Task> task =
          CompletableFuture.supplyAsync(() -> transport.client().tasks().get("t-1"));
      task.get(15, TimeUnit.SECONDS);
    }
  }

  /** Answers that say why are read by the transport's few threads. */
  @Test
  void longErrorsDoNotKeepTheThreadsOfDelivery() throws Exception {
    String words = "z".repeat(1_000_000);
    try (RestServer server =
            new RestServer(
                request ->
                    request.path().endsWith("log-event")
                        ? RestServer.Answer.of(
                            200, "{\"events_received\":1,\"events_processed\":1}")
                        : RestServer.Answer.of(
                            400, "{\"error\":{\"message\":\"" + words + "\"}}"));
        InterchangeTransport transport =
            server.transport().requestTimeout(Duration.ofSeconds(5)).build()) {
      for (int i = 0; i < 4; i++) {
        assertThrows(
            InterchangeException.class,
            () -> transport.client().timeout(Duration.ofMillis(1)).tasks().get("t"));
      }
      Object result =
          transport
              .deliver(TestBatch.of(1, "[{\"event_id\":\"a\"}]"))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertTrue(result.toString().startsWith("Delivered"), result.toString());
    }
  }

  @Test
  void theEndpointsLimitDoesNotMakeACallLongerThanItsTime() throws Exception {
    try (RestServer server =
            new RestServer(
                request -> new RestServer.Answer(429, "{}", Map.of("Retry-After", "3600")));
        InterchangeTransport transport = server.transport().build()) {
      Tasks tasks = transport.client().timeout(Duration.ofSeconds(1)).tasks();
      assertThrows(InterchangeException.class, () -> tasks.get("t"));
      CompletableFuture<Task> second = CompletableFuture.supplyAsync(() -> tasks.get("t"));
      Exception end = assertThrows(Exception.class, () -> second.get(10, TimeUnit.SECONDS));
      assertTrue(end.getCause() instanceof InterchangeException, "after 10 s: " + end);
    }
  }

  @Test
  void forEverIsATimeToo() throws Exception {
    try (RestServer server =
            new RestServer(
                request ->
                    RestServer.Answer.of(
                        200, "{\"task\":{\"taskId\":\"t\",\"status\":\"completed\"}}"));
        InterchangeTransport transport = server.transport().build()) {
      assertEquals(
          Task.Status.COMPLETED,
          transport.client().tasks().await("t", Duration.ofSeconds(Long.MAX_VALUE)).status());
    }
  }

  @Test
  void theKeyIsNotShownByWhatAnAnswerOf200Says() throws Exception {
    String key = "scope3_key_of_a_test";
    try (RestServer server =
            new RestServer(
                request ->
                    RestServer.Answer.of(
                        200,
                        request.path().contains("tasks")
                            ? task(",\"error\":{\"message\":\"no right for " + key + "\"}")
                            : "{\"event_sources\":[{\"event_source_id\":\"s\",\"action\":"
                                + "\"failed\",\"error\":\"no right for "
                                + key
                                + "\"}]}"));
        InterchangeTransport transport = server.transport().build()) {
      String words =
          assertThrows(
                  InterchangeException.class,
                  () -> transport.client().tasks().await("t-1", Duration.ZERO))
              .getMessage();
      String error =
          transport
              .client()
              .eventSources()
              .sync("1", List.of(EventSource.of("s")), false)
              .get(0)
              .error();
      assertFalse((words + error).contains(key), words + " / " + error);
    }
  }
}
