package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentForceTest {
  @TempDir Path parent;
  private QueueFixture fixture;

  @BeforeEach
  void makeFixture() throws IOException {
    fixture = new QueueFixture(parent);
  }

  /** What is appended while a force is under way, up to the end of the segment, is not in it. */
  @Test
  void aSegmentThatIsLeftDuringAForceIsForcedOnceMore() throws IOException {
    SegmentList segments = fixture.load();
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
    SegmentList segments = fixture.load();
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
    SegmentList segments = fixture.load();
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
}
