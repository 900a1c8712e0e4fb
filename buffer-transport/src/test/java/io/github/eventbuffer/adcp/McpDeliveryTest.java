package io.github.eventbuffer.adcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferHealth;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventBufferListener;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventTransport;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.adcp.RememberingSeller.Fate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buffer, transport and a seller that keeps the rules for keys. */
class McpDeliveryTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");
  private static final int EVENTS = 10_000;
  private static final int IN_FLIGHT = 4;

  @TempDir Path directory;

  private EventBuffer.Builder buffer(EventTransport transport) {
    return EventBuffer.builder(directory.resolve("events"))
        .destination(Destination.of("12345", "web_pixel"))
        .transport(transport)
        .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)))
        .maxBatchEvents(500)
        .segmentBytes(4 << 20);
  }

  private static void append(EventBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      ConversionEvent event =
          ConversionEvent.purchase("event-" + i, TIME)
              .source("https://shop.example.com/checkout/complete")
              .user(UserMatch.email("customer" + i + "@example.com"))
              .value("1.00", "USD")
              .build();
      assertEquals(AppendResult.ACCEPTED, buffer.append(event));
    }
  }

  private static void assertEachOnce(Map<String, Integer> counted, int events) {
    assertEquals(events, counted.size());
    assertTrue(counted.values().stream().allMatch(times -> times == 1), "counted twice");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void everyEventIsCountedOnceWhateverBecomesOfTheCalls() throws Exception {
    Random random = new Random(20261121);
    List<Fate> unkind = List.copyOf(EnumSet.complementOf(EnumSet.of(Fate.EXPIRED, Fate.ANSWERED)));
    // A second's delay, so only twice.
    RememberingSeller seller =
        new RememberingSeller(
            call -> {
              Fate drawn = unkind.get(random.nextInt(unkind.size()));
              boolean spared = drawn == Fate.RATE_LIMITED && call != 7 && call != 23;
              return call >= 60 || random.nextBoolean() || spared ? Fate.ANSWERED : drawn;
            });
    // Batches that go out side by side before the first answer ask side by side: here all of them.
    CountDownLatch asked = new CountDownLatch(IN_FLIGHT);
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message -> {
                  if (!message.tool().equals("get_adcp_capabilities")) {
                    return seller.logEvent(message);
                  }
                  asked.countDown();
                  await(asked);
                  return ScriptedAgent.result(ScriptedAgent.CAPABILITIES);
                });
        McpTransport transport = McpTransportTest.builder(agent.url()).build();
        EventBuffer buffer = buffer(transport).maxInFlightBatches(IN_FLIGHT).open()) {
      append(buffer, 0, EVENTS);
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
      assertEquals(EVENTS, buffer.stats().delivered());
      assertEquals(0, buffer.stats().deadLettered());
      assertEquals(IN_FLIGHT, agent.calls("get_adcp_capabilities").size());
    }
    assertEachOnce(seller.counted(), EVENTS);
    assertEquals(0, seller.conflicts());
    assertTrue(seller.replays() > 0);
    assertTrue(seller.met.containsAll(EnumSet.of(Fate.DOWN, Fate.EXECUTED_UNANSWERED)));
  }

  /** The key and the bytes are those of the batch, not of the process or of the transport. */
  @Test
  void afterAReopenTheSameBatchesGoUnderTheSameKeys() throws Exception {
    AtomicBoolean up = new AtomicBoolean();
    RememberingSeller seller =
        new RememberingSeller(call -> up.get() ? Fate.ANSWERED : Fate.EXECUTED_UNANSWERED);
    CountDownLatch retried = new CountDownLatch(3);
    try (ScriptedAgent agent = ScriptedAgent.logging(seller::logEvent)) {
      try (McpTransport transport = McpTransportTest.builder(agent.url()).build();
          EventBuffer buffer =
              buffer(transport)
                  .listener(
                      new EventBufferListener() {
                        @Override
                        public void onRetry(String cause, Duration delay) {
                          retried.countDown();
                        }
                      })
                  .open()) {
        append(buffer, 0, 1_500);
        assertTrue(retried.await(60, TimeUnit.SECONDS));
      }
      List<String> before = seller.keys();
      up.set(true);
      try (McpTransport transport = McpTransportTest.builder(agent.url()).build();
          EventBuffer buffer = buffer(transport).open()) {
        assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
        assertEquals(1_500, buffer.stats().delivered());
      }
      List<String> after = seller.keys().subList(before.size(), seller.keys().size());
      assertTrue(after.containsAll(before), "a batch under another key");
    }
    assertEachOnce(seller.counted(), 1_500);
    assertEquals(0, seller.conflicts());
    assertTrue(seller.replays() > 0);
  }

  /** As a seller does that forgets: the source is unknown until it is synced. */
  @Test
  void aSourceThatTheSellerDoesNotKnowIsRegistered() throws Exception {
    AtomicBoolean known = new AtomicBoolean();
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message ->
                    switch (message.tool()) {
                      case "sync_event_sources" -> {
                        known.set(true);
                        yield ScriptedAgent.result(
                            "{\"event_sources\":[{\"event_source_id\":\"web_pixel\","
                                + "\"action\":\"created\",\"managed_by\":\"buyer\"},"
                                + "{\"event_source_id\":\"theirs\",\"action\":\"failed\","
                                + "\"errors\":[{\"code\":\"X\",\"message\":\"m\"}]}]}");
                      }
                      case "log_event" ->
                          known.get()
                              ? ScriptedAgent.taken(message)
                              : ScriptedAgent.adcpError(
                                  "\"code\":\"EVENT_SOURCE_NOT_FOUND\",\"message\":\"which?\","
                                      + "\"recovery\":\"correctable\"");
                      default -> ScriptedAgent.result(ScriptedAgent.CAPABILITIES);
                    });
        McpTransport transport = McpTransportTest.builder(agent.url()).build();
        EventBuffer buffer = buffer(transport).eventSource(EventSource.of("web_pixel")).open()) {
      append(buffer, 0, 10);
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
      known.set(false);
      append(buffer, 10, 20);
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
      assertEquals(20, buffer.stats().delivered());
      assertEquals(2, agent.calls("sync_event_sources").size());
    }
  }

  @Test
  void anExpiredKeyGivesWayToANewOne() throws Exception {
    RememberingSeller seller =
        new RememberingSeller(call -> call < 2 ? Fate.EXPIRED : Fate.ANSWERED);
    try (ScriptedAgent agent = ScriptedAgent.logging(seller::logEvent);
        McpTransport transport = McpTransportTest.builder(agent.url()).build();
        EventBuffer buffer = buffer(transport).open()) {
      append(buffer, 0, 10);
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
    }
    assertEachOnce(seller.counted(), 10);
    assertEquals(3, seller.keys().stream().distinct().count());
  }

  @Test
  void eventsThatTheSellerPointsAtBecomeDeadLettersAndTheRestIsDelivered() throws Exception {
    RememberingSeller seller = new RememberingSeller(call -> Fate.ANSWERED);
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message -> {
                  for (int i = 0; i < message.events(); i++) {
                    if (message
                        .arguments()
                        .path("events")
                        .path(i)
                        .path("event_id")
                        .asText()
                        .endsWith("7")) {
                      return ScriptedAgent.adcpError(
                          "\"code\":\"VALIDATION_ERROR\",\"message\":\"no\",\"recovery\":"
                              + "\"correctable\",\"field\":\"events["
                              + i
                              + "].event_id\"");
                    }
                  }
                  return seller.logEvent(message);
                });
        McpTransport transport = McpTransportTest.builder(agent.url()).build();
        EventBuffer buffer = buffer(transport).open()) {
      append(buffer, 0, 40);
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
      assertEquals(36, buffer.stats().delivered());
      assertEquals(
          List.of("event-7", "event-17", "event-27", "event-37"),
          buffer.deadLetters().list(10).stream().map(letter -> letter.eventId()).toList());
    }
    assertEachOnce(seller.counted(), 36);
  }

  @Test
  void aWrongAccountHoldsAndBurnsNothing() throws Exception {
    AtomicReference<String> error =
        new AtomicReference<>(
            "\"code\":\"ACCOUNT_NOT_FOUND\",\"message\":\"none\",\"recovery\":\"terminal\"");
    RememberingSeller seller = new RememberingSeller(call -> Fate.ANSWERED);
    CountDownLatch held = new CountDownLatch(1);
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message ->
                    error.get().isEmpty()
                        ? seller.logEvent(message)
                        : ScriptedAgent.adcpError(error.get()));
        McpTransport transport = McpTransportTest.builder(agent.url()).build();
        EventBuffer buffer =
            buffer(transport)
                .listener(
                    new EventBufferListener() {
                      @Override
                      public void onHeld(String reason) {
                        held.countDown();
                      }
                    })
                .open()) {
      append(buffer, 0, 40);
      assertFalse(buffer.flush(Duration.ofMillis(1)).complete());
      assertTrue(held.await(60, TimeUnit.SECONDS));
      assertEquals(BufferHealth.State.HELD, buffer.health().state());
      assertEquals(0, buffer.deadLetters().count());
      error.set("");
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
    }
    assertEachOnce(seller.counted(), 40);
  }
}
