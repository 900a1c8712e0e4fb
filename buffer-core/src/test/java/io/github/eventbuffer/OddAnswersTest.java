package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Answers that change from one attempt to the next, kills between them, and rare orders of both.
 */
class OddAnswersTest extends BufferTestCase {
  private static final Duration SOME = Duration.ofSeconds(10);

  private static DeliveryResult all(ScriptedTransport.Attempt a) {
    return Delivered.all(a.ids().size());
  }

  private static InvalidBatch named(ScriptedTransport.Attempt a, int most) {
    return new InvalidBatch(
        "BAD",
        "m",
        IntStream.range(0, Math.min(most, a.ids().size()))
            .mapToObj(i -> new InvalidEvent(i, "BAD", "m"))
            .toList());
  }

  private static InvalidBatch unnamed() {
    return new InvalidBatch("BAD", "m", List.of());
  }

  private static Delivered rejectAll(ScriptedTransport.Attempt a) {
    return new Delivered(
        a.ids().stream().map(id -> new RejectedEvent(id, "UNKNOWN_SOURCE", "")).toList(),
        List.of(),
        null,
        0);
  }

  @Test
  void aMessageCutWithinASurrogatePairIsStored() {
    String message = "x".repeat(511) + "\ud83d\ude00";
    transport.answer(
        a ->
            new Delivered(
                List.of(new RejectedEvent("event-3", "BAD", message)), List.of(), null, 9));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 10);
      assertTrue(buffer.flush(SOME).complete());
      assertEquals(1, buffer.deadLetters().count());
    }
  }

  @Test
  void theLetterOfAnEventAboveALaterLimitIsStored() {
    String event =
        "{\"event_id\":\"long\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00Z\","
            + "\"action_source\":\"app\",\"user_match\":{\"uids\":[{\"type\":\"uid2\",\"value\":\"u\"}]},\""
            + "k".repeat(20_000)
            + "\":1}";
    try (EventBuffer buffer = builder().maxEventBytes(64 << 10).open()) {
      buffer.pause();
      assertEquals(
          AppendResult.ACCEPTED, buffer.appendJson(event.getBytes(StandardCharsets.UTF_8)));
      append(buffer, 0, 3);
      buffer.close(Duration.ZERO);
    }
    transport.answer(a -> a.ids().contains("long") ? named(a, 1) : all(a));
    try (EventBuffer buffer = builder().maxEventBytes(1 << 10).open()) {
      assertTrue(buffer.flush(SOME).complete(), () -> buffer.health().toString());
      assertEquals(1, buffer.deadLetters().count());
    }
  }

  private void copy(Path to) {
    try (Stream<Path> all = Files.walk(directory.resolve("events"))) {
      for (Path from : (Iterable<Path>) all::iterator) {
        Files.copy(from, to.resolve(directory.resolve("events").relativize(from)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anEventNamedBeforeAKillAndThenRefusedBlocksNothing() throws Exception {
    killedAfterItsLetter(attempt -> named(attempt, 1));
  }

  /** The endpoint took the batch but for one event, and after the kill refuses all of it. */
  private void killedAfterItsLetter(Function<ScriptedTransport.Attempt, DeliveryResult> refusal)
      throws Exception {
    transport.answer(
        a -> new Delivered(List.of(new RejectedEvent("event-0", "BAD", "m")), List.of(), null, 2));
    Path image = directory.resolve("image");
    EventBufferListener photographer =
        new EventBufferListener() {
          @Override
          public void onDeadLetter(DeadLetter letter) {
            copy(image);
          }
        };
    try (EventBuffer buffer = builder().listener(photographer).open()) {
      append(buffer, 0, 3);
      assertTrue(buffer.flush(LONG).complete());
    }
    ScriptedTransport again =
        new ScriptedTransport()
            .answer(a -> a.ids().contains("event-0") ? refusal.apply(a) : all(a));
    try (EventBuffer buffer =
        EventBuffer.builder(image)
            .destination(DESTINATION)
            .transport(again)
            .segmentBytes(2 << 20)
            .open()) {
      boolean complete = buffer.flush(SOME).complete();
      assertTrue(complete, "attempts: " + again.attempts().size());
      assertEquals(2, buffer.stats().delivered());
      assertEquals(1, buffer.stats().deadLettered());
      assertEquals(1, buffer.deadLetters().list(10).size());
    }
  }

  @Test
  void anEventNamedBeforeAKillAndThenRefusedWithoutANameBlocksNothing() throws Exception {
    killedAfterItsLetter(attempt -> unnamed());
  }

  @Test
  void anOddRefusalAfterATooLargeBatchCostsNoEvent() {
    boolean[] odd = {true};
    transport.answer(
        a -> {
          if (a.ids().size() > 1) {
            return new TooLarge();
          }
          if (odd[0]) {
            odd[0] = false;
            return unnamed();
          }
          return all(a);
        });
    try (EventBuffer buffer = builder().flushInterval(LONG).open()) {
      append(buffer, 0, 2);
      assertTrue(buffer.flush(SOME).complete());
      assertEquals(2, buffer.stats().delivered());
      assertEquals(0, buffer.stats().deadLettered());
    }
  }

  @Test
  void aListThatEndsBurnsFewerThanASuspiciousBatch() {
    transport.answer(a -> named(a, 20));
    try (EventBuffer buffer = builder().flushInterval(LONG).open()) {
      append(buffer, 0, 60);
      buffer.flush(Duration.ofSeconds(1));
      assertTrue(buffer.deadLetters().count() < 50, "burnt " + buffer.deadLetters().count());
      assertEquals(BufferHealth.State.HELD, buffer.health().state());
    }
  }

  @Test
  void restartsDoNotForgetWhatWasNamedBeforeAnythingWasTaken() {
    transport.answer(a -> named(a, 20));
    long letters = 0;
    for (int run = 0; run < 6; run++) {
      try (EventBuffer buffer = builder().flushInterval(LONG).open()) {
        if (run == 0) {
          append(buffer, 0, 300);
        }
        buffer.flush(Duration.ofSeconds(1));
        letters = buffer.deadLetters().count();
        buffer.close(Duration.ZERO);
      }
    }
    assertTrue(letters < 50, "burnt " + letters);
  }

  @Test
  void partsThatAreAllRejectedLeadToAHold() {
    transport.answer(a -> a.ids().size() > 40 ? new TooLarge() : rejectAll(a));
    try (EventBuffer buffer = builder().flushInterval(LONG).open()) {
      append(buffer, 0, 320);
      buffer.flush(Duration.ofSeconds(1));
      assertEquals(0, buffer.deadLetters().count());
      assertEquals(BufferHealth.State.HELD, buffer.health().state());
      transport.answer(OddAnswersTest::all);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(320, buffer.stats().delivered());
    }
  }

  @Test
  void aPartThatWasAllRejectedProvesNothingOfTheRest() {
    // Parts of fewer than 50 are all rejected, all others are refused: nothing is ever taken.
    int[] rejected = {0};
    transport.answer(a -> a.ids().size() == 80 || rejected[0]++ > 0 ? unnamed() : rejectAll(a));
    try (EventBuffer buffer = builder().flushInterval(LONG).open()) {
      append(buffer, 0, 80);
      buffer.flush(Duration.ofSeconds(1));
      assertTrue(buffer.deadLetters().count() <= 40, "burnt " + buffer.deadLetters().count());
    }
  }

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
    transport.answer(OddAnswersTest::all);
    try (EventBuffer buffer =
        builder()
            .maxEventBytes(4 << 10)
            .maxBatchEvents(5)
            .maxDeadLetterBytes(2_752_512)
            .flushInterval(Duration.ofMillis(1))
            .open()) {
      assertTrue(buffer.flush(SOME).complete());
      transport.answer(OddAnswersTest::rejectAll);
      append(buffer, 10, 15);
      assertTrue(buffer.flush(SOME).complete(), () -> buffer.health().toString());
    }
  }

  private void refuseFirstThenStall() {
    int[] calls = {0};
    transport.later(
        a ->
            calls[0]++ == 0
                ? CompletableFuture.completedFuture(named(a, 1))
                : new CompletableFuture<>());
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
    refuseFirstThenStall();
    try (EventBuffer buffer = tight().open()) {
      buffer.pause();
      append(buffer, 0, 5);
      buffer.resume();
      for (long end = System.nanoTime() + 10_000_000_000L;
          transport.attempts().size() < 2 && System.nanoTime() < end; ) {
        Thread.onSpinWait();
      }
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
    refuseFirstThenStall();
    try (EventBuffer buffer = tight().whenDeadLettersFull(WhenDeadLettersFull.HOLD).open()) {
      buffer.pause();
      append(buffer, 0, 5);
      buffer.resume();
      for (long end = System.nanoTime() + 10_000_000_000L;
          transport.attempts().size() < 2 && System.nanoTime() < end; ) {
        Thread.onSpinWait();
      }
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

  @Test
  void aPartGivenUpForItsAttemptsProvesNothingOfTheRest() {
    int[] calls = {0};
    transport.answer(
        a -> {
          int n = calls[0]++;
          return n == 1 || n == 2 ? new Unavailable("down") : unnamed();
        });
    try (EventBuffer buffer = builder().maxAttempts(2).flushInterval(LONG).open()) {
      append(buffer, 0, 200);
      buffer.flush(Duration.ofSeconds(2));
      // 100 by the user's wish.
      assertEquals(100, buffer.deadLetters().count());
      assertEquals(BufferHealth.State.HELD, buffer.health().state());
    }
  }

  @Test
  void attemptsThatWereHeldDoNotCount() {
    int[] calls = {0};
    transport.answer(
        a ->
            switch (calls[0]++) {
              case 0, 1, 2 -> new DeliveryResult.Held("key revoked");
              case 3 -> new Unavailable("one blip");
              default -> all(a);
            });
    try (EventBuffer buffer = builder().maxAttempts(3).flushInterval(LONG).open()) {
      append(buffer, 0, 60);
      for (int i = 0; i < 6; i++) {
        buffer.flush(Duration.ofMillis(200));
        buffer.resume();
      }
      assertFalse(buffer.stats().pending() > 0);
      assertEquals(0, buffer.deadLetters().count());
    }
  }

  private static Field field(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** The next batch that is to be listed meets a full heap. To be called by the flusher alone. */
  private static void fillHeap(EventBuffer buffer, Runnable then) {
    try {
      Object core = field(buffer, "core").get(buffer);
      Object commits = field(core, "commits").get(core);
      Field batches = field(commits, "batches");
      boolean[] full = {true};
      batches.set(
          commits,
          new ArrayList<Object>((List<?>) batches.get(commits)) {
            private static final long serialVersionUID = 1;

            @Override
            public boolean add(Object one) {
              if (full[0]) {
                full[0] = false;
                then.run();
                throw new OutOfMemoryError("pretended");
              }
              return super.add(one);
            }
          });
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The heap is full when a batch that was cut is to be listed, just when there is more to do for
   * the one before it.
   */
  @Test
  void aBatchThatWasCutAndNotListedIsNotForgotten() throws Exception {
    CompletableFuture<DeliveryResult> part = new CompletableFuture<>();
    CountDownLatch parted = new CountDownLatch(1);
    CountDownLatch thrown = new CountDownLatch(1);
    AtomicReference<EventBuffer> opened = new AtomicReference<>();
    int[] calls = {0};
    transport.later(
        a -> {
          switch (calls[0]++) {
            case 0:
              return CompletableFuture.completedFuture(new TooLarge());
            case 1:
              fillHeap(
                  opened.get(),
                  () -> {
                    part.complete(Delivered.all(50));
                    thrown.countDown();
                  });
              parted.countDown();
              return part;
            default:
              return CompletableFuture.completedFuture(all(a));
          }
        });
    try (EventBuffer buffer = builder().maxBatchEvents(100).flushInterval(LONG).open()) {
      opened.set(buffer);
      append(buffer, 0, 100);
      assertTrue(parted.await(30, TimeUnit.SECONDS));
      append(buffer, 100, 200);
      assertTrue(thrown.await(30, TimeUnit.SECONDS));
      append(buffer, 200, 300);
      assertTrue(buffer.flush(SOME).complete(), () -> buffer.stats().toString());
      assertEquals(300, transport.arrivals().size());
    }
  }
}
