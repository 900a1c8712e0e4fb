package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.internal.BufferOptions;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventBufferTest {
  private static final Destination DESTINATION = Destination.of("12345", "website_pixel");
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final ScriptedTransport transport = new ScriptedTransport();

  private EventBuffer.Builder builder() {
    return EventBuffer.builder(directory.resolve("events"))
        .destination(DESTINATION)
        .transport(transport)
        .segmentBytes(2 << 20)
        .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)));
  }

  private static void append(EventBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("event-" + i)));
    }
  }

  private static void assertConserved(BufferStats stats) {
    assertEquals(
        stats.accepted(),
        stats.delivered()
            + stats.deadLettered()
            + stats.expired()
            + stats.dropped()
            + stats.damaged()
            + stats.pending());
  }

  @Test
  void whatIsAppendedIsDelivered() {
    try (EventBuffer buffer = builder().open()) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("a")));
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("b")));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(Map.of("a", 1, "b", 1), transport.arrivals());
      assertEquals(2, buffer.stats().delivered());
      assertEquals(1, buffer.stats().duplicates());
      assertEquals(0, buffer.stats().pending());
    }
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  void manyEventsOverManySegmentsArriveOnceAndInOrder(Durability durability) {
    int count = durability == Durability.POWER ? 2_000 : 50_000;
    try (EventBuffer buffer = builder().maxBatchEvents(1_000).durability(durability).open()) {
      append(buffer, 0, count);
      assertTrue(buffer.flush(LONG).complete());
      List<String> expected = IntStream.range(0, count).mapToObj(i -> "event-" + i).toList();
      assertEquals(new HashSet<>(expected), transport.arrivals().keySet());
      assertTrue(transport.arrivals().values().stream().allMatch(n -> n == 1));
    }
  }

  @Test
  void undeliveredEventsSurviveARestart() {
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 1_000);
      assertEquals(1_000, buffer.close(Duration.ZERO).pending());
    }
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = builder().open()) {
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-7")));
      assertConserved(buffer.stats());
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1_000, transport.arrivals().size());
      assertEquals(1_000, buffer.stats().delivered());
    }
    try (EventBuffer buffer = builder().open()) {
      assertEquals(1_000, buffer.stats().accepted());
      assertEquals(1_000, buffer.stats().delivered());
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-7")));
    }
  }

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
      overwrite("event-4");
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

  /** Spoils the first place in the queue's files where this text stands. */
  private void overwrite(String text) throws Exception {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory.resolve("events/queue"))) {
      files = all.filter(file -> file.toString().endsWith(".cq4")).toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      for (int at = 0; at + wanted.length <= bytes.length; at++) {
        if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
          try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(at);
            out.write('X');
          }
          return;
        }
      }
    }
    throw new AssertionError(text + " is in no segment");
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
        new DeliveryResult.InvalidBatch("CODE", "message", List.of()),
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
      // Where the first run of dead letters would lie.
      Path taken = Files.createFile(directory.resolve("events/dead-letters/0000000001"));
      append(buffer, 0, 10);
      buffer.flush(Duration.ZERO);
      assertTrue(told.await(30, TimeUnit.SECONDS));
      assertEquals(10, buffer.stats().pending());
      assertEquals(0, buffer.deadLetters().count());
      Files.delete(taken);
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

  @Test
  void aListenerThatClosesTheBufferFreesTheDirectory() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    EventBuffer[] own = new EventBuffer[1];
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onDelivered(int count, int attempt, List<String> warnings) {
            own[0].close(Duration.ZERO);
            closed.countDown();
          }
        };
    own[0] = builder().listener(listener).open();
    append(own[0], 0, 10);
    own[0].flush(Duration.ZERO);
    assertTrue(closed.await(30, TimeUnit.SECONDS));
    try (EventBuffer again = openOnceFree()) {
      assertEquals(10, again.stats().delivered());
    }
  }

  private EventBuffer openOnceFree() {
    for (long end = System.nanoTime() + LONG.toNanos(); ; ) {
      try {
        return builder().open();
      } catch (EventBufferException e) {
        assertEquals(EventBufferException.Reason.LOCKED, e.reason());
        assertTrue(System.nanoTime() < end, "the directory is still locked");
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void anAppendThatTheDeviceDidNotTakeLeavesNoTraceInTheFilter() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      append(buffer, 0, 1);
      Path file = onlySegment();
      Path aside = Files.move(file, directory.resolve("aside"));
      Files.createDirectory(file);
      // Nothing under that name can be forced.
      assertEquals(
          AppendResult.FAILED, buffer.append(Events.purchase("refused"), Durability.POWER));
      Files.delete(file);
      Files.move(aside, file);
      assertEquals(
          AppendResult.ACCEPTED, buffer.append(Events.purchase("refused"), Durability.POWER));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertTrue(
          transport.arrivals().keySet().containsAll(Set.of("event-0", "refused")),
          transport.arrivals().toString());
      assertConserved(buffer.stats());
    }
  }

  private Path onlySegment() throws Exception {
    try (var files = Files.walk(directory.resolve("events/queue"))) {
      List<Path> segments = files.filter(file -> file.toString().endsWith(".cq4")).toList();
      assertEquals(1, segments.size());
      return segments.get(0);
    }
  }

  /** Out of memory, say: on the flusher's own thread, outside of the transport. */
  @Test
  void anErrorOnTheFlushersThreadDoesNotEndIt() {
    AtomicInteger thrown = new AtomicInteger();
    BufferClock clock =
        new BufferClock() {
          private final BufferClock system = BufferClock.system();

          @Override
          public java.time.Instant now() {
            if (Thread.currentThread().getName().startsWith("event-buffer-flusher")
                && thrown.incrementAndGet() == 1) {
              throw new OutOfMemoryError("pretended");
            }
            return system.now();
          }

          @Override
          public long nanoTime() {
            return system.nanoTime();
          }

          @Override
          public void park(long nanos) {
            system.park(nanos);
          }
        };
    try (EventBuffer buffer = builder().clock(clock).open()) {
      for (int i = 0; i < 3; i++) {
        append(buffer, i, i + 1);
        assertTrue(buffer.flush(LONG).complete());
      }
      assertTrue(thrown.get() >= 1, "the clock was not asked");
      append(buffer, 3, 4);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(4, transport.arrivals().size());
    }
  }

  @Test
  void aClosedBufferAcceptsNothing() {
    EventBuffer buffer = builder().open();
    append(buffer, 0, 3);
    assertTrue(buffer.close(LONG).complete());
    assertEquals(3, transport.arrivals().size());
    assertThrows(IllegalStateException.class, () -> buffer.append(Events.purchase("late")));
    assertThrows(IllegalStateException.class, () -> buffer.appendJson(new byte[0]));
    assertThrows(IllegalStateException.class, () -> buffer.flush(LONG));
  }

  @Test
  void closeReturnsInTimeAndWhatIsLeftStaysOnDisk() {
    transport.later(attempt -> new CompletableFuture<>());
    EventBuffer buffer = builder().open();
    append(buffer, 0, 10);
    FlushResult result = buffer.close(Duration.ofMillis(100));
    assertFalse(result.complete());
    assertEquals(10, result.pending());
    assertEquals(BufferHealth.State.CLOSED, buffer.health().state());
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer again = builder().open()) {
      assertTrue(again.flush(LONG).complete());
    }
  }

  @Test
  void aPausedBufferAcceptsAndDeliversAfterwards() {
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      append(buffer, 0, 10);
      FlushResult result = buffer.flush(Duration.ofMillis(50));
      assertEquals("delivery is paused", result.reason());
      assertEquals(BufferHealth.State.PAUSED, buffer.health().state());
      assertEquals(0, transport.attempts().size());
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void anInterruptedCallerKeepsItsFlagAndItsResult() {
    try (EventBuffer buffer = builder().open()) {
      for (Durability durability : Durability.values()) {
        Thread.currentThread().interrupt();
        assertEquals(
            AppendResult.ACCEPTED, buffer.append(Events.purchase("i" + durability), durability));
        assertTrue(Thread.interrupted());
      }
      for (int i = 0; i < 20_000; i++) {
        Thread.currentThread().interrupt();
        assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("rolling-" + i)));
      }
      assertTrue(Thread.interrupted());
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void anInterruptedThreadOpensAndClosesABuffer() {
    for (int i = 0; i < 3; i++) {
      Thread.currentThread().interrupt();
      EventBuffer buffer = builder().open();
      append(buffer, i, i + 1);
      assertTrue(buffer.close(LONG).complete());
      assertTrue(Thread.interrupted());
    }
    assertEquals(3, transport.arrivals().size());
  }

  /** With the least budget that is allowed, dead letters and all. */
  @Test
  void aDeadLetterNeverTakesTheSpaceThatTheQueueNeeds() {
    transport.answer(
        attempt ->
            new DeliveryResult.Delivered(
                attempt.ids().stream()
                    .filter(id -> id.endsWith("99"))
                    .map(id -> new RejectedEvent(id, "BAD", ""))
                    .toList(),
                List.of(),
                null,
                attempt.ids().size()));
    long budget = BufferOptions.leastDiskBytes(2 << 20, 256 << 10);
    try (EventBuffer buffer =
        builder().maxDiskBytes(budget).maxBatchEvents(1_000).flushInterval(LONG).open()) {
      for (int round = 0; round < 10; round++) {
        for (int i = round * 5_000; i < (round + 1) * 5_000; i++) {
          AppendResult result = buffer.append(Events.purchase("event-" + i));
          for (long end = System.nanoTime() + LONG.toNanos();
              result == AppendResult.FULL && System.nanoTime() < end; ) {
            result = buffer.append(Events.purchase("event-" + i));
          }
          assertEquals(AppendResult.ACCEPTED, result);
        }
        assertTrue(buffer.flush(LONG).complete());
        assertTrue(buffer.stats().diskBytes() <= budget);
      }
      assertEquals(500, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void theBudgetOfTheDiskIsKeptAndSpaceIsTakenAgainOnceItIsThere() {
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    long budget = BufferOptions.leastDiskBytes(2 << 20, 256 << 10);
    try (EventBuffer buffer = builder().maxDiskBytes(budget).open()) {
      int accepted = 0;
      while (buffer.append(Events.purchase("event-" + accepted)) == AppendResult.ACCEPTED) {
        accepted++;
        assertTrue(accepted < 1_000_000);
      }
      assertEquals(AppendResult.FULL, buffer.append(Events.purchase("refused")));
      assertEquals(BufferHealth.State.FULL, buffer.health().state());
      assertTrue(buffer.stats().diskBytes() <= budget);
      assertConserved(buffer.stats());
      transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      // What was refused left no trace in the duplicate filter.
      AppendResult result = AppendResult.FULL;
      for (long end = System.nanoTime() + LONG.toNanos();
          result == AppendResult.FULL && System.nanoTime() < end; ) {
        result = buffer.append(Events.purchase("refused"));
      }
      assertEquals(AppendResult.ACCEPTED, result);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(accepted + 1, transport.arrivals().size());
      assertEquals(BufferHealth.State.RUNNING, buffer.health().state());
    }
  }

  @Test
  void jsonIsSentWithTheVeryBytesThatWereGiven() {
    String event =
        "{ \"event_type\":\"lead\", \"event_id\":\"j1\",\n"
            + "  \"event_time\":\"2026-04-26T14:30Z\", \"x_unknown\": [1.50, null],"
            + " \"user_match\":{\"click_id\":\"abc\",\"click_id_type\":\"gclid\"} }";
    try (EventBuffer buffer = builder().open()) {
      assertEquals(
          AppendResult.ACCEPTED, buffer.appendJson(event.getBytes(StandardCharsets.UTF_8)));
      assertEquals(
          AppendResult.DUPLICATE, buffer.appendJson(event.getBytes(StandardCharsets.UTF_8)));
      assertTrue(buffer.flush(LONG).complete());
    }
    assertEquals("[" + event + "]", transport.attempts().get(0).body());
  }

  @Test
  void aLostCheckpointMeansDeliverAgainNeverSkip() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 100);
      assertTrue(buffer.flush(LONG).complete());
    }
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 100, 200);
      buffer.close(Duration.ZERO);
    }
    Files.delete(directory.resolve("events/checkpoint"));
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = builder().open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertConserved(buffer.stats());
      assertEquals(200, buffer.stats().accepted());
    }
    assertEquals(200, transport.arrivals().size());
  }

  @Test
  void segmentsThatAreDoneWithAreRemovedOnceTheWindowHasPassed() throws Exception {
    try (EventBuffer buffer =
        builder().duplicateWindow(100, Duration.ofHours(1)).maxBatchEvents(1_000).open()) {
      append(buffer, 0, 40_000);
      assertTrue(buffer.flush(LONG).complete());
      // The last segment, one that may hold the window, the next one.
      assertTrue(buffer.stats().diskBytes() <= 3 * 3 << 20, "" + buffer.stats().diskBytes());
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-39999")));
    }
    try (EventBuffer buffer = builder().duplicateWindow(100, Duration.ofHours(1)).open()) {
      for (int i = 39_900; i < 40_000; i++) {
        assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-" + i)));
      }
      assertEquals(40_000, buffer.stats().delivered());
    }
  }

  @Test
  void hundredsOfThreadsAppendWithoutLossOrDoubles() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      Thread[] threads = new Thread[200];
      for (int t = 0; t < threads.length; t++) {
        int own = t;
        threads[t] = new Thread(() -> append(buffer, own * 50, own * 50 + 50));
        threads[t].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(10_000, buffer.stats().delivered());
    }
    assertEquals(10_000, transport.arrivals().size());
  }

  @Test
  void virtualThreadsAppendWithoutLossOrDoubles() throws Exception {
    ExecutorService threads;
    try {
      threads =
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException e) {
      Assumptions.abort("needs a JDK 21");
      return;
    }
    try (EventBuffer buffer = builder().open()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        int own = i;
        all.add(threads.submit(() -> append(buffer, own, own + 1)));
      }
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
      threads.shutdown();
      assertTrue(buffer.flush(LONG).complete());
    }
    assertEquals(5_000, transport.arrivals().size());
  }
}
