package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ScriptTest {

  @RegisterExtension
  final FakeEndpointExtension extension =
      new FakeEndpointExtension(FakeEndpoint.builder().keep(Ledger.Keep.DIGEST));

  private static List<Integer> statuses(FakeEndpoint endpoint, int requests) throws Exception {
    Client client = new Client(endpoint);
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      statuses.add(client.post(Client.batchOf(i, 1)).statusCode());
    }
    return statuses;
  }

  @Test
  void sequenceEndsInNoFault(FakeEndpoint endpoint) throws Exception {
    endpoint.script(Script.sequence(Fault.status(500), Fault.none(), Fault.status(503)));
    assertEquals(List.of(500, 200, 503, 200, 200), statuses(endpoint, 5));
  }

  @Test
  void sequenceGoesOnAsTold(FakeEndpoint endpoint) throws Exception {
    endpoint.script(
        Script.times(2, Fault.status(500))
            .then(Script.times(1, Fault.status(429)).then(Fault.status(503))));
    assertEquals(List.of(500, 500, 429, 503, 503), statuses(endpoint, 5));
  }

  @Test
  void predicateSeesTheRequest(FakeEndpoint endpoint) throws Exception {
    endpoint.script(
        Script.when(request -> request.bodyText().contains("\"txn_1\""), Fault.status(400))
            .orElse(Script.when(request -> request.number() == 4, Fault.status(503)))
            .orElse(
                Script.when(
                    request ->
                        request.header("X-No").isPresent() || !request.method().equals("POST"),
                    Fault.status(501))));
    assertEquals(List.of(200, 400, 200, 503, 200), statuses(endpoint, 5));
  }

  @Test
  void scriptIsReplacedAtRunTime(FakeEndpoint endpoint, Ledger ledger) throws Exception {
    assertEquals(List.of(200), statuses(endpoint, 1));
    endpoint.script(Script.always(Fault.status(401)));
    assertEquals(List.of(401, 401), statuses(endpoint, 2));
    endpoint.script(Script.ok());
    assertEquals(List.of(200, 200, 200), statuses(endpoint, 3));
    assertEquals(3, ledger.count());
  }

  @Test
  void randomIsTheSameForTheSameSeed(FakeEndpoint endpoint) throws Exception {
    List<List<Integer>> runs = new ArrayList<>();
    for (long seed : new long[] {7, 7, 8}) {
      endpoint.script(Script.random(seed, 40, Fault.status(500), Fault.status(503)));
      runs.add(statuses(endpoint, 60));
    }
    assertEquals(runs.get(0), runs.get(1));
    assertNotEquals(runs.get(0), runs.get(2));
    assertTrue(runs.get(0).containsAll(List.of(200, 500, 503)));
  }

  @Test
  void randomKeepsItsBounds(FakeEndpoint endpoint) throws Exception {
    endpoint.script(Script.random(1, 0, Fault.status(500)));
    assertEquals(List.of(200, 200, 200), statuses(endpoint, 3));
    endpoint.script(Script.random(1, 100, Fault.status(500)));
    assertEquals(List.of(500, 500, 500), statuses(endpoint, 3));
    assertThrows(IllegalArgumentException.class, () -> Script.random(1, 101, Fault.none()));
    assertThrows(IllegalArgumentException.class, () -> Script.random(1, -1, Fault.none()));
    assertThrows(IllegalArgumentException.class, () -> Script.random(1, 1));
  }

  @Test
  void impossibleFaultsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Fault.status(199));
    assertThrows(IllegalArgumentException.class, () -> Fault.status(600));
    assertThrows(IllegalStateException.class, () -> Fault.cut().html());
  }
}
