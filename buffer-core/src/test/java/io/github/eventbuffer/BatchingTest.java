package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes into a batch, in what order batches go out and are committed. */
class BatchingTest extends BufferTestCase {
  @Test
  void aBatchInFlightKeepsItsKeyAndBytesOverARestart() throws Exception {
    CountDownLatch sent = new CountDownLatch(3);
    transport.later(
        attempt -> {
          sent.countDown();
          return new CompletableFuture<>();
        });
    try (EventBuffer buffer =
        builder().maxBatchEvents(100).maxInFlightBatches(3).flushInterval(LONG).open()) {
      append(buffer, 0, 350);
      assertTrue(sent.await(30, TimeUnit.SECONDS));
      buffer.close(Duration.ZERO);
    }
    List<ScriptedTransport.Attempt> before = transport.attempts();
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    // Other limits now; what was in flight keeps its bounds all the same.
    try (EventBuffer buffer = builder().maxBatchEvents(7).open()) {
      append(buffer, 350, 360);
      assertTrue(buffer.flush(LONG).complete());
    }
    List<ScriptedTransport.Attempt> after = transport.attempts().subList(3, 6);
    assertEquals(before.subList(0, 3), after);
    assertEquals(360, transport.arrivals().size());
  }

  @Test
  void acknowledgementsInAnyOrderCommitOnlyThePrefix() throws Exception {
    ConcurrentLinkedQueue<CompletableFuture<DeliveryResult>> answers =
        new ConcurrentLinkedQueue<>();
    CountDownLatch sent = new CountDownLatch(3);
    transport.later(
        attempt -> {
          CompletableFuture<DeliveryResult> answer = new CompletableFuture<>();
          answers.add(answer);
          sent.countDown();
          return answer;
        });
    CountDownLatch delivered = new CountDownLatch(1);
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onDelivered(int count, int attempt, List<String> warnings) {
            delivered.countDown();
          }
        };
    try (EventBuffer buffer =
        builder().maxBatchEvents(10).maxInFlightBatches(3).listener(listener).open()) {
      append(buffer, 0, 30);
      assertTrue(sent.await(30, TimeUnit.SECONDS));
      List<CompletableFuture<DeliveryResult>> all = new ArrayList<>(answers);
      all.get(2).complete(DeliveryResult.Delivered.all(10));
      assertTrue(delivered.await(30, TimeUnit.SECONDS));
      assertEquals(10, buffer.stats().delivered());
      assertEquals(20, buffer.stats().pending());
      buffer.close(Duration.ZERO);
    }
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = builder().open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(30, buffer.stats().delivered());
    }
    // The one that was acknowledged is not sent again.
    assertEquals(5, transport.attempts().size());
    assertTrue(transport.arrivals().values().stream().allMatch(n -> n == 1));
  }

  @Test
  void oneAnswerThatDoesNotComeDoesNotStopTheOtherBatches() throws Exception {
    CompletableFuture<DeliveryResult> late = new CompletableFuture<>();
    CountDownLatch others = new CountDownLatch(99);
    transport.later(
        attempt -> {
          if (attempt.ids().contains("event-0")) {
            return late;
          }
          others.countDown();
          return CompletableFuture.completedFuture(
              DeliveryResult.Delivered.all(attempt.ids().size()));
        });
    try (EventBuffer buffer = builder().maxBatchEvents(10).maxInFlightBatches(2).open()) {
      append(buffer, 0, 1_000);
      buffer.flush(Duration.ZERO);
      assertTrue(others.await(30, TimeUnit.SECONDS));
      late.complete(DeliveryResult.Delivered.all(10));
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void anEventThatRotsWhileItsBatchWaitsDoesNotStopTheOthers() throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    transport.answer(
        attempt -> {
          refused.countDown();
          return new DeliveryResult.Unavailable("down");
        });
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 10);
      buffer.flush(Duration.ZERO);
      assertTrue(refused.await(30, TimeUnit.SECONDS));
      buffer.pause();
      Scratch.damage(directory, "event-4");
      transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(9, transport.arrivals().size());
      assertEquals(1, buffer.stats().damaged());
      assertConserved(buffer.stats());
    }
    Set<String> keys = new HashSet<>();
    Set<Integer> sizes = new HashSet<>();
    for (ScriptedTransport.Attempt attempt : transport.attempts()) {
      keys.add(attempt.key());
      sizes.add(attempt.ids().size());
    }
    assertEquals(sizes.size(), keys.size(), "other bytes have another key");
  }

  @Test
  void eventsWithOneIdAndDifferentTypesNeverShareABatch() {
    try (EventBuffer buffer = builder().open()) {
      OffsetDateTime time = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");
      for (int i = 0; i < 20; i++) {
        ConversionEvent purchase = Events.purchase("same-" + i / 2);
        ConversionEvent refund =
            ConversionEvent.refund("same-" + i / 2, time)
                .user(UserMatch.email("alice@example.com"))
                .build();
        buffer.append(i % 2 == 0 ? purchase : refund);
      }
      assertTrue(buffer.flush(LONG).complete());
    }
    for (ScriptedTransport.Attempt attempt : transport.attempts()) {
      Set<String> ids = new HashSet<>(attempt.ids());
      assertEquals(attempt.ids().size(), ids.size(), attempt.ids().toString());
    }
    assertTrue(transport.arrivals().values().stream().allMatch(n -> n == 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 101, 200, 201})
  void aBatchEndsAtItsNumberOfEvents(int events) {
    try (EventBuffer buffer = builder().maxBatchEvents(100).open()) {
      append(buffer, 0, events);
      assertTrue(buffer.flush(LONG).complete());
    }
    assertTrue(transport.attempts().stream().allMatch(attempt -> attempt.ids().size() <= 100));
    assertEquals(events, transport.arrivals().size());
  }

  @Test
  void aBatchEndsAtItsNumberOfBytes() {
    try (EventBuffer buffer = builder().maxBatchBytes(10_000).flushInterval(LONG).open()) {
      append(buffer, 0, 200);
      assertTrue(buffer.flush(LONG).complete());
    }
    for (ScriptedTransport.Attempt attempt : transport.attempts()) {
      assertTrue(attempt.body().length() <= 10_000 + attempt.ids().size() + 2);
    }
    assertEquals(200, transport.arrivals().size());
  }

  @Test
  void aFlushRightAfterOneAppendDeliversIt() {
    try (EventBuffer buffer = builder().flushInterval(Duration.ofDays(1)).open()) {
      for (int i = 0; i < 20; i++) {
        append(buffer, i, i + 1);
        assertTrue(buffer.flush(LONG).complete());
        assertEquals(i + 1, transport.arrivals().size());
      }
    }
  }

  @Test
  void aFullBatchIsSentWithoutWaitingForTheInterval() throws Exception {
    CountDownLatch sent = new CountDownLatch(2);
    transport.answer(
        attempt -> {
          sent.countDown();
          return DeliveryResult.Delivered.all(attempt.ids().size());
        });
    try (EventBuffer buffer =
        builder().maxBatchEvents(50).flushInterval(Duration.ofDays(1)).open()) {
      append(buffer, 0, 100);
      assertTrue(sent.await(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void theNextBatchIsReadWhileAllThatMayBeAreInFlight() throws Exception {
    SteppedClock time = new SteppedClock();
    CompletableFuture<DeliveryResult> answer = new CompletableFuture<>();
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch asleep = new CountDownLatch(1);
    CountDownLatch both = new CountDownLatch(2);
    BufferClock clock =
        new BufferClock() {
          @Override
          public Instant now() {
            return time.now();
          }

          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public void park(long nanos) {
            if (sent.getCount() == 0) {
              asleep.countDown();
            }
            time.park(nanos);
          }
        };
    transport.later(
        attempt -> {
          sent.countDown();
          both.countDown();
          return answer.copy();
        });
    Duration interval = Duration.ofMinutes(1);
    try (EventBuffer buffer =
        builder()
            .maxBatchEvents(10)
            .maxInFlightBatches(1)
            .flushInterval(interval)
            .clock(clock)
            .open()) {
      buffer.pause();
      append(buffer, 0, 11);
      buffer.resume();
      assertTrue(asleep.await(30, TimeUnit.SECONDS));
      // The interval of the second batch counts from when it was read.
      time.pass(interval);
      answer.complete(DeliveryResult.Delivered.all(10));
      assertTrue(both.await(30, TimeUnit.SECONDS));
      transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    }
    assertEquals(11, transport.arrivals().size());
  }

  @Test
  void eventsLargerThanALaterLimitAreStillDelivered() {
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      append(buffer, 0, 10);
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("l".repeat(256))));
      String[] contents = new String[100];
      java.util.Arrays.fill(contents, "c".repeat(200));
      assertEquals(
          AppendResult.ACCEPTED,
          buffer.append(
              ConversionEvent.purchase("large", java.time.OffsetDateTime.now())
                  .source("https://shop.example.com/")
                  .user(UserMatch.email("alice@example.com"))
                  .contentIds(contents)
                  .build()));
      append(buffer, 10, 20);
      buffer.close(Duration.ZERO);
    }
    try (EventBuffer buffer = builder().maxEventBytes(1 << 10).open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(22, transport.arrivals().size());
      assertEquals(22, buffer.stats().delivered());
      assertEquals(0, buffer.stats().damaged());
    }
  }
}
