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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401||the API key was refused; supply a valid one",
        "402||the account's credit is used up; settle it with the vendor",
        "403|FORBIDDEN|the key may not do this for the advertiser; check its scope, the account"
            + " and the terms of service",
        "404|NOT_FOUND|no such advertiser, task or address; check the ids and baseUrl",
        "407||the proxy wants a login; let it pass this host, or set another proxy",
        "413||the request is too large for the endpoint, or for something before it; send less",
        "429|RATE_LIMITED|requests come too fast; wait, and call again",
        "501||the endpoint does not offer this; check baseUrl",
        "503||the service is at fault; call again later",
        "302||redirects are not followed; set baseUrl to the final address",
        "418||an unexpected status; check baseUrl and whether something between here and the"
            + " endpoint answers in its place",
        "400|VALIDATION_ERROR|"
      })
  void aFailureSaysWhatToDo(int status, String code, String advice) throws Exception {
    String error =
        code == null ? "{}" : "{\"error\":{\"code\":\"" + code + "\",\"message\":\"m\"}}";
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(status, error));
        InterchangeTransport transport = server.transport().build()) {
      Tasks tasks = transport.client().timeout(Duration.ofMillis(1)).tasks();
      assertEquals(
          "HTTP "
              + status
              + (code == null ? "" : " " + code + ": m")
              + (advice == null ? "" : "; " + advice),
          assertThrows(InterchangeException.class, () -> tasks.get("t")).getMessage());
    }
  }
}
