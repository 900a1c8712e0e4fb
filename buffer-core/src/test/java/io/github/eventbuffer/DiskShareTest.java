package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A buffer takes no more of the disk than it may. */
class DiskShareTest extends BufferTestCase {

  @Test
  void restartsOfAFullBufferTakeNoMoreThanItsShare() {
    long budget = 24 << 20;
    int accepted = 0;
    for (int run = 0; run < 10; run++) {
      try (EventBuffer buffer = builder().maxDiskBytes(budget).open()) {
        buffer.pause();
        while (buffer.append(Events.purchase("event-" + accepted)) == AppendResult.ACCEPTED) {
          accepted++;
        }
        assertTrue(buffer.stats().diskBytes() <= budget, run + ": " + buffer.stats());
        buffer.close(Duration.ZERO);
      }
    }
    try (EventBuffer buffer = builder().maxDiskBytes(budget).open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(accepted, buffer.stats().delivered());
      long end = System.nanoTime() + LONG.toNanos();
      while (buffer.append(Events.purchase("one more")) != AppendResult.ACCEPTED) {
        assertTrue(System.nanoTime() < end, buffer.health().toString());
        Thread.onSpinWait();
      }
    }
  }

  /** The last segment is of an earlier run and as large as the share is now. */
  @Test
  void aShareThatBecameSmallerThanTheLastSegmentIsNotUsedUpForEver() {
    for (WhenFull whenFull : new WhenFull[] {WhenFull.REJECT, WhenFull.DROP_OLDEST}) {
      String prefix = whenFull.policy() + "-";
      try (EventBuffer buffer = builder().segmentBytes(32 << 20).open()) {
        buffer.pause();
        for (int i = 0; i < 50_000; i++) {
          assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase(prefix + i)));
        }
        buffer.close(Duration.ZERO);
      }
      try (EventBuffer buffer = builder().maxDiskBytes(24 << 20).whenFull(whenFull).open()) {
        if (whenFull == WhenFull.REJECT) {
          assertTrue(buffer.flush(LONG).complete());
        } else {
          buffer.pause();
        }
        long end = System.nanoTime() + LONG.toNanos();
        while (buffer.append(Events.purchase(prefix + "more")) != AppendResult.ACCEPTED) {
          assertTrue(System.nanoTime() < end, buffer.stats() + " " + buffer.health());
        }
        buffer.resume();
        assertTrue(buffer.flush(LONG).complete());
        assertConserved(buffer.stats());
      }
      try (EventBuffer buffer = builder().open()) {
        assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase(prefix + "last")));
        assertTrue(buffer.flush(LONG).complete());
        assertConserved(buffer.stats());
      }
    }
  }
}
