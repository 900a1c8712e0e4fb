package io.github.eventbuffer;

import static io.github.eventbuffer.SampleAnswers.all;
import static io.github.eventbuffer.SampleAnswers.named;
import static io.github.eventbuffer.SampleAnswers.rejectAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Room for dead letters, where a batch has more of them than its bound allows or is not done. */
class DeadLetterRoomTest extends BufferTestCase {
  private static final Duration SOME = Duration.ofSeconds(10);

  @Test
  void lettersOfABatchThatIsDoneMayGiveWayAfterARestart() throws Exception {
    transport.later(
        a ->
            a.ids().contains("event-0")
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(rejectAll(a)));
    try (EventBuffer buffer =
        builder().maxEventBytes(4 << 10).maxBatchEvents(5).maxInFlightBatches(2).open()) {
      append(buffer, 0, 10);
      for (long end = System.nanoTime() + 10_000_000_000L;
          buffer.stats().deadLettered() < 5 && System.nanoTime() < end; ) {
        buffer.flush(Duration.ofMillis(20));
      }
      assertEquals(5, buffer.stats().deadLettered());
      buffer.close(Duration.ZERO);
    }
    transport.answer(SampleAnswers::all);
    try (EventBuffer buffer =
        builder()
            .maxEventBytes(4 << 10)
            .maxBatchEvents(5)
            .maxDeadLetterBytes(2_752_512)
            .flushInterval(Duration.ofMillis(1))
            .open()) {
      assertTrue(buffer.flush(SOME).complete());
      transport.answer(SampleAnswers::rejectAll);
      append(buffer, 10, 15);
      assertTrue(buffer.flush(SOME).complete(), () -> buffer.health().toString());
    }
  }

  /** The first attempt names one event, the next ones are unanswered; counts two of them. */
  private CountDownLatch refuseFirstThenStall() {
    CountDownLatch attempts = new CountDownLatch(2);
    int[] calls = {0};
    transport.later(
        a -> {
          attempts.countDown();
          return calls[0]++ == 0
              ? CompletableFuture.completedFuture(named(a, 1))
              : new CompletableFuture<>();
        });
    return attempts;
  }

  private EventBuffer.Builder tight() {
    return builder()
        .maxEventBytes(4 << 10)
        .maxBatchEvents(5)
        .maxDeadLetterBytes(2_752_512)
        .flushInterval(Duration.ofMillis(1));
  }

  @Test
  void aLetterOfABatchDoesNotKeepTheRoomThatTheBatchNeeds() throws Exception {
    CountDownLatch attempts = refuseFirstThenStall();
    try (EventBuffer buffer = tight().open()) {
      buffer.pause();
      append(buffer, 0, 5);
      buffer.resume();
      assertTrue(attempts.await(30, TimeUnit.SECONDS));
      assertEquals(1, buffer.deadLetters().count());
      buffer.close(Duration.ZERO);
    }
    transport.answer(a -> a.ids().contains("event-1") ? named(a, 1) : all(a));
    try (EventBuffer buffer = tight().open()) {
      assertTrue(buffer.flush(SOME).complete(), () -> buffer.health().toString());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void underAHoldThereIsRoomOnceAllIsDropped() throws Exception {
    CountDownLatch attempts = refuseFirstThenStall();
    try (EventBuffer buffer = tight().whenDeadLettersFull(WhenDeadLettersFull.HOLD).open()) {
      buffer.pause();
      append(buffer, 0, 5);
      buffer.resume();
      assertTrue(attempts.await(30, TimeUnit.SECONDS));
      buffer.close(Duration.ZERO);
    }
    transport.answer(a -> a.ids().contains("event-1") ? named(a, 1) : all(a));
    try (EventBuffer buffer = tight().whenDeadLettersFull(WhenDeadLettersFull.HOLD).open()) {
      buffer.flush(Duration.ofSeconds(1));
      buffer.deadLetters().drop(letter -> true);
      buffer.resume();
      assertTrue(buffer.flush(SOME).complete(), () -> buffer.health().toString());
      assertConserved(buffer.stats());
    }
  }

  /** One batch whose letters are more than the bound; no restart. */
  @Test
  void oneBatchMayHaveMoreLettersThanTheBound() throws Exception {
    transport.answer(
        a -> {
          List<RejectedEvent> out = new ArrayList<>();
          for (String id : a.ids()) {
            out.add(new RejectedEvent(id, out.size() % 2 == 0 ? "A" : "B", "m".repeat(500)));
          }
          return new Delivered(out, List.of(), null, 0);
        });
    try (EventBuffer buffer =
        builder()
            .maxEventBytes(4 << 10)
            .maxDeadLetterBytes(2_752_512)
            .maxBatchEvents(4000)
            .flushInterval(LONG)
            .open()) {
      append(buffer, 0, 4000);
      assertTrue(buffer.flush(Duration.ofSeconds(10)).complete(), () -> buffer.health().toString());
      assertEquals(4000, buffer.stats().deadLettered());
    }
  }
}
