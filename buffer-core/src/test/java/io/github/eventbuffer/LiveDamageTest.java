package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that loses an event, or a heap that is full, under a buffer that is open. */
class LiveDamageTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path root;
  private final ScriptedTransport transport = new ScriptedTransport();
  private final AtomicInteger errorsAtPark = new AtomicInteger();
  private final AtomicLong looksAtTheClock = new AtomicLong();

  private EventBuffer open() {
    return EventBuffer.builder(root.resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .segmentBytes(2 << 20)
        .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)))
        .clock(
            new BufferClock() {
              @Override
              public Instant now() {
                return Instant.now();
              }

              @Override
              public long nanoTime() {
                looksAtTheClock.incrementAndGet();
                return System.nanoTime();
              }

              @Override
              public void park(long nanos) {
                if (errorsAtPark.getAndDecrement() > 0) {
                  throw new OutOfMemoryError("pretended");
                }
                BufferClock.system().park(nanos);
              }
            })
        .open();
  }

  /** What is behind the first damage was found already when the second came. */
  @Test
  void aSecondDamageToASegmentDoesNotStopDelivery() throws Exception {
    CompletableFuture<DeliveryResult> late = new CompletableFuture<>();
    CountDownLatch waiting = new CountDownLatch(1);
    transport.later(
        attempt -> {
          if (attempt.ids().contains("event-20") && waiting.getCount() > 0) {
            waiting.countDown();
            return late;
          }
          return CompletableFuture.completedFuture(
              DeliveryResult.Delivered.all(attempt.ids().size()));
        });
    try (EventBuffer buffer =
        EventBuffer.builder(root.resolve("events"))
            .destination(BufferTestCase.DESTINATION)
            .transport(transport)
            .maxBatchEvents(10)
            .maxInFlightBatches(1)
            .open()) {
      buffer.pause();
      for (int i = 0; i < 1_000; i++) {
        buffer.append(Events.purchase("event-" + i));
      }
      Scratch.damage(root, "event-5");
      buffer.resume();
      assertTrue(waiting.await(30, TimeUnit.SECONDS));
      Scratch.damage(root, "event-700");
      late.complete(DeliveryResult.Delivered.all(10));
      assertTrue(buffer.flush(BufferTestCase.LONG).complete(), buffer.stats().toString());
      assertEquals(998, buffer.stats().delivered());
      assertEquals(2, buffer.stats().damaged());
    }
  }

  @Test
  void anEventThatIsDamagedAfterItsBatchWasCutDoesNotStopTheOthers() throws IOException {
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    try (EventBuffer buffer = open()) {
      for (int i = 0; i < 10; i++) {
        buffer.append(Events.purchase("event-" + i));
      }
      assertFalse(buffer.flush(Duration.ofMillis(300)).complete());
      assertTrue(buffer.stats().attempts() > 0);
      Scratch.damage(root, "event-4");
      // An attempt may have read its batch before that.
      transport.answer(
          attempt ->
              attempt.ids().contains("event-4")
                  ? new DeliveryResult.Unavailable("down")
                  : DeliveryResult.Delivered.all(attempt.ids().size()));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(9, buffer.stats().delivered());
      assertEquals(1, buffer.stats().damaged());
      assertEquals(0, buffer.stats().pending());
    }
  }

  @Test
  void theRestOfADamagedBatchKeepsItsNewKeyOverARestart() throws Exception {
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    EventBuffer buffer = open();
    for (int i = 0; i < 10; i++) {
      buffer.append(Events.purchase("event-" + i));
    }
    assertFalse(buffer.flush(Duration.ofMillis(300)).complete());
    Scratch.damage(root, "event-4");
    CompletableFuture<String> restSent = new CompletableFuture<>();
    transport.later(
        attempt -> {
          if (attempt.ids().size() == 9) {
            restSent.complete(attempt.key());
            return new CompletableFuture<>();
          }
          return CompletableFuture.completedFuture(new DeliveryResult.Unavailable("down"));
        });
    String key = restSent.get(30, TimeUnit.SECONDS);
    buffer.close(Duration.ZERO);
    CompletableFuture<String> sentAgain = new CompletableFuture<>();
    transport.answer(
        attempt -> {
          sentAgain.complete(attempt.key());
          return DeliveryResult.Delivered.all(attempt.ids().size());
        });
    try (EventBuffer again = open()) {
      assertTrue(again.flush(LONG).complete());
      assertEquals(key, sentAgain.get(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void anErrorWhereNoneIsExpectedDoesNotEndTheFlusher() {
    errorsAtPark.set(3);
    try (EventBuffer buffer = open()) {
      for (int i = 0; i < 5; i++) {
        buffer.append(Events.purchase("event-" + i));
        assertTrue(buffer.flush(LONG).complete());
      }
    }
  }

  @Test
  void aDamagedNewestEventIsNotWaitedForInASpin() throws IOException {
    try (EventBuffer buffer = open()) {
      buffer.pause();
      for (int i = 0; i < 3; i++) {
        buffer.append(Events.purchase("event-" + i));
      }
      Scratch.damage(root, "event-2");
      long before = looksAtTheClock.get();
      buffer.resume();
      assertFalse(buffer.flush(Duration.ofSeconds(2)).complete());
      assertEquals(2, buffer.stats().delivered());
      assertTrue(looksAtTheClock.get() - before < 1_000, "looks " + looksAtTheClock);
      buffer.append(Events.purchase("event-3"));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(3, buffer.stats().delivered());
      assertEquals(1, buffer.stats().damaged());
    }
  }
}
