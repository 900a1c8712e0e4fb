package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.ScriptedTransport.Attempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What becomes too old is not sent, not lost, and counted once. */
class ExpiryTest extends BufferTestCase {
  private static final Duration DAY = Duration.ofDays(1);
  private final SteppedClock clock = new SteppedClock();

  private EventBuffer open() {
    return builder().clock(clock).maxEventAge(DAY).open();
  }

  @Test
  void whatIsTooOldBecomesADeadLetterAndTheRestIsSent() throws Exception {
    try (EventBuffer buffer = open()) {
      buffer.pause();
      append(buffer, 0, 100);
      clock.pass(DAY.plusSeconds(1));
      append(buffer, 100, 150);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      BufferStats stats = buffer.stats();
      assertEquals(100, stats.expired());
      assertEquals(50, stats.delivered());
      assertEquals(0, stats.deadLettered());
      assertConserved(stats);
      assertEquals(50, transport.arrivals().size());
      assertTrue(transport.arrivals().containsKey("event-100"));
      List<DeadLetter> letters = buffer.deadLetters().list(1_000);
      assertEquals(100, letters.size());
      assertEquals("expired", letters.get(0).code());
      assertEquals("event-0", letters.get(0).eventId());
    }
  }

  @Test
  void nothingExpiresWithoutTheOption() throws Exception {
    try (EventBuffer buffer = builder().clock(clock).open()) {
      buffer.pause();
      append(buffer, 0, 100);
      clock.pass(Duration.ofDays(4_000));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(100, buffer.stats().delivered());
    }
  }

  @Test
  void aBatchThatIsTriedAgainLeavesOutWhatExpiredMeanwhileUnderAnotherKey() throws Exception {
    try (EventBuffer buffer = open()) {
      buffer.pause();
      append(buffer, 0, 10);
      clock.pass(DAY.dividedBy(2).minusSeconds(1));
      append(buffer, 10, 20);
      AtomicBoolean first = new AtomicBoolean(true);
      transport.answer(
          attempt -> {
            if (first.getAndSet(false)) {
              clock.pass(DAY.dividedBy(2).plusSeconds(2));
              return new DeliveryResult.Unavailable("down");
            }
            return DeliveryResult.Delivered.all(attempt.ids().size());
          });
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      List<Attempt> attempts = transport.attempts();
      assertEquals(2, attempts.size());
      assertEquals(20, attempts.get(0).ids().size());
      assertEquals(10, attempts.get(1).ids().size());
      assertEquals(2, attempts.get(1).number());
      assertNotEquals(attempts.get(0).key(), attempts.get(1).key());
      assertEquals(10, buffer.stats().expired());
      assertEquals(10, buffer.stats().delivered());
    }
  }

  @Test
  void aRestartAfterTheBurialSendsTheSameRestUnderTheSameKey() throws Exception {
    EventBuffer buffer = open();
    buffer.pause();
    append(buffer, 0, 10);
    clock.pass(DAY.plusSeconds(1));
    append(buffer, 10, 20);
    CompletableFuture<Attempt> arrived = new CompletableFuture<>();
    transport.later(
        attempt -> {
          arrived.complete(attempt);
          return new CompletableFuture<>();
        });
    buffer.resume();
    Attempt unanswered = arrived.get();
    buffer.close(Duration.ZERO);
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer again = open()) {
      assertTrue(again.flush(LONG).complete());
      Attempt last = transport.attempts().get(transport.attempts().size() - 1);
      assertEquals(unanswered.ids(), last.ids());
      assertEquals(unanswered.key(), last.key());
      assertEquals(10, again.stats().expired());
      assertEquals(10, again.stats().delivered());
      assertEquals(10, again.deadLetters().count());
      assertConserved(again.stats());
    }
  }

  /** Killed between the letter and the checkpoint: what the letter says is what is counted. */
  @Test
  void anEventThatWasNamedBeforeItExpiredCountsAsRefused() throws Exception {
    Path checkpoint = directory.resolve("events/checkpoint");
    byte[][] before = new byte[1][];
    EventBuffer buffer = open();
    buffer.pause();
    append(buffer, 0, 10);
    transport.answer(
        attempt -> {
          try {
            before[0] = Files.readAllBytes(checkpoint);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          RejectedEvent bad = new RejectedEvent("event-3", "BAD", "not a type");
          return new DeliveryResult.Delivered(List.of(bad), List.of(), null, 9);
        });
    buffer.resume();
    assertTrue(buffer.flush(LONG).complete());
    buffer.close();
    Files.write(checkpoint, before[0]);
    clock.pass(DAY.plusSeconds(1));
    try (EventBuffer again = open()) {
      assertTrue(again.flush(LONG).complete());
      assertEquals(1, again.stats().deadLettered());
      assertEquals(9, again.stats().expired());
      assertConserved(again.stats());
      assertEquals(
          1,
          again.deadLetters().list(100).stream().filter(one -> one.code().equals("BAD")).count());
    }
  }

  @Test
  void aBatchOfNothingButExpiredEventsIsNotSent() throws Exception {
    try (EventBuffer buffer = open()) {
      buffer.pause();
      append(buffer, 0, 10);
      clock.pass(DAY.plusSeconds(1));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(List.of(), transport.attempts());
      assertEquals(10, buffer.stats().expired());
      assertEquals(0, buffer.stats().pending());
    }
    try (EventBuffer again = open()) {
      assertEquals(10, again.stats().expired());
      assertConserved(again.stats());
    }
  }

  @Test
  void whatFindsNoRoomAsADeadLetterIsSentSoThatThereIsRoomAgain() throws Exception {
    try (EventBuffer buffer =
        builder()
            .clock(clock)
            .maxEventAge(DAY)
            .maxDiskBytes(24 << 20)
            .maxDeadLetterBytes(24 << 20)
            .open()) {
      buffer.pause();
      int accepted = 0;
      while (buffer.append(Events.purchase("event-" + accepted)) == AppendResult.ACCEPTED) {
        accepted++;
      }
      clock.pass(DAY.plusSeconds(1));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      BufferStats stats = buffer.stats();
      assertTrue(stats.expired() > 0, stats.toString());
      assertTrue(stats.delivered() > 0, stats.toString());
      assertEquals(accepted, stats.delivered() + stats.expired());
      assertEquals(stats.delivered(), transport.arrivals().size());
      assertEquals(stats.expired(), buffer.deadLetters().count());
    }
  }
}
