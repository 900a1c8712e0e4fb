package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each answer of the endpoint leads to. */
class AnswersTest extends BufferTestCase {
  @Test
  void refusedEventsBecomeDeadLettersAndTheRestIsCommitted() throws Exception {
    transport.answer(
        attempt ->
            new DeliveryResult.Delivered(
                attempt.ids().contains("event-3")
                    ? List.of(
                        new RejectedEvent("event-3", "BAD_HASH", "hash is malformed"),
                        new RejectedEvent("unknown", "X", ""))
                    : List.of(),
                List.of("a warning"),
                0.5,
                9));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 10);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(9, buffer.stats().delivered());
      assertEquals(1, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
    try (EventBuffer buffer = builder().open()) {
      assertEquals(1, buffer.deadLetters().count());
      DeadLetter letter = buffer.deadLetters().list(10).get(0);
      assertEquals("event-3", letter.eventId());
      assertEquals("purchase", letter.eventType());
      assertEquals("BAD_HASH", letter.code());
      assertEquals("hash is malformed", letter.message());
      assertTrue(letter.event().startsWith("{\"event_id\":\"event-3\""));
      assertEquals(1, buffer.stats().deadLettered());
    }
  }

  @Test
  void anEventWithAnEndlessKeyDoesNotKeepOthersFromBecomingDeadLetters() {
    String event =
        "{\"event_id\":\"long\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00Z\","
            + "\"action_source\":\"app\",\"user_match\":{\"uids\":[{\"type\":\"uid2\",\"value\":\"u\"}]},\""
            + "k".repeat(200_000)
            + "\":1}";
    EventTransport refusing =
        new EventTransport() {
          @Override
          public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
            RejectedEvent refused = new RejectedEvent("event-0", "BAD", "");
            return CompletableFuture.completedFuture(
                new DeliveryResult.Delivered(List.of(refused), List.of(), null, 1));
          }

          @Override
          public void close() {}
        };
    try (EventBuffer buffer = builder().transport(refusing).flushInterval(LONG).open()) {
      append(buffer, 0, 1);
      assertEquals(
          AppendResult.ACCEPTED, buffer.appendJson(event.getBytes(StandardCharsets.UTF_8)));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1, buffer.stats().deadLettered());
      assertEquals(1, buffer.stats().delivered());
    }
  }

  @Test
  void aWholeBatchRefusedWithOneCodeIsHeldNotBurnt() {
    boolean[] refuse = {true};
    transport.answer(
        attempt ->
            new DeliveryResult.Delivered(
                refuse[0]
                    ? attempt.ids().stream()
                        .map(id -> new RejectedEvent(id, "UNKNOWN_SOURCE", ""))
                        .toList()
                    : List.of(),
                List.of(),
                null,
                attempt.ids().size()));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 60);
      assertFalse(buffer.flush(Duration.ofMillis(200)).complete());
      assertEquals(BufferHealth.State.HELD, buffer.health().state());
      assertEquals(0, buffer.stats().deadLettered());
      refuse[0] = false;
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(60, buffer.stats().delivered());
    }
  }

  static List<DeliveryResult> notTheFaultOfOneEvent() {
    return List.of(
        new DeliveryResult.Held("the key was revoked"),
        new DeliveryResult.Throttled(null),
        new DeliveryResult.Unavailable("down"));
  }

  @ParameterizedTest
  @MethodSource("notTheFaultOfOneEvent")
  void whatIsNotTheFaultOfOneEventBurnsNone(DeliveryResult answer) throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onHeld(String reason) {
            told.countDown();
          }

          @Override
          public void onRetry(String cause, Duration delay) {
            told.countDown();
          }
        };
    transport.answer(attempt -> answer);
    try (EventBuffer buffer = builder().listener(listener).open()) {
      append(buffer, 0, 20);
      buffer.flush(Duration.ZERO);
      assertTrue(told.await(30, TimeUnit.SECONDS));
      assertEquals(20, buffer.stats().pending());
      transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(20, transport.arrivals().size());
      assertEquals(20, buffer.stats().delivered());
      assertEquals(0, buffer.deadLetters().count());
    }
  }

  @Test
  void anEventWhoseDeadLetterCannotBeStoredIsNotCommitted() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onRetry(String cause, Duration delay) {
            if (cause.contains("dead letters cannot be stored")) {
              told.countDown();
            }
          }
        };
    transport.answer(
        attempt ->
            new DeliveryResult.Delivered(
                List.of(new RejectedEvent("event-3", "BAD", "")), List.of(), null, 9));
    try (EventBuffer buffer = builder().listener(listener).open()) {
      // Where dead letters would lie there is something else.
      Path letters = directory.resolve("events/dead-letters");
      Path away = Files.move(letters, directory.resolve("away"));
      Files.createFile(letters);
      append(buffer, 0, 10);
      buffer.flush(Duration.ZERO);
      assertTrue(told.await(30, TimeUnit.SECONDS));
      assertEquals(10, buffer.stats().pending());
      assertEquals(0, buffer.deadLetters().count());
      Files.delete(letters);
      Files.move(away, letters);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1, buffer.deadLetters().list(10).size());
      assertEquals(1, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void aBatchThatIsTooLargeIsHalvedAndBothHalvesArrive() {
    transport.answer(
        attempt ->
            attempt.ids().size() > 30
                ? new DeliveryResult.TooLarge()
                : DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 1_000);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1_000, transport.arrivals().size());
      assertTrue(transport.arrivals().values().stream().allMatch(n -> n == 1));
      assertConserved(buffer.stats());
    }
  }

  @Test
  void aTransportThatThrowsOrGivesNullLosesNothing() {
    int[] calls = {0};
    transport.later(
        attempt ->
            switch (calls[0]++) {
              case 0 -> throw new IllegalStateException("thrown");
              case 1 -> CompletableFuture.completedFuture(null);
              case 2 -> CompletableFuture.failedFuture(new OutOfMemoryError("pretended"));
              case 3 -> throw new OutOfMemoryError("pretended");
              default -> CompletableFuture.completedFuture(DeliveryResult.Delivered.all(1));
            });
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 1);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(Map.of("event-0", 1), transport.arrivals());
    }
  }

  @Test
  void whileTheEndpointIsDownOneAttemptIsMadeAtATime() throws Exception {
    ConcurrentLinkedQueue<CompletableFuture<DeliveryResult>> open = new ConcurrentLinkedQueue<>();
    Semaphore sent = new Semaphore(0);
    transport.later(
        attempt -> {
          CompletableFuture<DeliveryResult> answer = new CompletableFuture<>();
          open.add(answer);
          sent.release();
          return answer;
        });
    try (EventBuffer buffer = builder().maxBatchEvents(10).maxInFlightBatches(4).open()) {
      append(buffer, 0, 100);
      assertTrue(sent.tryAcquire(4, 30, TimeUnit.SECONDS));
      for (int i = 0; i < 4; i++) {
        open.remove().complete(new DeliveryResult.Unavailable("down"));
      }
      for (int probe = 0; probe < 20; probe++) {
        assertTrue(sent.tryAcquire(30, TimeUnit.SECONDS));
        assertEquals(1, open.size());
        if (probe == 19) {
          transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
        }
        open.remove().complete(new DeliveryResult.Unavailable("down"));
      }
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(100, transport.arrivals().size());
    }
  }

  @Test
  void aTransportThatNeverAnswersDoesNotKeepABatchForEver() {
    int[] calls = {0};
    transport.later(
        attempt ->
            calls[0]++ == 0
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(DeliveryResult.Delivered.all(1)));
    try (EventBuffer buffer = builder().attemptTimeout(Duration.ofMillis(50)).open()) {
      append(buffer, 0, 1);
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void aListenerThatThrowsHarmsNothing() throws Exception {
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onDelivered(int count, int attempt, List<String> warnings) {
            throw new AssertionError("thrown by the listener");
          }

          @Override
          public void onDeadLetter(DeadLetter letter) {
            throw new OutOfMemoryError("thrown by the listener");
          }

          @Override
          public void onRetry(String cause, Duration delay) {
            throw new IllegalStateException("thrown by the listener");
          }

          @Override
          public void onRecovered() {
            throw new StackOverflowError("thrown by the listener");
          }
        };
    int[] calls = {0};
    transport.answer(
        attempt ->
            calls[0]++ == 0
                ? new DeliveryResult.Unavailable("down")
                : new DeliveryResult.Delivered(
                    List.of(new RejectedEvent("event-3", "BAD", "")), List.of(), null, 9));
    try (EventBuffer buffer = builder().listener(listener).open()) {
      append(buffer, 0, 10);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1, buffer.stats().deadLettered());
      assertEquals(1, buffer.deadLetters().count());
    }
    // None of them led to another attempt.
    assertEquals(2, transport.attempts().size());
  }
}
