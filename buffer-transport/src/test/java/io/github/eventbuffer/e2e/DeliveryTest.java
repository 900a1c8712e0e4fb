package io.github.eventbuffer.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferHealth;
import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventBufferListener;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.ManualClock;
import io.github.eventbuffer.testkit.RecordedRequest;
import io.github.eventbuffer.testkit.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffer, transport and endpoint together; every answer is scripted. */
class DeliveryTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");

  @TempDir Path directory;
  private FakeEndpoint endpoint;
  private InterchangeTransport transport;
  private volatile String apiKey = FakeEndpoint.API_KEY;

  @BeforeEach
  void start() {
    endpoint = FakeEndpoint.start();
    transport =
        InterchangeTransport.builder()
            .apiKey(() -> apiKey)
            .baseUrl(endpoint.baseUrl())
            .requestTimeout(Duration.ofSeconds(1))
            .build();
  }

  @AfterEach
  void stop() {
    transport.close();
    endpoint.close();
  }

  private EventBuffer.Builder builder() {
    return EventBuffer.builder(directory.resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .segmentBytes(2 << 20)
        .flushInterval(Duration.ofMillis(10))
        .retryPolicy(
            new RetryPolicy(
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofMillis(50)));
  }

  private static ConversionEvent event(int number) {
    return ConversionEvent.purchase("txn_" + number, TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(UserMatch.email("customer" + number + "@example.com"))
        .value(number + ".25", "USD")
        .build();
  }

  private static void append(EventBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(event(i)));
    }
  }

  private void assertAllArrived(EventBuffer buffer, int count) {
    assertTrue(
        buffer.flush(LONG).complete(), () -> buffer.health() + " " + endpoint.ledger().requests());
    assertEquals(count, endpoint.ledger().count());
    assertEquals(List.of(), endpoint.ledger().violations());
    BufferStats stats = buffer.stats();
    assertEquals(count, stats.delivered());
    assertEquals(0, stats.deadLettered());
    assertEquals(0, stats.pending());
  }

  static Stream<Fault> passingFaults() {
    return Stream.of(
        Fault.status(500),
        Fault.status(502).html(),
        Fault.status(503).empty(),
        Fault.status(504).garbage(),
        Fault.status(408),
        Fault.status(409),
        Fault.throttled(Duration.ZERO),
        Fault.status(500).storing(),
        Fault.status(200).garbage().storing(),
        Fault.status(200).empty(),
        Fault.status(204).empty(),
        Fault.errorsInBody("INTERNAL_ERROR", "down"),
        Fault.counts(3, 3),
        Fault.cutBeforeReading(),
        Fault.cut(),
        Fault.cut().storing(),
        Fault.cutWhileAnswering(),
        Fault.silence(),
        Fault.silence().storing(),
        Fault.endless());
  }

  @ParameterizedTest
  @MethodSource("passingFaults")
  void aFaultThatPassesCostsARetryWithTheSameBytesAndNoEvent(Fault fault) {
    endpoint.script(Script.times(2, fault).then(Script.ok()));
    try (EventBuffer buffer = builder().maxInFlightBatches(1).flushInterval(LONG).open()) {
      append(buffer, 0, 20);
      assertAllArrived(buffer, 20);
      assertEquals(2, buffer.stats().retries());
    }
    Set<String> bodies =
        endpoint.ledger().requests().stream()
            .map(RecordedRequest::bodySha256)
            .filter(body -> body != null && !body.isEmpty())
            .collect(Collectors.toSet());
    assertEquals(1, bodies.size(), "the bytes of a resend differ");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 402, 403, 404, 418, 501})
  void whatIsNotTheServicesFaultIsHeldAndBurnsNothing(int status) {
    endpoint.script(Script.always(Fault.status(status)));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 20);
      assertFalse(buffer.flush(Duration.ofMillis(300)).complete());
      BufferHealth health = buffer.health();
      assertEquals(BufferHealth.State.HELD, health.state());
      assertTrue(
          String.valueOf(health.reason()).contains(Integer.toString(status)), health.reason());
      assertEquals(20, buffer.stats().pending());
      endpoint.script(Script.ok());
      buffer.resume();
      assertAllArrived(buffer, 20);
      assertEquals(BufferHealth.State.RUNNING, buffer.health().state());
    }
  }

  @Test
  void aRotatedKeyEndsTheHoldByItself() {
    apiKey = "scope3_revoked";
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 20);
      assertFalse(buffer.flush(Duration.ofMillis(200)).complete());
      assertEquals(BufferHealth.State.HELD, buffer.health().state());
      assertFalse(String.valueOf(buffer.health().reason()).contains("scope3_revoked"));
      apiKey = FakeEndpoint.API_KEY;
      assertAllArrived(buffer, 20);
    }
  }

  @Test
  void aKeyThatIsRefusedForAnHourIsProbedFewTimesAndThenAllIsDelivered() throws Exception {
    ManualClock clock = new ManualClock(Instant.parse("2026-04-26T19:30:00Z"));
    apiKey = "scope3_revoked";
    RetryPolicy policy = RetryPolicy.DEFAULT;
    AtomicInteger held = new AtomicInteger();
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onHeld(String reason) {
            held.incrementAndGet();
          }
        };
    try (EventBuffer buffer =
        builder().clock(clock).retryPolicy(policy).listener(listener).open()) {
      append(buffer, 0, 20);
      buffer.flush(Duration.ZERO);
      // The first request, and probes after 1, 2, 4, 8, 15 minutes, and every 15 from then on.
      int requests = 0;
      Duration passed = Duration.ZERO;
      Duration wait = policy.probe();
      while (passed.compareTo(Duration.ofHours(1)) < 0) {
        assertTrue(endpoint.ledger().awaitRequests(++requests, LONG));
        while (held.get() < requests) {
          Thread.onSpinWait();
        }
        clock.awaitParked(1, LONG);
        clock.advance(wait.minusMillis(1));
        clock.awaitParked(1, LONG);
        assertEquals(requests, endpoint.ledger().requestCount(), "a probe too early");
        if (passed.plus(wait).compareTo(Duration.ofHours(1)) >= 0) {
          apiKey = FakeEndpoint.API_KEY;
        }
        clock.advance(Duration.ofMillis(1));
        passed = passed.plus(wait);
        wait = wait.multipliedBy(2);
        wait = wait.compareTo(policy.probeCap()) > 0 ? policy.probeCap() : wait;
        append(buffer, requests * 20, requests * 20 + 20);
      }
      assertEquals(7, requests);
      assertAllArrived(buffer, requests * 20 + 20);
    }
  }

  @Test
  void refusedEventsAreTheOnlyDeadLetters() throws Exception {
    endpoint.script(
        Script.always(Fault.refusing(key -> key.eventId().endsWith("7"), "BAD_EVENT", "a reason")));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 100);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(90, endpoint.ledger().count());
      assertEquals(90, buffer.stats().delivered());
      assertEquals(10, buffer.stats().deadLettered());
      assertEquals(10, buffer.deadLetters().list(100).size());
      assertTrue(
          buffer.deadLetters().list(100).stream()
              .allMatch(
                  letter -> letter.eventId().endsWith("7") && letter.code().equals("BAD_EVENT")));
    }
  }

  @Test
  void aShortfallWithoutNamesIsCountedAndNotSentAgain() {
    endpoint.script(Script.always(Fault.shortfall(3)));
    try (EventBuffer buffer = builder().flushInterval(LONG).open()) {
      append(buffer, 0, 20);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(20, buffer.stats().delivered());
      assertEquals(3, buffer.stats().unattributed());
      assertEquals(1, endpoint.ledger().requestCount());
    }
  }

  @Test
  void everyKindOfEventThatTheBufferAcceptsIsAcceptedByTheEndpoint() {
    try (EventBuffer buffer = builder().open()) {
      int count = 0;
      for (ConversionEvent one : SampleEvents.all()) {
        assertEquals(AppendResult.ACCEPTED, buffer.append(one), one.toString());
        count++;
      }
      assertAllArrived(buffer, count);
    }
  }

  @Test
  void aPartBatchGoesOutWhenTheIntervalIsOverAndNotBefore() throws Exception {
    ManualClock clock = new ManualClock(Instant.parse("2026-04-26T19:30:00Z"));
    try (EventBuffer buffer = builder().clock(clock).flushInterval(Duration.ofSeconds(5)).open()) {
      clock.awaitParked(1, LONG);
      long parks = clock.parks();
      append(buffer, 0, 3);
      clock.awaitParks(parks + 1, LONG);
      clock.advance(Duration.ofMillis(4_999));
      clock.awaitParked(1, LONG);
      assertEquals(0, endpoint.ledger().requestCount());
      clock.advance(Duration.ofMillis(1));
      assertTrue(endpoint.ledger().awaitCount(3, LONG));
      assertEquals(1, endpoint.ledger().requestCount());
    }
  }

  @Test
  void delaysKeepTheirBoundsOnTheClockAndThereIsNoLastAttempt() throws Exception {
    ManualClock clock = new ManualClock(Instant.parse("2026-04-26T19:30:00Z"));
    List<Duration> delays = Collections.synchronizedList(new ArrayList<>());
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onRetry(String cause, Duration delay) {
            delays.add(delay);
          }
        };
    endpoint.script(Script.always(Fault.status(503)));
    RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofMinutes(5));
    try (EventBuffer buffer =
        builder()
            .clock(clock)
            .flushInterval(Duration.ofMillis(1))
            .retryPolicy(policy)
            .listener(listener)
            .open()) {
      append(buffer, 0, 3);
      buffer.flush(Duration.ZERO);
      int drawn = 0;
      for (int attempt = 1; attempt <= 40; attempt++) {
        assertTrue(endpoint.ledger().awaitRequests(attempt, LONG));
        // The wall clock steps about; no delay may change for it.
        clock.stepWall(Duration.ofDays(attempt % 2 == 0 ? 3_650 : -3_650));
        while (delays.size() < attempt) {
          clock.awaitParked(1, LONG);
          Thread.onSpinWait();
        }
        Duration delay = delays.get(attempt - 1);
        long most = Math.min(300, 1L << Math.min(attempt - 1, 20));
        assertTrue(delay.compareTo(Duration.ofSeconds(most)) <= 0, attempt + ": " + delay);
        drawn += delay.compareTo(Duration.ofSeconds(most)) < 0 ? 1 : 0;
        clock.awaitParked(1, LONG);
        assertEquals(attempt, endpoint.ledger().requestCount());
        if (attempt == 40) {
          // Before the next attempt is let go: an answer to it may come at once.
          endpoint.script(Script.ok());
        }
        clock.advance(delay.plusMillis(1));
      }
      assertTrue(drawn > 20, "no jitter: " + delays);
      assertAllArrived(buffer, 3);
    }
  }

  @Test
  void retryAfterIsKeptAndClamped() throws Exception {
    ManualClock clock = new ManualClock(Instant.parse("2026-04-26T19:30:00Z"));
    List<Duration> delays = Collections.synchronizedList(new ArrayList<>());
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onRetry(String cause, Duration delay) {
            delays.add(delay);
          }
        };
    endpoint.script(
        Script.sequence(
                Fault.throttled(Duration.ofSeconds(17)),
                Fault.throttled(Duration.ofDays(3)),
                Fault.status(503).header("Retry-After", "0"))
            .then(Script.ok()));
    try (InterchangeTransport clocked =
            InterchangeTransport.builder()
                .apiKey(() -> apiKey)
                .baseUrl(endpoint.baseUrl())
                .clock(clock)
                .build();
        EventBuffer buffer = builder().transport(clocked).clock(clock).listener(listener).open()) {
      append(buffer, 0, 3);
      buffer.flush(Duration.ZERO);
      Duration[] expected = {Duration.ofSeconds(17), Duration.ofHours(1), Duration.ofSeconds(1)};
      for (int i = 0; i < expected.length; i++) {
        assertTrue(endpoint.ledger().awaitRequests(i + 1, LONG));
        while (delays.size() <= i) {
          clock.awaitParked(1, LONG);
          Thread.onSpinWait();
        }
        assertEquals(expected[i], delays.get(i));
        clock.awaitParked(1, LONG);
        clock.advance(expected[i]);
      }
      assertTrue(endpoint.ledger().awaitCount(3, LONG));
    }
  }

  @Test
  void aSilentEndpointDoesNotKeepCloseWaiting() {
    endpoint.script(Script.always(Fault.silence()));
    EventBuffer buffer = builder().open();
    append(buffer, 0, 10);
    assertEquals(10, buffer.close(Duration.ofMillis(200)).pending());
    endpoint.script(Script.ok());
    try (EventBuffer again = builder().open()) {
      assertAllArrived(again, 10);
    }
  }

  @Test
  void compressedRequestsCarryTheSameEvents() {
    try (InterchangeTransport gzip =
            InterchangeTransport.builder()
                .apiKey(() -> apiKey)
                .baseUrl(endpoint.baseUrl())
                .gzip(true)
                .build();
        EventBuffer buffer = builder().transport(gzip).open()) {
      append(buffer, 0, 500);
      assertAllArrived(buffer, 500);
    }
  }
}
