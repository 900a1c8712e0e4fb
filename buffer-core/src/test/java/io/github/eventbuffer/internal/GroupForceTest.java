package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Forces that fail, on a real disk: the segment's name is given to something else meanwhile, while
 * Chronicle goes on with the file that it has mapped.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupForceTest {
  private static final String THREAD = "forces-of-this-test";

  @TempDir Path parent;
  private QueueFixture fixture;
  private SegmentList segments;

  @BeforeEach
  void makeFixture() throws IOException {
    fixture = new QueueFixture(parent);
    segments = fixture.load();
  }

  private static long inSeconds(long seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  private Path moveAway(Path file) throws IOException {
    return Files.move(file, parent.resolve("aside"));
  }

  private static void putBack(Path aside, Path file) throws IOException {
    Files.delete(file);
    Files.move(aside, file);
  }

  @Test
  void aSegmentThatIsThereAndCannotBeOpenedIsNotTakenForOneThatIsDoneWith() throws IOException {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      assertTrue(force.force(QueueFixture.append(queue, "first"), inSeconds(10)));
      long second = QueueFixture.append(queue, "second");
      Path file = segments.last().file();
      Path aside = moveAway(file);
      Files.createSymbolicLink(file, aside);
      assertFalse(force.force(second, inSeconds(10)), "accepted without a force");
      putBack(aside, file);
      // Never again on that file, though it would say now that all is well.
      assertFalse(force.force(second, inSeconds(10)));
      assertTrue(force.force(QueueFixture.append(queue, "third"), inSeconds(10)));
      assertEquals(1, fixture.failures);
      assertFalse(segments.last().file().equals(file), "the poisoned segment was appended to");
    }
  }

  @Test
  void aSegmentThatWasRemovedAsDoneWithNeedsNoForce() throws IOException {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      long first = QueueFixture.append(queue, "first");
      Segment removed = segments.last();
      segments.remove(removed);
      Files.delete(removed.file());
      assertTrue(force.force(first, inSeconds(10)));
      assertEquals(0, fixture.failures);
    }
  }

  /**
   * The force of the first one hangs in a pipe; the second one's entry goes to the same segment
   * meanwhile, and the segment is poisoned after that.
   */
  @Test
  void whoAppendsWhileAForceFailsIsRefusedToo() throws Exception {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      long first = QueueFixture.append(queue, "first");
      HangingSegment segment = new HangingSegment(segments.last().file());
      CompletableFuture<Boolean> failing = new CompletableFuture<>();
      new Thread(() -> failing.complete(force.force(first, inSeconds(30)))).start();
      awaitForce();
      long second = QueueFixture.append(queue, "second");
      assertEquals(first + 1, second);
      segment.fail();
      assertFalse(failing.get(30, TimeUnit.SECONDS));
      assertFalse(force.force(second, inSeconds(30)), "accepted without a force");
      segment.putBack();
    }
  }

  @Test
  void whoWaitsForAForceHearsOfItsEnd() throws Exception {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      long first = QueueFixture.append(queue, "first");
      HangingSegment segment = new HangingSegment(segments.last().file());
      waitFor(force, first);
      assertFalse(force.force(first, System.nanoTime()), "its time was over");
      List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        boolean interrupted = i % 2 == 0;
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        waiting.add(outcome);
        Thread thread =
            new Thread(
                () -> {
                  if (interrupted) {
                    Thread.currentThread().interrupt();
                  }
                  boolean forced = force.force(first, inSeconds(600));
                  outcome.complete(
                      !forced && Thread.currentThread().isInterrupted() == interrupted);
                });
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      }
      segment.fail();
      for (CompletableFuture<Boolean> outcome : waiting) {
        assertTrue(outcome.get(30, TimeUnit.SECONDS));
      }
      segment.putBack();
    }
  }

  @Test
  void manyThreadsAreForcedAndNoneIsForgotten() throws Exception {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      List<CompletableFuture<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        all.add(done);
        new Thread(
                () -> {
                  boolean forced = true;
                  for (int k = 0; k < 100; k++) {
                    forced &= force.force(QueueFixture.append(queue, "x"), inSeconds(600));
                  }
                  done.complete(forced);
                })
            .start();
      }
      for (CompletableFuture<Boolean> done : all) {
        assertTrue(done.get(60, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void nobodyWaitsLongerThanHeWantsTo() throws Exception {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      long first = QueueFixture.append(queue, "first");
      HangingSegment segment = new HangingSegment(segments.last().file());
      waitFor(force, first);
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
      assertFalse(force.force(first, deadline));
      assertTrue(System.nanoTime() - deadline >= 0, "given up before its time");
      segment.fail();
      segment.putBack();
    }
  }

  @Test
  void whatWasAppendedBeforeTheCloseIsForcedByIt() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      GroupForce force = new GroupForce(queue, THREAD);
      assertTrue(force.force(QueueFixture.append(queue, "first"), inSeconds(600)));
      assertTrue(threads().allMatch(Thread::isDaemon));
      long second = QueueFixture.append(queue, "second");
      force.close();
      assertTrue(threads().findAny().isEmpty(), "its thread is there still");
      assertTrue(force.force(second, System.nanoTime()));
    }
  }

  @Test
  void whoComesFirstOfAllAfterTheCloseGetsNoThread() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      GroupForce force = new GroupForce(queue, THREAD);
      long first = QueueFixture.append(queue, "first");
      assertTrue(threads().findAny().isEmpty(), "a thread that nobody needs yet");
      force.close();
      assertFalse(force.force(first, inSeconds(600)));
      assertTrue(threads().findAny().isEmpty());
    }
  }

  /** The directory must not be freed earlier. */
  @Test
  void theCloseWaitsForTheForceUnderWay() throws Exception {
    try (SegmentQueue queue = fixture.open(segments)) {
      GroupForce force = new GroupForce(queue, THREAD);
      long first = QueueFixture.append(queue, "first");
      HangingSegment segment = new HangingSegment(segments.last().file());
      waitFor(force, first);
      Thread closer = new Thread(force::close);
      closer.start();
      while (closer.getState() != Thread.State.WAITING) {
        assertTrue(closer.isAlive(), "closed during a force");
      }
      segment.fail();
      closer.join(30_000);
      assertFalse(closer.isAlive());
      segment.putBack();
    }
  }

  @Test
  void anInterruptOfItsThreadDoesNotKeepItAwake() throws IOException {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      assertTrue(force.force(QueueFixture.append(queue, "first"), inSeconds(600)));
      Thread thread = threads().findAny().orElseThrow();
      thread.interrupt();
      while (thread.isInterrupted()) {
        Thread.onSpinWait();
      }
      assertTrue(force.force(QueueFixture.append(queue, "second"), inSeconds(600)));
    }
  }

  @Test
  void itsThreadOutlivesAFullHeap() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      ScriptedTarget target = new ScriptedTarget(queue);
      try (GroupForce force = new GroupForce(target, THREAD)) {
        target.beforeUnforced = ScriptedTarget.once(new OutOfMemoryError("pretended"));
        assertTrue(force.force(QueueFixture.append(queue, "first"), inSeconds(600)));
        assertTrue(force.force(QueueFixture.append(queue, "second"), inSeconds(600)));
      }
    }
  }

  @Test
  void aForceThatWasMadeCountsThoughTheHeapIsFullBehindIt() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      ScriptedTarget target = new ScriptedTarget(queue);
      try (GroupForce force = new GroupForce(target, THREAD)) {
        target.beforeForced =
            () -> {
              throw new OutOfMemoryError("pretended");
            };
        assertTrue(force.force(QueueFixture.append(queue, "first"), inSeconds(600)));
        assertTrue(force.force(QueueFixture.append(queue, "second"), inSeconds(600)));
      }
    }
  }

  @Test
  void itsThreadHasNothingOfWhoeverComesFirst() throws Exception {
    try (SegmentQueue queue = fixture.open(segments);
        GroupForce force = new GroupForce(queue, THREAD)) {
      long first = QueueFixture.append(queue, "first");
      ThreadGroup request = new ThreadGroup("request");
      Thread caller = new Thread(request, () -> force.force(first, inSeconds(600)));
      caller.setContextClassLoader(null);
      caller.setPriority(Thread.MIN_PRIORITY);
      caller.start();
      caller.join();
      Thread thread = threads().findAny().orElseThrow();
      assertNotEquals(request, thread.getThreadGroup());
      assertNotEquals(Thread.MIN_PRIORITY, thread.getPriority());
      assertNotNull(thread.getContextClassLoader());
    }
  }

  /** Such a force would hold the next ones up, and could fail. */
  @Test
  void nothingIsForcedForThoseWhoAreDecidedOn() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      ScriptedTarget target = new ScriptedTarget(queue);
      GroupForce force = new GroupForce(target, THREAD);
      long first = QueueFixture.append(queue, "first");
      long second = QueueFixture.append(queue, "second");
      assertTrue(force.force(second, inSeconds(600)));
      assertTrue(force.force(first, System.nanoTime()));
      force.close();
      assertEquals(2, target.forces, "the one that was asked for, and the one of the close");
    }
  }

  private static Stream<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(THREAD));
  }

  /** Until its force hangs in a pipe. */
  private static void waitFor(GroupForce force, long sequence) {
    new Thread(() -> force.force(sequence, inSeconds(600))).start();
    awaitForce();
  }

  /** Until a force hangs in a pipe. */
  private static void awaitForce() {
    while (threads().noneMatch(GroupForceTest::isOpeningAFile)) {
      Thread.onSpinWait();
    }
  }

  private static boolean isOpeningAFile(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("open0"));
  }

  /** A segment whose force hangs in a pipe until it fails. */
  private final class HangingSegment {
    private final Path file;
    private final Path aside;

    HangingSegment(Path file) throws Exception {
      this.file = file;
      aside = moveAway(file);
      boolean made = false;
      try {
        made = new ProcessBuilder(List.of("mkfifo", file.toString())).start().waitFor() == 0;
      } catch (IOException e) {
        // No such program.
      }
      Assumptions.assumeTrue(made, "needs mkfifo");
    }

    /** Now the pipe has two ends: it can be opened, and not forced. */
    void fail() throws IOException {
      Files.newOutputStream(file).close();
    }

    void putBack() throws IOException {
      GroupForceTest.putBack(aside, file);
    }
  }
}
