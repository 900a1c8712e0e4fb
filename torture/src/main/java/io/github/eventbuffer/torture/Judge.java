package io.github.eventbuffer.torture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.testkit.FakeEndpoint;
import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.FoundViolation;
import io.github.eventbuffer.testkit.IncomingRequest;
import io.github.eventbuffer.testkit.Ledger;
import io.github.eventbuffer.testkit.RecordedRequest;
import io.github.eventbuffer.testkit.Script;
import io.github.eventbuffer.testkit.StoredEvent;
import java.net.URI;
import java.time.Duration;
import java.util.Random;

/**
 * The endpoint, in the driver's process: stores, and now and then does not answer, or refuses, or
 * stores and does not answer. What it stored it hands to the oracle.
 */
final class Judge implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** For settings of a buffer whose transport needs no address. */
  static final URI NOWHERE = URI.create("http://localhost/");

  private static final String REFUSED = "refused by the campaign";

  /** A body above this is sometimes called too large, so that batches are split. */
  private static final int LARGE_BYTES = 8_000;

  private final FakeEndpoint endpoint;

  private final Script calm;

  private final int deadEvery;

  private Judge(Script faults, int deadEvery, FakeEndpoint.OnViolation onViolation) {
    this.deadEvery = deadEvery;
    calm = deadEvery == 0 ? Script.ok() : Script.always(refusing());
    endpoint = FakeEndpoint.builder().onViolation(onViolation).script(faults.orElse(calm)).start();
  }

  /** Without faults. */
  static Judge calm() {
    return new Judge(Script.ok(), 0, FakeEndpoint.OnViolation.PARTIAL_FAILURES);
  }

  /**
   * With faults in about {@code percent} of the requests.
   *
   * @param deadEvery each event with a number divisible by this is refused; 0 refuses none
   */
  static Judge moody(Random random, int percent, int deadEvery) {
    return moody(random, percent, deadEvery, FakeEndpoint.OnViolation.PARTIAL_FAILURES);
  }

  /** The same, refusing them in this way. */
  static Judge moody(
      Random random, int percent, int deadEvery, FakeEndpoint.OnViolation onViolation) {
    return new Judge(faults(random, percent), deadEvery, onViolation);
  }

  private static Script faults(Random random, int percent) {
    Script faults =
        Script.random(
            random.nextLong(),
            percent,
            Fault.status(500),
            Fault.status(503),
            Fault.cut(),
            Fault.cut().storing(),
            Fault.cutWhileAnswering().storing(),
            Fault.cutBeforeReading());
    Script large = Script.random(random.nextLong(), percent, Fault.status(413)).orElse(Script.ok());
    Script tooLarge =
        request -> bodyBytes(request) > LARGE_BYTES ? large.next(request) : Fault.none();
    return faults.orElse(tooLarge);
  }

  /**
   * By the header: scripts are asked one after the other, and one that waited for the body of a
   * client that has no heap to send it would hold up all others.
   */
  private static long bodyBytes(IncomingRequest request) {
    return request.header("Content-Length").map(Long::parseLong).orElse(0L);
  }

  /** What is wrong with an event does not end with the faults. */
  private Fault refusing() {
    return Fault.refusing(key -> refuses(Payload.number(key.eventId())), "INVALID_VALUE", REFUSED);
  }

  /** Whether event n ends as a dead letter. */
  boolean refuses(long n) {
    return deadEvery > 0 && n % deadEvery == 0;
  }

  URI url() {
    return endpoint.baseUrl();
  }

  /** For faults of a scenario's own. */
  FakeEndpoint endpoint() {
    return endpoint;
  }

  /** From now on without faults; events that are refused stay refused. */
  void calmDown() {
    endpoint.script(calm);
  }

  /** Hands over all that came since the last time, and forgets it. */
  void report(Oracle oracle) throws InterruptedException {
    // The condition is tested with the ledger locked, so nothing comes between look and clear.
    endpoint.ledger().await(ledger -> handOver(ledger, oracle), Duration.ZERO);
  }

  private static boolean handOver(Ledger ledger, Oracle oracle) {
    for (StoredEvent event : ledger.events()) {
      String id = event.key().eventId();
      if (!event.key().eventSourceId().equals(Settings.DESTINATION.eventSourceId())) {
        oracle.wrong("stored under another source: " + event.key());
      }
      oracle.stored(id, event.json(), event.arrivals());
    }
    for (RecordedRequest request : ledger.requests()) {
      if (request.stored() && request.status() != 200) {
        oracle.unknownOutcomes(1);
      }
    }
    for (FoundViolation broken : ledger.violations()) {
      if (!broken.message().equals(REFUSED)) {
        oracle.wrong("breaks a rule of the endpoint: " + broken);
      }
    }
    ledger.clear();
    return true;
  }

  /** The id of an event given as JSON; empty when there is none. */
  static String idOf(String event) {
    try {
      return JSON.readTree(event).path("event_id").asText();
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
