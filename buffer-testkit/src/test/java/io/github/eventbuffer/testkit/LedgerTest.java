package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LedgerTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private static EventKey key(String id) {
    return new EventKey("website_pixel", "purchase", id);
  }

  private static String hash(String text) {
    return Digests.hex(Digests.sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void textIsKeptExactlyAsItArrived() throws Exception {
    String odd =
        " { \"event_time\" : \"2026-04-26T14:30:00Z\",\"event_id\":\"\\u00e9/é/😀\", \"x\": 1.50e+1,"
            + "\n\t\"event_type\":\"lead\", \"user_match\":{\"click_id\":\"ü\"} } ";
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      new Client(endpoint).post(Client.batch(Client.event("1"), odd, Client.event("2")));
      Ledger ledger = endpoint.ledger();
      assertEquals(
          List.of(Client.event("1"), odd.strip(), Client.event("2")),
          ledger.events().stream().map(StoredEvent::json).toList());
      EventKey key = new EventKey("website_pixel", "lead", "é/é/😀");
      assertEquals(Optional.of(odd.strip()), ledger.json(key));
      assertEquals(Optional.of(hash(odd.strip())), ledger.sha256(key));
      assertTrue(ledger.contains(key));
      assertFalse(ledger.contains(key("é/é/😀")));
    }
  }

  @Test
  void digestsAreKeptInPlaceOfText() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().keep(Ledger.Keep.DIGEST).start()) {
      Client client = new Client(endpoint);
      client.post(Client.batchOf(0, 3));
      client.post(Client.batchOf(2, 3));
      Ledger ledger = endpoint.ledger();
      assertEquals(5, ledger.count());
      assertEquals(1, ledger.duplicates());
      assertEquals(2, ledger.arrivals("txn_2", "purchase"));
      assertTrue(ledger.contains("txn_4", "purchase"));
      assertFalse(ledger.contains("txn_5", "purchase"));
      assertFalse(ledger.contains("txn_4", "lead"));
      assertEquals(Optional.of(hash(Client.event("txn_1"))), ledger.sha256(key("txn_1")));
      assertEquals(Optional.empty(), ledger.sha256(key("txn_5")));
      assertThrows(IllegalStateException.class, ledger::events);
      assertThrows(IllegalStateException.class, () -> ledger.json(key("txn_1")));
    }
  }

  @Test
  void sameIdIsTheSameEventOnlyWithTheSameTypeAndSource() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      String event = Client.event("1");
      client.post(Client.batch(event, event, event.replace("\"purchase\"", "\"lead\"")));
      client.post(Client.batch(event).replace("website_pixel", "app"));
      Ledger ledger = endpoint.ledger();
      assertEquals(3, ledger.count());
      assertEquals(1, ledger.duplicates());
      assertEquals(3, ledger.arrivals("1", "purchase"));
      assertEquals(4, ledger.arrivals());
    }
  }

  @Test
  void keysOfDifferentPartsHaveDifferentHashes() {
    assertNotEquals(
        Digests.key(new EventKey("ab", "c", "d")), Digests.key(new EventKey("a", "bc", "d")));
    assertNotEquals(
        Digests.key(new EventKey("a", "bc", "d")), Digests.key(new EventKey("a", "b", "cd")));
  }

  @Test
  void requestsTellWhatHappened() throws Exception {
    ManualClock clock = new ManualClock(Instant.parse("2026-11-20T12:00:00Z"));
    try (FakeEndpoint endpoint = FakeEndpoint.builder().clock(clock).start()) {
      Client client = new Client(endpoint);
      endpoint.script(Script.times(1, Fault.status(502)));
      String body = Client.batchOf(0, 4).replaceFirst("\\{", "{\"test_event_code\":\"T1\",");
      client.post(body);
      clock.advance(Duration.ofSeconds(5));
      client.post(body);
      int bytes = body.length();
      assertEquals(
          List.of(
              new RecordedRequest(
                  1,
                  Instant.parse("2026-11-20T12:00:00Z"),
                  502,
                  4,
                  false,
                  0,
                  hash(body),
                  bytes,
                  1,
                  "T1"),
              new RecordedRequest(
                  2,
                  Instant.parse("2026-11-20T12:00:05Z"),
                  200,
                  4,
                  true,
                  4,
                  hash(body),
                  bytes,
                  2,
                  "T1")),
          endpoint.ledger().requests());
    }
  }

  @Test
  void awaitWakesWhenTheConditionHolds() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Ledger ledger = endpoint.ledger();
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return ledger.awaitCount(2, SOON);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Client client = new Client(endpoint);
      client.post(Client.batchOf(0, 1));
      client.post(Client.batchOf(1, 1));
      assertTrue(waiting.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void awaitGivesUp() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      assertFalse(endpoint.ledger().awaitCount(1, Duration.ofMillis(20)));
      assertFalse(endpoint.ledger().awaitRequests(1, Duration.ZERO));
      assertTrue(endpoint.ledger().awaitRequests(0, Duration.ZERO));
    }
  }

  @Test
  void clearForgetsEverything() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      client.post(Client.batch(Client.event("1"), Client.event("")));
      endpoint.ledger().clear();
      assertEquals(0, endpoint.ledger().count());
      assertEquals(0, endpoint.ledger().requestCount());
      assertEquals(0, endpoint.ledger().violationCount());
      assertFalse(endpoint.ledger().contains("1", "purchase"));
      client.post(Client.batch(Client.event("1")));
      assertEquals(1, endpoint.ledger().arrivals());
    }
  }
}
