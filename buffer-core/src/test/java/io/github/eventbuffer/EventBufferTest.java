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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The buffer as its caller sees it: results, threads, disk, open and close. */
class EventBufferTest extends BufferTestCase {
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
      Files.createSymbolicLink(file, aside);
      // A link is not followed: nothing under that name can be forced.
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

  @Test
  void anAppendDoesNotWaitLongerForADiskThatHangsThanItMay() throws Exception {
    try (EventBuffer buffer = builder().appendTimeout(Duration.ofMillis(200)).open()) {
      buffer.pause();
      append(buffer, 0, 1);
      Path file = onlySegment();
      Path aside = Files.move(file, directory.resolve("aside"));
      Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
      assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
      // To open a pipe with one end takes for ever.
      assertEquals(AppendResult.FAILED, buffer.append(Events.purchase("slow"), Durability.POWER));
      assertEquals(1, buffer.stats().failed());
      // For both ends: should no force have begun by then, this must not wait for one.
      RandomAccessFile ends = new RandomAccessFile(file.toFile(), "rw");
      Files.delete(file);
      Files.move(aside, file);
      ends.close();
      // The force that failed poisons the segment, at a moment of its own.
      AppendResult again = buffer.append(Events.purchase("slow"), Durability.POWER);
      for (int i = 0; i < 100 && again == AppendResult.FAILED; i++) {
        again = buffer.append(Events.purchase("slow"), Durability.POWER);
      }
      assertEquals(AppendResult.ACCEPTED, again);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertConserved(buffer.stats());
    }
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("event-buffer-force-")),
        "the thread that forces is there still");
  }

  /** It may be of a PROCESS append, or of a process that was killed before its force was over. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDuplicateIsForcedBeforeItIsSaidToBeSafe(boolean restarted) throws Exception {
    Path file;
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
      file = onlySegment();
      if (!restarted) {
        assertForcedForADuplicate(buffer, file);
      }
      buffer.close(Duration.ZERO);
    }
    if (restarted) {
      try (EventBuffer buffer = builder().open()) {
        buffer.pause();
        assertForcedForADuplicate(buffer, file);
        buffer.close(Duration.ZERO);
      }
    }
  }

  private void assertForcedForADuplicate(EventBuffer buffer, Path file) throws Exception {
    Path aside = Files.move(file, directory.resolve("aside"));
    Files.createSymbolicLink(file, aside);
    assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("a")));
    assertEquals(AppendResult.FAILED, buffer.append(Events.purchase("a"), Durability.POWER));
    Files.delete(file);
    Files.move(aside, file);
    // Of what was not forced then, no force can tell any more.
    assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a"), Durability.POWER));
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

  /** Else their batch could not be committed, and the queue would never shrink. */
  @Test
  void aQueueThatUsedUpItsShareLeavesRoomForDeadLetters() {
    transport.answer(
        attempt ->
            new DeliveryResult.Delivered(
                List.of(new RejectedEvent(attempt.ids().get(0), "BAD", "")),
                List.of(),
                null,
                attempt.ids().size()));
    long least = BufferOptions.leastDiskBytes(2 << 20, 256 << 10);
    for (long more = 0; more < 3; more++) {
      try (EventBuffer buffer =
          builder().maxDiskBytes(least + (more << 20)).maxBatchEvents(1_000).open()) {
        buffer.pause();
        int accepted = 0;
        while (buffer.append(Events.purchase(more + "-" + accepted)) == AppendResult.ACCEPTED) {
          accepted++;
        }
        buffer.resume();
        assertTrue(buffer.flush(LONG).complete(), "with " + more + " MiB more than the least");
        assertConserved(buffer.stats());
      }
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
