package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that send again until they are told 200 lose nothing, and the ledger counts right. */
@ExtendWith(FakeEndpointExtension.class)
@Timeout(120)
class ConservationTest {

  private static final int CLIENTS = 6;
  private static final int BATCHES = 40;
  private static final int EVENTS = 25;

  private static int deliver(FakeEndpoint endpoint, int number) throws InterruptedException {
    Client client = new Client(endpoint);
    int requests = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
      String body = Client.batchOf((number * BATCHES + batch) * EVENTS, EVENTS);
      int status = 0;
      while (status != 200) {
        requests++;
        try {
          status = client.post(body).statusCode();
        } catch (IOException e) {
          status = 0;
        }
      }
    }
    return requests;
  }

  @Test
  void everyEventIsStoredOnceWhateverTheFaults(FakeEndpoint endpoint) throws Exception {
    endpoint.script(
        Script.random(
            42,
            40,
            Fault.cutBeforeReading(),
            Fault.cut(),
            Fault.cut().storing(),
            Fault.cutWhileAnswering().storing(),
            Fault.status(503).after(Duration.ofMillis(2)),
            Fault.status(500).storing().html(),
            Fault.silence(Duration.ofMillis(5)).storing(),
            Fault.delay(Duration.ofMillis(3))));
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    int requests = 0;
    try {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        counts.add(clients.submit(() -> deliver(endpoint, number)));
      }
      for (Future<Integer> count : counts) {
        requests += count.get(100, TimeUnit.SECONDS);
      }
    } finally {
      clients.shutdownNow();
    }
    Ledger ledger = endpoint.ledger();
    assertEquals(CLIENTS * BATCHES * EVENTS, ledger.count());
    assertEquals(requests, ledger.requestCount());
    assertTrue(ledger.duplicates() > 0);
    assertEquals(
        ledger.arrivals(), ledger.events().stream().mapToLong(StoredEvent::arrivals).sum());
    assertEquals(
        ledger.count(), ledger.requests().stream().mapToLong(RecordedRequest::newEvents).sum());
    assertEquals(0, ledger.violationCount());
  }
}
