package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@link WhenFull#DROP_OLDEST} the newest events are kept, and every loss is counted. */
class DropOldestTest extends BufferTestCase {
  private static final long BUDGET = 24 << 20;
  private final AtomicLong told = new AtomicLong();

  private EventBuffer open() {
    return options().open();
  }

  private EventBuffer.Builder options() {
    return builder()
        .maxDiskBytes(BUDGET)
        .maxBatchEvents(1_000)
        .flushInterval(Duration.ofMillis(1))
        .whenFull(WhenFull.DROP_OLDEST)
        .appendTimeout(LONG)
        .listener(
            new EventBufferListener() {
              @Override
              public void onDropped(long events) {
                told.addAndGet(events);
              }
            });
  }

  @Test
  void theOldestGiveWayToTheNewestAndAreCounted() {
    int appended = 100_000;
    try (EventBuffer buffer = open()) {
      buffer.pause();
      append(buffer, 0, appended);
      BufferStats stats = buffer.stats();
      assertTrue(stats.dropped() > 0, stats.toString());
      assertEquals(0, stats.full());
      assertTrue(stats.diskBytes() <= BUDGET, stats.toString());
      assertConserved(stats);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      stats = buffer.stats();
      assertEquals(appended, stats.accepted());
      assertEquals(appended - stats.dropped(), stats.delivered());
      assertEquals(stats.dropped(), told.get());
      Set<String> arrived = transport.arrivals().keySet();
      assertEquals(stats.delivered(), arrived.size());
      for (long i = stats.dropped(); i < appended; i++) {
        assertTrue(arrived.contains("event-" + i), "event-" + i + " of " + stats);
      }
    }
  }

  @Test
  void whatIsInFlightGivesWayTooAndItsLateAnswersCountForNothing() {
    Queue<CompletableFuture<DeliveryResult>> unanswered = new ConcurrentLinkedQueue<>();
    transport.later(
        attempt -> {
          CompletableFuture<DeliveryResult> answer = new CompletableFuture<>();
          unanswered.add(answer);
          return answer;
        });
    int appended = 100_000;
    try (EventBuffer buffer = open()) {
      append(buffer, 0, appended);
      long dropped = buffer.stats().dropped();
      assertTrue(dropped > 0);
      assertFalse(unanswered.isEmpty());
      transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
      unanswered.forEach(answer -> answer.complete(DeliveryResult.Delivered.all(1_000)));
      assertTrue(buffer.flush(LONG).complete());
      BufferStats stats = buffer.stats();
      assertEquals(dropped, stats.dropped());
      assertEquals(appended - dropped, stats.delivered());
      assertEquals(dropped, told.get());
      assertConserved(stats);
    }
  }

  @Test
  void theCountSurvivesARestartAndNothingComesTwice() {
    long dropped;
    try (EventBuffer buffer = open()) {
      buffer.pause();
      append(buffer, 0, 80_000);
      dropped = buffer.stats().dropped();
      buffer.close(Duration.ZERO);
    }
    try (EventBuffer buffer = open()) {
      assertEquals(dropped, buffer.stats().dropped());
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(80_000 - dropped, buffer.stats().delivered());
      assertEquals(Set.of(1), transport.arrivals().values().stream().collect(Collectors.toSet()));
    }
  }

  @Test
  void nothingIsDroppedWhileThereIsRoomOrSomethingDeliveredToRemove() {
    try (EventBuffer buffer = open()) {
      for (int i = 0; i < 200_000; i += 10_000) {
        append(buffer, i, i + 10_000);
        assertTrue(buffer.flush(LONG).complete());
      }
      assertEquals(0, buffer.stats().dropped());
      assertEquals(200_000, buffer.stats().delivered());
    }
  }

  @Test
  void whatHadExpiredBeforeIsNotDroppedAsWell() throws Exception {
    SteppedClock clock = new SteppedClock();
    Duration age = Duration.ofHours(1);
    CompletableFuture<Integer> firstSent = new CompletableFuture<>();
    transport.later(
        attempt -> {
          firstSent.complete(attempt.ids().size());
          return new CompletableFuture<>();
        });
    try (EventBuffer buffer =
        options().clock(clock).maxEventAge(age).attemptTimeout(Duration.ofDays(1)).open()) {
      buffer.pause();
      append(buffer, 0, 500);
      clock.pass(age.plusSeconds(1));
      append(buffer, 500, 1_000);
      buffer.resume();
      assertEquals(500, firstSent.get(30, TimeUnit.SECONDS));
      append(buffer, 1_000, 100_000);
      BufferStats stats = buffer.stats();
      assertEquals(500, stats.expired());
      assertTrue(stats.dropped() > 1_000);
      transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
      buffer.close(Duration.ZERO);
    }
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(LONG).complete());
      BufferStats stats = buffer.stats();
      assertEquals(100_000, stats.accepted());
      assertEquals(500, stats.expired());
      assertEquals(0, stats.pending());
      assertEquals(100_000, stats.delivered() + stats.dropped() + stats.expired());
    }
  }

  @Test
  void aDiskThatFailsOtherwiseIsNoReasonToDrop() throws Exception {
    try (EventBuffer buffer = options().appendTimeout(Duration.ofMillis(200)).open()) {
      buffer.pause();
      append(buffer, 0, 10_000);
      Path queue = directory.resolve("events/queue");
      Path aside = directory.resolve("aside");
      Files.move(queue, aside);
      Files.createFile(queue);
      AppendResult result = AppendResult.ACCEPTED;
      int accepted = 10_000;
      for (; result == AppendResult.ACCEPTED; accepted++) {
        result = buffer.append(Events.purchase("event-" + accepted));
      }
      accepted--;
      for (int i = 0; i < 5; i++) {
        buffer.append(Events.purchase("refused-" + i));
      }
      assertEquals(0, buffer.stats().dropped());
      Files.delete(queue);
      Files.move(aside, queue);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(0, buffer.stats().dropped());
      assertTrue(buffer.stats().delivered() >= accepted, buffer.stats() + ", " + accepted);
    }
  }

  /** All of the oldest segment had expired, so nothing is dropped, and its space is had at once. */
  @Test
  void aSegmentOfDeadLettersGivesWayToo() throws Exception {
    SteppedClock clock = new SteppedClock();
    CountDownLatch attempted = new CountDownLatch(1);
    transport.answer(
        attempt -> {
          attempted.countDown();
          return new DeliveryResult.Held("not now");
        });
    try (EventBuffer buffer =
        options()
            .clock(clock)
            .maxDiskBytes(64 << 20)
            .maxBatchEvents(10_000)
            .maxInFlightBatches(1)
            .maxEventAge(Duration.ofDays(1))
            .appendTimeout(Duration.ofSeconds(10))
            .open()) {
      buffer.pause();
      append(buffer, 0, 9_000);
      clock.pass(Duration.ofDays(2));
      append(buffer, 9_000, 10_000);
      buffer.resume();
      assertTrue(attempted.await(30, TimeUnit.SECONDS));
      assertEquals(1_000, transport.attempts().get(0).ids().size());
      append(buffer, 10_000, 100_000);
      BufferStats stats = buffer.stats();
      assertEquals(9_000, stats.expired());
      assertEquals(0, stats.full());
      assertConserved(stats);
      buffer.close(Duration.ZERO);
    }
  }

  /**
   * A batch finds room for some of its dead letters only, and is given up before there is more: of
   * each event that has a letter, and may be replayed, the count says so.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasADeadLetterBeforeIsNotDroppedAsWell(boolean taken) throws Exception {
    transport.answer(attempt -> refusing(attempt, taken));
    try (EventBuffer buffer =
        options()
            .flushInterval(LONG)
            .maxEventBytes(4 << 10)
            // Three of their files. The third begins within a batch whose letters are not in the
            // first, which would give way otherwise: there is no room for the rest of them.
            .maxDeadLetterBytes(3 * 1_376_256)
            .whenDeadLettersFull(WhenDeadLettersFull.HOLD)
            .suspiciousBatch(10_000)
            .open()) {
      int appended = 0;
      while (buffer.health().state() != BufferHealth.State.HELD) {
        append(buffer, appended, appended + 700);
        appended += 700;
        buffer.flush(Duration.ofMillis(1_500));
      }
      long letters = buffer.deadLetters().count();
      assertTrue(letters > buffer.stats().deadLettered(), buffer.stats() + ", " + letters);
      append(buffer, appended, 100_000);
      BufferStats stats = buffer.stats();
      assertTrue(stats.dropped() > 0, stats.toString());
      assertEquals(letters, buffer.deadLetters().count());
      assertEquals(letters, stats.deadLettered());
      assertEquals(stats.dropped(), told.get());
      assertConserved(stats);
      buffer.close(Duration.ZERO);
    }
  }

  /** All but the first, by name: the batch is taken without them, or not taken at all. */
  private static DeliveryResult refusing(ScriptedTransport.Attempt attempt, boolean taken) {
    int count = attempt.ids().size();
    if (taken) {
      List<RejectedEvent> rejected =
          attempt.ids().stream().skip(1).map(id -> new RejectedEvent(id, "BAD", "no")).toList();
      return new DeliveryResult.Delivered(rejected, List.of(), null, 1);
    }
    return count == 1
        ? DeliveryResult.Delivered.all(1)
        : new DeliveryResult.InvalidBatch(
            "BAD",
            "no",
            IntStream.range(1, count)
                .mapToObj(position -> new DeliveryResult.InvalidEvent(position, "BAD", "no"))
                .toList());
  }
}
