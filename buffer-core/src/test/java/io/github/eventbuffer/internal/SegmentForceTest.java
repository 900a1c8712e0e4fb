package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentForceTest {
  @TempDir Path parent;
  private QueueFixture fixture;
  private SegmentList segments;

  @BeforeEach
  void makeFixture() throws IOException {
    fixture = new QueueFixture(parent);
    segments = fixture.load();
  }

  /** What is appended while a force is under way, up to the end of the segment, is not in it. */
  @Test
  void aSegmentThatIsLeftDuringAForceIsForcedOnceMore() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      QueueFixture.append(queue, "before the force");
      SegmentQueue.Unforced underWay = queue.unforced();
      Path left = segments.last().file();
      assertTrue(underWay.files().contains(left));
      while (segments.last().file().equals(left)) {
        assertTrue(QueueFixture.append(queue, "x".repeat(7_000)) > 0);
      }
      queue.forced(underWay);
      assertTrue(queue.unforced().files().contains(left));
      queue.forced(queue.unforced());
      assertFalse(queue.unforced().files().contains(left));
    }
  }

  @Test
  void whatWasAppendedWhileAForceFailedIsNotDurable() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      QueueFixture.append(queue, "before the force");
      queue.unforced();
      long during = QueueFixture.append(queue, "while the force is under way");
      assertEquals(during, queue.poison(new IOException("pretended")));
    }
  }

  /** As when the process has no descriptor left for a moment. */
  @Test
  void aSegmentThatCannotBeOpenedForAMomentIsNotTakenForForced() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      SegmentForce force = new SegmentForce(queue);
      long first = QueueFixture.append(queue, "forced");
      assertTrue(force.force(first));
      long second = QueueFixture.append(queue, "not forced");
      Path file = segments.last().file();
      Path away = parent.resolve("away");
      Files.move(file, away);
      // Links are not followed, so it cannot be opened, and is there.
      Files.createSymbolicLink(file, away);
      assertFalse(force.force(second));
      Files.delete(file);
      Files.move(away, file);
      assertFalse(force.force(second));
      long third = QueueFixture.append(queue, "forced again");
      assertTrue(force.force(third));
      assertFalse(force.force(second));
    }
  }

  /** Two segments, of which this one cannot be opened, and the other one can. */
  private long twoSegmentsOneAstray(SegmentQueue queue, boolean theFirst) throws IOException {
    QueueFixture.append(queue, "in the first one");
    Path first = segments.last().file();
    long last = 0;
    while (segments.last().file().equals(first)) {
      last = QueueFixture.append(queue, "x".repeat(7_000));
    }
    Path file = theFirst ? first : segments.last().file();
    Files.createSymbolicLink(file, Files.move(file, parent.resolve("astray")));
    return last;
  }

  @Test
  void eachSegmentHasToBeForced() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      long last = twoSegmentsOneAstray(queue, true);
      assertFalse(new SegmentForce(queue).force(last));
    }
  }

  @Test
  void aSegmentThatWasRemovedDoesNotStandForTheOthers() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      Path first = segments.last().file();
      long last = twoSegmentsOneAstray(queue, false);
      ScriptedTarget target = new ScriptedTarget(queue);
      target.seen =
          unforced -> {
            assertTrue(first.toFile().delete());
            return unforced;
          };
      assertFalse(new SegmentForce(target).force(last));
    }
  }

  @Test
  void aSegmentThatIsFullAndForcedIsDoneWith() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      Path first = segments.last().file();
      long last = 0;
      while (segments.last().file().equals(first)) {
        last = QueueFixture.append(queue, "x".repeat(7_000));
      }
      assertTrue(new SegmentForce(queue).force(last));
      assertEquals(List.of(segments.last().file()), queue.unforced().files());
    }
  }

  @Test
  void whatIsAppendedDuringAForceIsNotForcedByIt() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      ScriptedTarget target = new ScriptedTarget(queue);
      SegmentForce force = new SegmentForce(target);
      long first = QueueFixture.append(queue, "first");
      target.seen =
          unforced -> {
            QueueFixture.append(queue, "meanwhile");
            return unforced;
          };
      assertTrue(force.force(first));
      assertTrue(force.isUndecided(first + 1));
      assertFalse(force.isForced(first + 1));
    }
  }

  /** Else the file, which takes a force by now, would be said to hold what it lost. */
  @Test
  void afterAForceThatFailedThePoisonComesNextWhateverItTakes() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      ScriptedTarget target = new ScriptedTarget(queue);
      SegmentForce force = new SegmentForce(target);
      long first = QueueFixture.append(queue, "first");
      Path file = segments.last().file();
      Path away = Files.move(file, parent.resolve("away"));
      Files.createSymbolicLink(file, away);
      target.beforePoison = ScriptedTarget.once(new OutOfMemoryError("pretended"));
      assertThrows(OutOfMemoryError.class, () -> force.force(first));
      Files.delete(file);
      Files.move(away, file);
      assertTrue(force.isUndecided(first));
      assertFalse(force.force(first));
      assertEquals(1, target.forces);
    }
  }

  @Test
  void anErrorDuringAForceIsAForceThatFailed() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      ScriptedTarget target = new ScriptedTarget(queue);
      target.seen =
          all -> new SegmentQueue.Unforced(all.lastSequence(), failing(all.files()), all.growing());
      SegmentForce force = new SegmentForce(target);
      assertFalse(force.force(QueueFixture.append(queue, "first")));
    }
  }

  private static List<Path> failing(List<Path> files) {
    return new AbstractList<>() {
      @Override
      public Path get(int index) {
        throw new OutOfMemoryError("pretended");
      }

      @Override
      public int size() {
        return files.size();
      }
    };
  }

  @Test
  void nothingIsForcedBehindTheClose() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      SegmentForce force = new SegmentForce(queue);
      long first = QueueFixture.append(queue, "first");
      force.close();
      assertFalse(force.force(first));
    }
  }

  @Test
  void whatIsDecidedOnIsNotForcedAgain() throws IOException {
    try (SegmentQueue queue = fixture.open(segments)) {
      ScriptedTarget target = new ScriptedTarget(queue);
      SegmentForce force = new SegmentForce(target);
      long first = QueueFixture.append(queue, "first");
      assertTrue(force.force(first));
      assertTrue(force.force(first));
      assertEquals(1, target.forces);
    }
  }
}
