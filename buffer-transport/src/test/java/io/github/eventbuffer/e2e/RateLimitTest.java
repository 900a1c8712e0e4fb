package io.github.eventbuffer.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferHealth;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.ManualClock;
import io.github.eventbuffer.testkit.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two buffers on one transport, and an endpoint that counts their requests. */
@Timeout(120)
class RateLimitTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int SECONDS = 150;
  private static final int EVENTS_A_SECOND = 3;

  @TempDir Path directory;
  private WatchedTransport transport;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-04-26T19:30:00Z"));

  private InterchangeTransport transport(FakeEndpoint endpoint) {
    return InterchangeTransport.builder()
        .apiKey(endpoint::apiKey)
        .baseUrl(endpoint.baseUrl())
        .clock(clock)
        .build();
  }

  private EventBuffer open(String name, WatchedTransport transport) {
    return EventBuffer.builder(directory.resolve(name))
        .destination(Destination.of("12345", name))
        .transport(transport)
        .segmentBytes(2 << 20)
        .flushInterval(SECOND)
        .clock(clock)
        .open();
  }

  /** A second passes, and what follows from it. */
  private void pass(FakeEndpoint endpoint, EventBuffer one, EventBuffer two) throws Exception {
    clock.advance(SECOND);
    assertTrue(clock.awaitParked(2, LONG));
    // Time must not run away from an answer that is on its way.
    transport.awaitNothingUnderWay();
    while (delivered(one, two) < endpoint.ledger().count()) {
      Thread.onSpinWait();
    }
    assertTrue(clock.awaitParked(2, LONG));
  }

  private static long delivered(EventBuffer one, EventBuffer two) {
    return one.stats().delivered() + two.stats().delivered();
  }

  private static long refused(FakeEndpoint endpoint) {
    return endpoint.ledger().requests().stream().filter(request -> request.status() == 429).count();
  }

  /**
   * Two buffers deliver what comes in over some minutes; returns how many requests it took.
   *
   * @param requestsPerMinute 0 for no limit; then each second's events are sent in their second
   */
  private int deliverAll(int requestsPerMinute) throws Exception {
    try (FakeEndpoint endpoint =
            FakeEndpoint.builder().requestsPerMinute(requestsPerMinute).clock(clock).start();
        WatchedTransport watched = new WatchedTransport(transport(endpoint));
        EventBuffer one = open("one-" + requestsPerMinute, watched);
        EventBuffer two = open("two-" + requestsPerMinute, watched)) {
      transport = watched;
      int appended = 0;
      for (int second = 0; second < SECONDS; second++) {
        for (int i = 0; i < EVENTS_A_SECOND; i++) {
          appended += append(one, appended) + append(two, appended);
        }
        do {
          pass(endpoint, one, two);
        } while (requestsPerMinute == 0 && delivered(one, two) < appended);
      }
      one.flush(Duration.ZERO);
      two.flush(Duration.ZERO);
      while (delivered(one, two) < appended) {
        pass(endpoint, one, two);
      }
      assertEquals(0, refused(endpoint), "requests beyond the limit");
      assertEquals(appended, endpoint.ledger().count());
      assertEquals(0, one.stats().retries() + two.stats().retries());
      return endpoint.ledger().requestCount();
    }
  }

  private static int append(EventBuffer buffer, int number) {
    assertEquals(AppendResult.ACCEPTED, buffer.append(SampleEvents.numbered(number)));
    return 1;
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 25, 60})
  void twoBuffersKeepWithinOneLimitWithFullerBatches(int requestsPerMinute) throws Exception {
    int requests = deliverAll(requestsPerMinute);
    int unlimited = deliverAll(0);
    assertTrue(requests < unlimited, requests + " requests, " + unlimited + " without a limit");
  }

  @Test
  void afterA429EveryBufferOfTheTransportWaits() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.builder().clock(clock).start();
        InterchangeTransport shared = transport(endpoint);
        WatchedTransport first = new WatchedTransport(shared);
        WatchedTransport second = new WatchedTransport(shared);
        EventBuffer one = open("one", first);
        EventBuffer two = open("two", second)) {
      endpoint.script(Script.sequence(Fault.throttled(Duration.ofSeconds(20))).then(Script.ok()));
      append(one, 1);
      one.flush(Duration.ZERO);
      assertTrue(endpoint.ledger().awaitRequests(1, LONG));
      first.awaitNothingUnderWay();
      append(two, 2);
      two.flush(Duration.ZERO);
      assertTrue(second.delays.tryAcquire(30, TimeUnit.SECONDS));
      // Else the refusal may be noted after the resume, and makes it wait again.
      while (one.health().state() != BufferHealth.State.THROTTLED) {
        Thread.onSpinWait();
      }
      // A probe by hand would be refused as well.
      one.resume();
      assertTrue(first.delays.tryAcquire(30, TimeUnit.SECONDS));
      assertTrue(clock.awaitParked(2, LONG));
      clock.advance(Duration.ofMillis(19_999));
      assertEquals(1, endpoint.ledger().requestCount());
      clock.advance(Duration.ofMillis(1));
      while (endpoint.ledger().count() < 2) {
        clock.advance(SECOND);
        assertTrue(clock.awaitParked(2, LONG));
        first.awaitNothingUnderWay();
        second.awaitNothingUnderWay();
      }
      assertEquals(1, refused(endpoint));
    }
  }
}
