package io.github.eventbuffer.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictTest {

  private final FakeEndpoint endpoint =
      FakeEndpoint.builder().requireUrlForWebsite(true).adcpStrict(true).start();
  private final Receipts receipts = new Receipts();

  @BeforeEach
  void deliverTheFirstTwenty(@TempDir Path directory) {
    try (InterchangeTransport transport =
            InterchangeTransport.builder()
                .baseUrl(endpoint.baseUrl())
                .apiKey(endpoint::apiKey)
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory)
                .destination(Destination.of("12345", "website_pixel"))
                .transport(transport)
                .segmentBytes(1 << 22)
                .open()) {
      for (int number = 0; number < 20; number++) {
        assertTrue(buffer.append(SampleEvents.event(number)).isKept());
      }
      assertTrue(buffer.flush(Duration.ofSeconds(10)).complete());
    }
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void everyKindOfEventIsTakenByTheEndpoint() {
    assertEquals(0, endpoint.ledger().violationCount());
    assertEquals(20, endpoint.ledger().count());
  }

  @Test
  void whatWasAcceptedAndArrivedIsGood() {
    receipts.keep(0, 20, 0);
    Verdict verdict = verdict(Set.of(), 0);
    assertTrue(verdict.isGood(20));
    assertFalse(verdict.isGood(21));
    assertEquals(
        "accepted=20 delivered=20 duplicates=0 dead_lettered=0 pending=0 lost=0",
        verdict.toString());
  }

  @Test
  void whatWasAcceptedAndIsNowhereIsLost() {
    receipts.keep(0, 21, 0);
    Verdict verdict = verdict(Set.of(), 0);
    assertEquals(1, verdict.lost());
    assertFalse(verdict.isGood(21));
  }

  @Test
  void whatTheBufferHoldsIsPendingAndNotLost() {
    receipts.keep(0, 30, 0);
    Verdict verdict = verdict(Set.of(), 7);
    assertEquals(7, verdict.pending());
    assertEquals(3, verdict.lost());
    assertFalse(verdict.isGood(30));
  }

  @Test
  void aDeadLetterIsNotLost() {
    receipts.keep(0, 21, 0);
    Verdict verdict = verdict(Set.of("purchase purchase_000020"), 0);
    assertEquals(0, verdict.lost());
    assertEquals(1, verdict.deadLettered());
    assertTrue(verdict.isGood(21));
  }

  private Verdict verdict(Set<String> deadLetters, long held) {
    return Verdict.of(receipts, endpoint.ledger(), deadLetters, held);
  }
}
