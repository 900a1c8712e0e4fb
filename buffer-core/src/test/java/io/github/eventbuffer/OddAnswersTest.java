package io.github.eventbuffer;

import static io.github.eventbuffer.SampleAnswers.all;
import static io.github.eventbuffer.SampleAnswers.named;
import static io.github.eventbuffer.SampleAnswers.rejectAll;
import static io.github.eventbuffer.SampleAnswers.unnamed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.TooLarge;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Answers that change from one attempt to the next, kills between them, and rare orders of both.
 */
class OddAnswersTest extends BufferTestCase {
  private static final Duration SOME = Duration.ofSeconds(10);

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
      flushUntilHeld(buffer);
      assertTrue(buffer.deadLetters().count() < 50, "burnt " + buffer.deadLetters().count());
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
        flushUntilHeld(buffer);
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
      flushUntilHeld(buffer);
      assertEquals(0, buffer.deadLetters().count());
      transport.answer(SampleAnswers::all);
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
      flushUntilHeld(buffer);
      assertTrue(buffer.deadLetters().count() <= 40, "burnt " + buffer.deadLetters().count());
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
