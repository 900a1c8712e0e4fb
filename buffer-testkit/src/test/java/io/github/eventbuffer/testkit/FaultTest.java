package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FakeEndpointExtension.class)
@Timeout(60)
class FaultTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private static HttpRequest.Builder post(Client client, String body) {
    return client.request().POST(HttpRequest.BodyPublishers.ofString(body));
  }

  @Test
  void statusComesWithTheDocumentedError(FakeEndpoint endpoint) throws Exception {
    endpoint.script(
        Script.always(
            Fault.status(403).error("TOS_ACCEPTANCE_REQUIRED", "sign").header("X-Test", "1")));
    HttpResponse<String> response = new Client(endpoint).post(Client.batchOf(0, 2));
    assertEquals(403, response.statusCode());
    assertEquals("1", response.headers().firstValue("X-Test").orElse(""));
    JsonNode body = Client.json(response);
    assertTrue(body.path("data").isNull());
    assertEquals("TOS_ACCEPTANCE_REQUIRED", body.path("error").path("code").asText());
    assertEquals(0, endpoint.ledger().count());
    RecordedRequest request = endpoint.ledger().requests().get(0);
    assertEquals(403, request.status());
    assertEquals(2, request.count());
    assertFalse(request.stored());
  }

  @Test
  void errorBodyTakesEveryShape(FakeEndpoint endpoint) throws Exception {
    Fault fault = Fault.status(503);
    endpoint.script(
        Script.sequence(fault.bare(), fault.html(), fault.garbage(), fault.empty())
            .then(fault.body("text/plain", "later")));
    Client client = new Client(endpoint);
    String batch = Client.batchOf(0, 1);
    assertEquals("SERVICE_UNAVAILABLE", Client.json(client.post(batch)).path("code").asText());
    HttpResponse<String> html = client.post(batch);
    assertTrue(html.body().startsWith("<html>"));
    assertEquals("text/html", html.headers().firstValue("Content-Type").orElse(""));
    HttpResponse<String> garbage = client.post(batch);
    assertThrows(IOException.class, () -> Client.json(garbage));
    assertEquals("", client.post(batch).body());
    assertEquals("later", client.post(batch).body());
    assertEquals(
        List.of(1, 2, 3, 4, 5),
        endpoint.ledger().requests().stream().map(RecordedRequest::attempt).toList());
  }

  @Test
  void throttledTellsWhenToComeBack(FakeEndpoint endpoint) throws Exception {
    endpoint.script(Script.always(Fault.throttled(Duration.ofSeconds(7))));
    HttpResponse<String> response = new Client(endpoint).post(Client.batchOf(0, 1));
    assertEquals(429, response.statusCode());
    assertEquals("7", response.headers().firstValue("Retry-After").orElse(""));
  }

  @Test
  void errorsComeInA200Body(FakeEndpoint endpoint) throws Exception {
    endpoint.script(Script.always(Fault.errorsInBody("ACCOUNT_NOT_FOUND", "who?")));
    HttpResponse<String> response = new Client(endpoint).post(Client.batchOf(0, 1));
    assertEquals(200, response.statusCode());
    JsonNode body = Client.json(response);
    assertEquals("ACCOUNT_NOT_FOUND", body.path("errors").path(0).path("code").asText());
    assertFalse(body.has("events_received"));
    assertEquals(0, endpoint.ledger().count());
  }

  @Test
  void cutsAreIoErrorsAndStoreNothing(FakeEndpoint endpoint) throws Exception {
    Client client = new Client(endpoint);
    for (Fault fault : List.of(Fault.cutBeforeReading(), Fault.cut(), Fault.cutWhileAnswering())) {
      endpoint.script(Script.always(fault));
      for (int events : new int[] {1, 5_000}) {
        assertThrows(
            IOException.class, () -> client.post(Client.batchOf(0, events)), fault::toString);
      }
    }
    assertTrue(endpoint.ledger().awaitRequests(6, SOON));
    assertEquals(6, endpoint.ledger().requestCount());
    assertEquals(0, endpoint.ledger().count());
    assertTrue(endpoint.ledger().requests().stream().allMatch(r -> r.status() == 0));
  }

  @Test
  void storedButNotAnsweredIsADuplicateWhenSentAgain(FakeEndpoint endpoint) throws Exception {
    Client client = new Client(endpoint);
    String batch = Client.batchOf(0, 10);
    endpoint.script(
        Script.sequence(
            Fault.cut().storing(),
            Fault.cutWhileAnswering().storing(),
            Fault.status(500).storing()));
    assertThrows(IOException.class, () -> client.post(batch));
    assertThrows(IOException.class, () -> client.post(batch));
    assertEquals(500, client.post(batch).statusCode());
    JsonNode body = Client.json(client.post(batch));
    assertEquals(10, body.path("events_processed").asInt());
    assertEquals(10, endpoint.ledger().count());
    assertEquals(30, endpoint.ledger().duplicates());
    assertEquals(4, endpoint.ledger().arrivals("txn_9", "purchase"));
    List<RecordedRequest> requests = endpoint.ledger().requests();
    assertEquals(10, requests.get(0).newEvents());
    assertEquals(0, requests.get(3).newEvents());
    assertTrue(requests.get(3).stored());
  }

  @Test
  void cutBeforeReadingCannotStore() {
    assertThrows(IllegalStateException.class, () -> Fault.cutBeforeReading().storing());
  }

  @Test
  void silenceHoldsNoThreadAndEndsWithTheEndpoint(FakeEndpoint endpoint) throws Exception {
    Client client = new Client(endpoint);
    endpoint.script(Script.times(40, Fault.silence().storing()));
    HttpClient http = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> silent = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      HttpRequest request = post(client, Client.batchOf(i, 1)).build();
      silent.add(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }
    assertTrue(endpoint.ledger().awaitCount(40, SOON));
    assertEquals(200, client.post(Client.batchOf(40, 1)).statusCode());
    assertTrue(silent.stream().noneMatch(CompletableFuture::isDone));
    endpoint.close();
    for (CompletableFuture<HttpResponse<String>> response : silent) {
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> response.get(10, TimeUnit.SECONDS));
      assertTrue(failed.getCause() instanceof IOException);
    }
  }

  @Test
  void boundedSilenceEndsInACut(FakeEndpoint endpoint) {
    Client client = new Client(endpoint);
    endpoint.script(Script.always(Fault.silence(Duration.ofMillis(50))));
    assertThrows(IOException.class, () -> client.post(Client.batchOf(0, 1)));
  }

  @Test
  void delayedAnswerIsLate(FakeEndpoint endpoint) throws Exception {
    Client client = new Client(endpoint);
    endpoint.script(
        Script.sequence(
            Fault.delay(Duration.ofMillis(150)),
            Fault.status(503).after(Duration.ofMillis(150)),
            Fault.delay(Duration.ofMinutes(5))));
    long start = System.nanoTime();
    assertEquals(200, client.post(Client.batchOf(0, 1)).statusCode());
    assertEquals(503, client.post(Client.batchOf(0, 1)).statusCode());
    assertTrue(System.nanoTime() - start >= 300_000_000L);
    assertThrows(
        HttpTimeoutException.class,
        () -> client.send(post(client, Client.batchOf(1, 1)).timeout(Duration.ofMillis(100))));
    assertEquals(1, endpoint.ledger().count());
  }

  @Test
  void drippingAnswerComesWholeToAPatientClient(FakeEndpoint endpoint) throws Exception {
    Client client = new Client(endpoint);
    endpoint.script(
        Script.sequence(Fault.drip(Duration.ofMillis(1)), Fault.drip(Duration.ofSeconds(30))));
    assertEquals(
        1, Client.json(client.post(Client.batchOf(0, 1))).path("events_processed").asInt());
    HttpClient http = HttpClient.newHttpClient();
    CompletableFuture<HttpResponse<String>> slow =
        http.sendAsync(
            post(client, Client.batchOf(1, 1)).build(), HttpResponse.BodyHandlers.ofString());
    assertTrue(endpoint.ledger().awaitCount(2, SOON));
    endpoint.close();
    assertThrows(ExecutionException.class, () -> slow.get(10, TimeUnit.SECONDS));
  }

  @Test
  void endlessAnswerDoesNotEnd(FakeEndpoint endpoint) throws Exception {
    endpoint.script(Script.always(Fault.endless()));
    Client client = new Client(endpoint);
    HttpClient http = HttpClient.newHttpClient();
    HttpResponse<InputStream> response =
        http.send(
            post(client, Client.batchOf(0, 1)).build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      assertEquals(8 << 20, body.readNBytes(8 << 20).length);
      assertArrayEquals(new byte[] {'x'}, body.readNBytes(1));
    }
    endpoint.script(Script.ok());
    assertEquals(200, client.post(Client.batchOf(0, 1)).statusCode());
  }

  @Test
  void chosenEventsAreRefused(FakeEndpoint endpoint) throws Exception {
    endpoint.script(
        Script.always(
            Fault.refusing(key -> key.eventId().endsWith("3"), "EVENT_TOO_OLD", "too old")));
    JsonNode body = Client.json(new Client(endpoint).post(Client.batchOf(0, 10)));
    assertEquals(9, body.path("events_processed").asInt());
    assertEquals("txn_3", body.path("partial_failures").path(0).path("event_id").asText());
    assertEquals("EVENT_TOO_OLD", body.path("partial_failures").path(0).path("code").asText());
    assertFalse(endpoint.ledger().contains("txn_3", "purchase"));
    assertEquals(9, endpoint.ledger().count());
    assertEquals(0, endpoint.ledger().violationCount());
  }

  private static JsonNode errorOfChosen(FakeEndpoint.OnViolation how, String body)
      throws Exception {
    Fault fault = Fault.refusing(key -> key.eventId().equals("txn_3"), "CURRENCY_MISMATCH", "no");
    try (FakeEndpoint endpoint =
        FakeEndpoint.builder().onViolation(how).script(Script.always(fault)).start()) {
      HttpResponse<String> response = new Client(endpoint).post(body);
      assertEquals(400, response.statusCode());
      assertEquals(0, endpoint.ledger().count());
      return Client.json(response).path("error");
    }
  }

  @Test
  void chosenEventsFailTheCallByOptionWithTheirOwnCode() throws Exception {
    String body = Client.batchOf(0, 10);
    JsonNode error = errorOfChosen(FakeEndpoint.OnViolation.FAIL_CALL, body);
    assertEquals("CURRENCY_MISMATCH", error.path("code").asText());
    assertEquals("no", error.path("message").asText());
    assertEquals(
        "[{\"path\":\"events[3]\",\"message\":\"no\"}]",
        error.path("details").path("issues").toString());
    JsonNode unnamed = errorOfChosen(FakeEndpoint.OnViolation.FAIL_CALL_WITHOUT_ISSUES, body);
    assertEquals("{\"code\":\"CURRENCY_MISMATCH\",\"message\":\"no\"}", unnamed.toString());
  }

  @Test
  void aCallThatFailsForTwoReasonsSaysSoAtTheSecond() throws Exception {
    String good = Client.event("txn_1");
    String bad = Client.event("txn_2").replace("\"USD\"", "\"dollars\"");
    String chosen = Client.event("txn_3");
    FakeEndpoint.OnViolation how = FakeEndpoint.OnViolation.FAIL_CALL;
    JsonNode error = errorOfChosen(how, Client.batch(good, chosen, bad));
    assertEquals("CURRENCY_MISMATCH", error.path("code").asText());
    JsonNode issues = error.path("details").path("issues");
    assertFalse(issues.path(0).has("code"));
    assertEquals("VALIDATION_ERROR", issues.path(1).path("code").asText());
    error = errorOfChosen(how, Client.batch(good, bad, chosen));
    assertEquals("VALIDATION_ERROR", error.path("code").asText());
    assertEquals("the request is not valid", error.path("message").asText());
    issues = error.path("details").path("issues");
    assertFalse(issues.path(0).has("code"));
    assertEquals("CURRENCY_MISMATCH", issues.path(1).path("code").asText());
  }

  @Test
  void countsMayBeWrong(FakeEndpoint endpoint) throws Exception {
    endpoint.script(Script.sequence(Fault.counts(3, 99), Fault.shortfall(4)));
    Client client = new Client(endpoint);
    JsonNode wrong = Client.json(client.post(Client.batchOf(0, 10)));
    assertEquals(3, wrong.path("events_received").asInt());
    assertEquals(99, wrong.path("events_processed").asInt());
    JsonNode shortfall = Client.json(client.post(Client.batchOf(0, 10)));
    assertEquals(10, shortfall.path("events_received").asInt());
    assertEquals(6, shortfall.path("events_processed").asInt());
    assertFalse(shortfall.has("partial_failures"));
    assertEquals(20, endpoint.ledger().arrivals());
  }

  @Test
  void brokenScriptIsTold(FakeEndpoint endpoint) throws Exception {
    endpoint.script(
        request -> {
          throw new IllegalArgumentException("script");
        });
    HttpResponse<String> response = new Client(endpoint).post(Client.batchOf(0, 1));
    assertEquals(500, response.statusCode());
    assertTrue(response.body().contains("the fake endpoint failed"));
  }
}
