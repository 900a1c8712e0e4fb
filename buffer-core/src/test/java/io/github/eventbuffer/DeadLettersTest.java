package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.internal.BufferOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people do with dead letters, and what bounds them. */
class DeadLettersTest extends BufferTestCase {
  private final AtomicLong told = new AtomicLong();

  private void refuseAll(String code) {
    transport.answer(
        attempt ->
            new DeliveryResult.Delivered(
                attempt.ids().stream().map(id -> new RejectedEvent(id, code, "refused")).toList(),
                List.of(),
                null,
                0));
  }

  private void takeAll() {
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
  }

  private EventBuffer open() {
    // Small batches: a refused one is data, not configuration. One by one: in the events' order.
    return builder()
        .maxBatchEvents(10)
        .maxInFlightBatches(1)
        .flushInterval(Duration.ofMillis(1))
        .open();
  }

  private EventBuffer withLetters(int letters) {
    refuseAll("BAD");
    EventBuffer buffer = open();
    append(buffer, 0, letters);
    assertTrue(buffer.flush(LONG).complete());
    assertEquals(letters, buffer.deadLetters().count());
    return buffer;
  }

  private static List<String> ids(List<DeadLetter> letters) {
    return letters.stream().map(DeadLetter::eventId).toList();
  }

  private static List<String> events(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "event-" + i).toList();
  }

  /** The next one to open the directory has it for itself. */
  @Test
  void aDropThatIsUnderWayAtTheCloseChangesNothingBehindIt() throws Exception {
    withLetters(3).close();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    EventBuffer closed = open();
    FutureTask<Long> drop =
        new FutureTask<>(
            () ->
                closed
                    .deadLetters()
                    .drop(
                        letter -> {
                          asked.countDown();
                          await(answered);
                          return true;
                        }));
    new Thread(drop, "drop").start();
    await(asked);
    closed.close();
    refuseAll("BAD");
    try (EventBuffer next = open()) {
      answered.countDown();
      ExecutionException failed = assertThrows(ExecutionException.class, drop::get);
      assertEquals("the buffer is closed", failed.getCause().getMessage());
      append(next, 3, 4);
      assertTrue(next.flush(LONG).complete());
    }
    takeAll();
    try (EventBuffer last = open()) {
      assertEquals(events(0, 4), ids(last.deadLetters().list(10)));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(LONG.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void manyAreReadPageByPage() throws IOException {
    try (EventBuffer buffer = withLetters(25)) {
      List<String> all = new ArrayList<>();
      long last = 0;
      List<DeadLetter> page = buffer.deadLetters().list(10);
      while (!page.isEmpty()) {
        assertTrue(page.size() <= 10);
        all.addAll(ids(page));
        last = page.get(page.size() - 1).number();
        page = buffer.deadLetters().list(last, 10);
      }
      assertEquals(events(0, 25), all);
      assertThrows(IllegalArgumentException.class, () -> buffer.deadLetters().list(0));
      assertThrows(IllegalArgumentException.class, () -> buffer.deadLetters().list(-1, 10));
    }
  }

  /** Where sequences began anew, the replayed events would pass for those with the letters. */
  @Test
  void lettersThatOutlivedQueueAndCheckpointAreReplayed() throws IOException {
    withLetters(5).close();
    Scratch.delete(directory.resolve("events/queue"));
    Files.delete(directory.resolve("events/checkpoint"));
    List<RecoveryReport> reports = new ArrayList<>();
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onRecovery(RecoveryReport found) {
            reports.add(found);
          }
        };
    try (EventBuffer buffer = builder().listener(listener).open()) {
      assertEquals(List.of(true), reports.stream().map(RecoveryReport::checkpointDamaged).toList());
      assertEquals(0, buffer.stats().pending());
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(5, buffer.deadLetters().replay(letter -> true).replayed());
      assertTrue(buffer.flush(LONG).complete());
      // Refused again; the file of those that were replayed is given back.
      assertEquals(events(0, 5), ids(buffer.deadLetters().list(10)));
      assertTrue(Files.notExists(directory.resolve("events/dead-letters/0000000001")));
      assertEquals(0, buffer.stats().damaged());
    }
  }

  /** As a power cut may leave it: a letter is forced, the queue and the checkpoint need not be. */
  @Test
  void whatWasLostBehindAnIntactCheckpointDoesNotCountAsDelivered() throws IOException {
    Path checkpoint = directory.resolve("events/checkpoint");
    takeAll();
    try (EventBuffer buffer = open()) {
      append(buffer, 0, 3);
      assertTrue(buffer.flush(LONG).complete());
    }
    byte[] before = Files.readAllBytes(checkpoint);
    refuseAll("BAD");
    try (EventBuffer buffer = open()) {
      append(buffer, 3, 8);
      assertTrue(buffer.flush(LONG).complete());
    }
    Files.write(checkpoint, before);
    Scratch.delete(directory.resolve("events/queue"));
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(8, buffer.stats().accepted());
      assertEquals(3, buffer.stats().delivered());
      assertEquals(5, buffer.stats().damaged());
      assertEquals(5, buffer.deadLetters().count());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void replayedEventsAreAcceptedAnewAndDelivered() throws IOException {
    try (EventBuffer buffer = withLetters(250)) {
      takeAll();
      DeadLetters.Replay replay = buffer.deadLetters().replay(letter -> true);
      assertEquals(new DeadLetters.Replay(250, 0, null), replay);
      assertEquals(0, buffer.deadLetters().count());
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(500, buffer.stats().accepted());
      assertEquals(250, buffer.stats().deadLettered());
      assertEquals(250, buffer.stats().delivered());
      assertConserved(buffer.stats());
      assertEquals(0, buffer.stats().duplicates());
      // Their ids are known as before.
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-7")));
    }
    try (EventBuffer buffer = open()) {
      assertEquals(List.of(), buffer.deadLetters().list(1_000));
    }
  }

  @Test
  void someAreReplayedByIdAndChanged() throws IOException {
    try (EventBuffer buffer = withLetters(30)) {
      int before = transport.attempts().size();
      takeAll();
      DeadLetters.Replay replay =
          buffer
              .deadLetters()
              .replay(
                  letter -> letter.eventId().endsWith("3"),
                  event -> event.replace("\"USD\"", "\"EUR\""));
      assertEquals(3, replay.replayed());
      assertEquals(27, buffer.deadLetters().count());
      assertTrue(buffer.flush(LONG).complete());
      List<ScriptedTransport.Attempt> attempts = transport.attempts();
      attempts = attempts.subList(before, attempts.size());
      assertEquals(
          List.of("event-3", "event-13", "event-23"),
          attempts.stream().flatMap(attempt -> attempt.ids().stream()).toList());
      String bodies =
          attempts.stream().map(ScriptedTransport.Attempt::body).collect(Collectors.joining());
      assertEquals(4, bodies.split("\"EUR\"", -1).length);
    }
  }

  @Test
  void anEventThatTheChangeMadeInvalidStaysADeadLetter() throws IOException {
    try (EventBuffer buffer = withLetters(5)) {
      takeAll();
      DeadLetters.Replay replay =
          buffer
              .deadLetters()
              .replay(
                  letter -> true,
                  event -> event.contains("event-2") ? event.replace("USD", "dollars") : event);
      assertEquals(4, replay.replayed());
      assertEquals(1, replay.kept());
      assertEquals(AppendResult.Status.INVALID, replay.firstRefusal().status());
      assertEquals(1, buffer.stats().invalid());
      assertEquals(List.of("event-2"), ids(buffer.deadLetters().list(10)));
    }
  }

  @Test
  void aChangeThatThrowsLosesNothing() throws IOException {
    try (EventBuffer buffer = withLetters(10)) {
      takeAll();
      assertThrows(
          IllegalStateException.class,
          () ->
              buffer
                  .deadLetters()
                  .replay(
                      letter -> true,
                      event -> {
                        if (event.contains("event-4")) {
                          throw new IllegalStateException("thrown by the change");
                        }
                        return event;
                      }));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(events(4, 10), ids(buffer.deadLetters().list(100)));
      assertEquals(4, buffer.stats().delivered());
    }
  }

  @Test
  void anEventThatIsRefusedAgainIsANewDeadLetter() throws IOException {
    try (EventBuffer buffer = withLetters(10)) {
      refuseAll("STILL_BAD");
      assertEquals(10, buffer.deadLetters().replay(letter -> true).replayed());
      assertTrue(buffer.flush(LONG).complete());
      List<DeadLetter> letters = buffer.deadLetters().list(100);
      assertEquals(events(0, 10), ids(letters));
      assertTrue(letters.stream().allMatch(letter -> letter.code().equals("STILL_BAD")));
      assertEquals(20, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void droppedOnesAreGoneAlsoAfterARestart() throws IOException {
    try (EventBuffer buffer = withLetters(1_200)) {
      long before = buffer.deadLetters().bytes();
      assertEquals(
          600, buffer.deadLetters().drop(letter -> Integer.parseInt(number(letter)) % 2 == 0));
      assertEquals(600, buffer.deadLetters().count());
      assertTrue(buffer.deadLetters().bytes() >= before);
    }
    try (EventBuffer buffer = open()) {
      assertEquals(600, buffer.deadLetters().count());
      assertEquals(600, buffer.deadLetters().list(10_000).size());
      assertTrue(
          buffer.deadLetters().list(10_000).stream()
              .allMatch(letter -> Integer.parseInt(number(letter)) % 2 == 1));
      long before = buffer.deadLetters().bytes();
      assertEquals(600, buffer.deadLetters().drop(letter -> true));
      assertEquals(0, buffer.deadLetters().count());
      assertTrue(before > 0);
    }
    try (EventBuffer buffer = open()) {
      assertEquals(0, buffer.deadLetters().count());
      assertEquals(List.of(), buffer.deadLetters().list(10));
    }
  }

  private static String number(DeadLetter letter) {
    return letter.eventId().substring("event-".length());
  }

  @Test
  void theSpaceOfDroppedOnesIsGivenBack() throws IOException {
    for (int run = 0; run < 5; run++) {
      refuseAll("BAD");
      try (EventBuffer buffer = open()) {
        append(buffer, run * 100, run * 100 + 100);
        assertTrue(buffer.flush(LONG).complete());
        assertEquals(100, buffer.deadLetters().drop(letter -> true));
        // At most the segment in use, the next one, and those of the run before.
        assertTrue(buffer.deadLetters().bytes() < 12 << 20, "" + buffer.deadLetters().bytes());
      }
    }
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.deadLetters().bytes() < 256 << 10, "" + buffer.deadLetters().bytes());
    }
  }

  private EventBuffer.Builder bounded(WhenDeadLettersFull policy) {
    return builder()
        .maxEventBytes(4 << 10)
        .maxBatchEvents(40)
        .maxInFlightBatches(1)
        .flushInterval(Duration.ofMillis(1))
        .maxDeadLetterBytes(4 << 20)
        .whenDeadLettersFull(policy)
        .listener(
            new EventBufferListener() {
              @Override
              public void onDeadLettersDropped(long letters) {
                told.addAndGet(letters);
              }
            });
  }

  @Test
  void theOldestGiveWayAndAreCounted() throws IOException {
    refuseAll("BAD");
    int events = 12_000;
    try (EventBuffer buffer = bounded(WhenDeadLettersFull.DROP_OLDEST).open()) {
      append(buffer, 0, events);
      assertTrue(buffer.flush(LONG).complete());
      BufferStats stats = buffer.stats();
      assertEquals(events, stats.deadLettered());
      assertTrue(stats.deadLettersDropped() > 0, stats.toString());
      assertEquals(events, stats.deadLettersDropped() + buffer.deadLetters().count());
      assertEquals(stats.deadLettersDropped(), told.get());
      assertTrue(buffer.deadLetters().bytes() <= 4 << 20, "" + buffer.deadLetters().bytes());
      List<DeadLetter> left = buffer.deadLetters().list(events);
      assertEquals(events((int) stats.deadLettersDropped(), events), ids(left));
      assertConserved(stats);
    }
  }

  @Test
  void orDeliveryIsHeldUntilThereIsRoom() throws IOException {
    refuseAll("BAD");
    int events = 12_000;
    try (EventBuffer buffer = bounded(WhenDeadLettersFull.HOLD).open()) {
      append(buffer, 0, events);
      buffer.flush(Duration.ZERO);
      while (buffer.health().state() != BufferHealth.State.HELD) {
        Thread.onSpinWait();
      }
      assertTrue(buffer.health().reason().contains("maxDeadLetterBytes"));
      while (buffer.stats().pending() > 0) {
        assertEquals(0, buffer.stats().deadLettersDropped());
        buffer.deadLetters().drop(letter -> true);
        buffer.resume();
        buffer.flush(Duration.ofMillis(200));
      }
      assertEquals(events, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void aClosedBufferListsButChangesNothing() throws IOException {
    EventBuffer buffer = withLetters(5);
    buffer.close();
    assertEquals(5, buffer.deadLetters().list(10).size());
    assertThrows(IllegalStateException.class, () -> buffer.deadLetters().drop(letter -> true));
    assertThrows(IllegalStateException.class, () -> buffer.deadLetters().replay(letter -> true));
    assertEquals(5, buffer.deadLetters().count());
  }

  /** A batch's letters that are not committed may fill all files there are. */
  @ParameterizedTest
  @EnumSource(WhenDeadLettersFull.class)
  void theLeastBoundStopsNoBatch(WhenDeadLettersFull policy) throws IOException {
    refuseAll("BAD");
    int events = 8_000;
    try (EventBuffer buffer =
        bounded(policy)
            .maxBatchEvents(2_000)
            .maxInFlightBatches(4)
            .suspiciousBatch(10_000)
            .maxDeadLetterBytes(BufferOptions.leastDeadLetterBytes(4 << 10))
            .open()) {
      append(buffer, 0, events);
      // Held again and again, until somebody makes room.
      Duration patience = policy == WhenDeadLettersFull.HOLD ? Duration.ofMillis(500) : LONG;
      while (!buffer.flush(patience).complete()) {
        assertEquals(WhenDeadLettersFull.HOLD, policy, buffer.health().toString());
        buffer.deadLetters().drop(letter -> true);
        buffer.resume();
      }
      assertEquals(events, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
  }

  /** A caller's interrupt is for the caller: nothing fails for it, and it is still there. */
  @Test
  void anInterruptedCallerDropsAndReplaysAndKeepsItsFlag() throws IOException {
    withLetters(20).close();
    takeAll();
    try (EventBuffer buffer = open()) {
      Thread.currentThread().interrupt();
      // The first thing that this run writes among the dead letters.
      assertEquals(1, buffer.deadLetters().drop(letter -> letter.eventId().equals("event-7")));
      assertTrue(Thread.interrupted());
    }
    try (EventBuffer buffer = open()) {
      Thread.currentThread().interrupt();
      assertEquals(19, buffer.deadLetters().replay(letter -> true).replayed());
      assertTrue(Thread.interrupted());
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(0, buffer.deadLetters().count());
    }
  }
}
