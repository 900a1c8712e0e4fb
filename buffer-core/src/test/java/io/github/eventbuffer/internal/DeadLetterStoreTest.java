package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.TestLetters.letters;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeadLetter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterStoreTest {
  private static final String LARGE =
      "{\"event_id\":\"" + "x".repeat(64 << 10) + "\",\"event_type\":\"lead\"}";

  @TempDir Path parent;
  private final Space space = new Space();
  private LongSupplier wallMillis = System::currentTimeMillis;

  /** A disk that has room or not. */
  private static final class Space implements SegmentQueue.Events {
    volatile boolean free = true;
    volatile Runnable callback = () -> {};
    volatile Runnable allocation = () -> {};

    @Override
    public void reached() {}

    @Override
    public boolean mayAllocate(long bytes) {
      allocation.run();
      return free;
    }

    @Override
    public void storageFailed(String what, Throwable cause) {
      callback.run();
    }

    @Override
    public void storageRecovered() {}
  }

  @BeforeEach
  void makeDirectory() throws IOException {
    ModuleOpener.open();
    Files.createDirectory(parent.resolve("dead-letters"));
  }

  private DeadLetterStore open(long committedSequence) throws IOException {
    return new DeadLetterStore(
        parent.resolve("dead-letters"),
        new Damage(new Quarantine(parent.resolve("quarantine"))),
        QueueFixture.LETTER_FORMAT,
        1 << 10,
        TestLetters.WIDE,
        committedSequence,
        () -> wallMillis.getAsLong(),
        space,
        "test-dead-letters");
  }

  private static String event(long sequence) {
    return "{\"event_id\":\"" + sequence + "\",\"event_type\":\"lead\"}";
  }

  private static DeadLetter add(DeadLetterStore store, long sequence) throws IOException {
    return store.add(sequence, event(sequence), Burial.NAMED, "BAD", "m".repeat(512), 1);
  }

  /** Larger than the segments are made for. */
  private static DeadLetter addLarge(DeadLetterStore store, long sequence) throws IOException {
    return store.add(sequence, LARGE, Burial.NAMED, "BAD", "refused", 1);
  }

  private static List<String> ids(DeadLetterStore store) throws IOException {
    return letters(store, 100_000).stream().map(DeadLetter::eventId).toList();
  }

  @Test
  void whatWasWrittenBeforeAKillIsNotWrittenAgain() throws IOException {
    try (DeadLetterStore store = open(0)) {
      for (long sequence = 1; sequence <= 10; sequence++) {
        assertNotNull(add(store, sequence));
      }
    }
    // The checkpoint got as far as 4: the rest is refused again, more than once.
    for (int run = 0; run < 2; run++) {
      try (DeadLetterStore store = open(4)) {
        for (int resend = 0; resend < 2; resend++) {
          for (long sequence = 5; sequence <= 10; sequence++) {
            assertNull(add(store, sequence));
          }
        }
        assertEquals(10, store.count());
        assertEquals(10, ids(store).size());
      }
    }
  }

  @Test
  void aBatchThatCouldOnlyBeBuriedInPartIsNotBuriedTwice() throws IOException {
    try (DeadLetterStore store = open(0)) {
      assertNotNull(add(store, 1));
      space.free = false;
      long refused = 2;
      try {
        while (true) {
          add(store, refused);
          refused++;
        }
      } catch (IOException full) {
        assertEquals(refused - 1, store.count());
      }
      long missing = refused;
      assertThrows(IOException.class, () -> add(store, missing));
      space.free = true;
      // The batch is sent again and refused again.
      for (long sequence = 1; sequence <= refused; sequence++) {
        addOnceThereIsRoom(store, sequence);
      }
      assertEquals(refused, store.count());
      assertTrue(
          ids(store).equals(LongStream.rangeClosed(1, refused).mapToObj(Long::toString).toList()));
    }
  }

  /** A link in the place of the first segment is not forced. */
  private void failForce(DeadLetterStore store) throws IOException {
    Path file = SegmentFiles.segments(parent.resolve("dead-letters/0000000001")).get(1);
    Path away = Files.move(file, parent.resolve("away"));
    Files.createSymbolicLink(file, away);
    assertThrows(IOException.class, store::force);
    Files.delete(file);
    Files.move(away, file);
  }

  /** As when the process has no descriptor left for a moment: what was lost is written again. */
  @Test
  void aForceThatFailedDoesNotFailForEver() throws IOException {
    try (DeadLetterStore store = open(0)) {
      assertNotNull(add(store, 1));
      failForce(store);
      add(store, 1);
      store.force();
      // Twice rather than perhaps not at all.
      assertEquals(List.of("1", "1"), ids(store));
    }
  }

  /** As when the next batch has only letters that were forced before. */
  @Test
  void whereNothingIsToBeForcedAnEarlierFailureIsNone() throws IOException {
    try (DeadLetterStore store = open(0)) {
      add(store, 1);
      store.force();
      add(store, 2);
      failForce(store);
      store.force();
      assertEquals(List.of("1", "2"), ids(store));
    }
  }

  /** Space is noticed in the background. */
  private static void addOnceThereIsRoom(DeadLetterStore store, long sequence) throws IOException {
    for (long end = System.nanoTime() + 30_000_000_000L; ; ) {
      try {
        add(store, sequence);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  /**
   * A listener is told in a thread that this one comes to wait for, and looks at the letters
   * meanwhile: how many it saw.
   */
  private int seenDuring(DeadLetterStore store, Thread waiting) throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    FutureTask<Integer> listed = new FutureTask<>(() -> store.list(0, 10).size());
    space.callback =
        () -> {
          // Once: larger segments find no room either.
          space.callback = () -> {};
          told.countDown();
          awaitWaiting(waiting);
          listed.run();
        };
    space.free = false;
    add(store, 1);
    told.await();
    waiting.start();
    waiting.join();
    return listed.get();
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aCallbackThatLooksAtTheLettersDoesNotHoldUpTheClose() throws Exception {
    DeadLetterStore store = open(0);
    assertEquals(
        1, seenDuring(store, new Thread(() -> assertDoesNotThrow(store::close), "closer")));
  }

  /** An event of an earlier run, which had a larger limit; the smaller segments are closed. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aCallbackThatLooksAtTheLettersDoesNotHoldUpALargerOne() throws Exception {
    try (DeadLetterStore store = open(0)) {
      FutureTask<DeadLetter> added = new FutureTask<>(() -> addLarge(store, 2));
      assertEquals(1, seenDuring(store, new Thread(added, "adder")));
      assertNotNull(added.get());
      assertEquals(2, ids(store).size());
    }
  }

  /** Else there were two segments with one number, and the next open believed in one of them. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aRunThatIsStartedDuringTheChangeToLargerSegmentsIsNotKept() throws Exception {
    try (DeadLetterStore store = open(0)) {
      add(store, 1);
      // The run is given up, and the next one is on its way when the larger letter comes.
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch answered = new CountDownLatch(1);
      awaitNext(store);
      space.allocation =
          () -> {
            space.allocation = () -> {};
            asked.countDown();
            await(answered);
          };
      failForce(store);
      asked.await();
      FutureTask<DeadLetter> added = new FutureTask<>(() -> addLarge(store, 2));
      Thread adder = new Thread(added, "adder");
      adder.start();
      awaitWaiting(adder);
      IOException busy = assertThrows(IOException.class, () -> store.take(store.list(0, 1)));
      assertTrue(busy.getMessage().contains("try again"), busy.getMessage());
      answered.countDown();
      assertNotNull(added.get());
      add(store, 3);
      store.force();
      assertEquals(3, store.count());
    }
    try (DeadLetterStore store = open(0)) {
      assertEquals(3, store.count());
      assertEquals(3, ids(store).size());
    }
  }

  /** One that is stored, though listing its segment failed, may be read: its number is used up. */
  @Test
  void aLetterThatFailedKeepsItsNumberWhenLargerOnesCome() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Thread here = Thread.currentThread();
    wallMillis =
        () -> {
          // Once for the letter; once more where a segment is listed.
          if (Thread.currentThread() == here && asked.incrementAndGet() == 2) {
            throw new OutOfMemoryError("pretended");
          }
          return System.currentTimeMillis();
        };
    try (DeadLetterStore store = open(0)) {
      asked.set(Integer.MIN_VALUE);
      add(store, 1);
      long failed = 0;
      for (long sequence = 2; failed == 0; sequence++) {
        asked.set(0);
        try {
          add(store, sequence);
        } catch (IOException e) {
          failed = sequence;
        }
      }
      wallMillis = System::currentTimeMillis;
      DeadLetter larger = addLarge(store, failed + 1);
      store.force();
      assertTrue(
          letters(store, 100_000).stream().anyMatch(one -> one.eventId().equals(larger.eventId())));
    }
  }

  /** So that the preallocator asks for no room until the run is given up. */
  private static void awaitNext(DeadLetterStore store) {
    while (store.neededBytes() > 0) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nothingIsTakenBehindTheClose() throws IOException {
    DeadLetterStore store = open(0);
    add(store, 1);
    List<DeadLetterStore.Stored> listed = store.list(0, 10);
    store.close();
    assertThrows(IOException.class, () -> store.take(listed));
    assertThrows(IOException.class, () -> store.take(List.of()));
  }
}
