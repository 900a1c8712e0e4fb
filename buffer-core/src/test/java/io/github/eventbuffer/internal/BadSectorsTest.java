package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A page that fails is waited for, and then no longer. */
class BadSectorsTest {
  private static final Path FILE = Path.of("segment");
  private final AtomicLong seconds = new AtomicLong(1_000);
  private final BadSectors bad =
      new BadSectors(TimeUnit.SECONDS.toNanos(60), () -> TimeUnit.SECONDS.toNanos(seconds.get()));

  @Test
  void aPageIsGivenUpWhenItHasFailedLongEnoughAndOftenEnough() {
    assertFalse(bad.giveUp(FILE, 8_192));
    seconds.addAndGet(61);
    for (int i = 2; i < 5; i++) {
      assertFalse(bad.giveUp(FILE, 8_192), "failure " + i + " may pass");
    }
    assertFalse(bad.isIn(FILE));
    assertTrue(bad.giveUp(FILE, 12_287), "the same page");
    assertTrue(bad.isIn(FILE));
    assertFalse(bad.giveUp(FILE, 16_384), "a page elsewhere has its own patience");
    assertFalse(bad.isIn(Path.of("other")));
  }

  /** Four megabytes that cannot be read are 1,024 pages, and must not be as many minutes. */
  @Test
  void thePagesBesideOneThatIsGivenUpAreGivenUpWithIt() {
    for (int i = 0; i < 5; i++) {
      assertFalse(bad.giveUp(FILE, 4_096));
    }
    seconds.addAndGet(61);
    assertTrue(bad.giveUp(FILE, 4_096));
    assertTrue(bad.giveUp(FILE, 0));
    for (int page = 2; page < 1_024; page++) {
      assertTrue(bad.giveUp(FILE, page * 4_096L), "page " + page);
    }
    assertFalse(bad.giveUp(FILE, 2_000 * 4_096L));
    assertFalse(bad.giveUp(Path.of("other"), 4_096));
  }

  @Test
  void manyFailuresAtOnceAreNoReasonToGiveUp() {
    for (int i = 0; i < 1_000; i++) {
      assertFalse(bad.giveUp(FILE, 0));
    }
    seconds.addAndGet(59);
    assertFalse(bad.giveUp(FILE, 0));
    seconds.addAndGet(1);
    assertTrue(bad.giveUp(FILE, 0));
  }

  /** The kernel answers a read of this file's first page as a bad sector does. */
  @Test
  void aReaderWithPatienceFailsAndOneWithoutGoesOn() throws IOException {
    Path unreadable = Path.of("/proc/self/mem");
    Assumptions.assumeTrue(Files.isReadable(unreadable), "needs " + unreadable);
    SegmentList segments = new SegmentList(QueueFixture.FORMAT);
    segments.add(new Segment(1, unreadable, 1, 0, 1 << 20));
    try (SegmentReader patient = new SegmentReader(segments, bad)) {
      assertThrows(IOException.class, () -> patient.next(Long.MAX_VALUE));
    }
    try (SegmentReader hasty = new SegmentReader(segments)) {
      assertFalse(hasty.next(Long.MAX_VALUE));
    }
  }
}
