package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aShareThatBecameSmallerThanTheLastSegmentIsNotUsedUpForEver(boolean drop) {
    try (EventBuffer buffer = builder().segmentBytes(32 << 20).open()) {
      buffer.pause();
      append(buffer, 0, 50_000);
      buffer.close(Duration.ZERO);
    }
    WhenFull whenFull = drop ? WhenFull.DROP_OLDEST : WhenFull.REJECT;
    try (EventBuffer buffer = builder().maxDiskBytes(24 << 20).whenFull(whenFull).open()) {
      assertTrue(buffer.flush(LONG).complete());
      long end = System.nanoTime() + LONG.toNanos();
      while (buffer.append(Events.purchase("more")) != AppendResult.ACCEPTED) {
        assertTrue(System.nanoTime() < end, buffer.stats() + " " + buffer.health());
      }
      assertEquals(0, buffer.stats().dropped());
      assertTrue(buffer.flush(LONG).complete());
      assertConserved(buffer.stats());
    }
    try (EventBuffer buffer = builder().open()) {
      assertEquals(50_001, buffer.stats().accepted());
      append(buffer, 60_000, 60_001);
      assertTrue(buffer.flush(LONG).complete());
      assertConserved(buffer.stats());
    }
  }
}
