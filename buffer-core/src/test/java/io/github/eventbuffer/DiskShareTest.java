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
}
