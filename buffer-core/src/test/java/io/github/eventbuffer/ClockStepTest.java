package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What steps of the wall clock between two runs must not do. */
class ClockStepTest extends BufferTestCase {
  private static final Instant NOW = Instant.parse("2026-11-20T08:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private EventBuffer open(Instant wall) {
    return builder().duplicateWindow(100_000, DAY).clock(showing(wall)).open();
  }

  private static BufferClock showing(Instant wall) {
    return new BufferClock() {
      @Override
      public Instant now() {
        return wall;
      }

      @Override
      public long nanoTime() {
        return BufferClock.system().nanoTime();
      }

      @Override
      public void park(long nanos) {
        BufferClock.system().park(nanos);
      }
    };
  }

  private void run(Instant wall, int from, int to) {
    try (EventBuffer buffer = open(wall)) {
      append(buffer, from, to);
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void aRunInThePastDoesNotShortenTheDuplicateWindow() {
    run(NOW, 0, 10);
    run(Instant.EPOCH, 10, 20);
    run(NOW.plusSeconds(60), 20, 30);
    try (EventBuffer buffer = open(NOW.plusSeconds(120))) {
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-25")));
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-5")));
    }
  }

  @Test
  void whatIsTooOldForTheWindowIsRemovedAllTheSame() {
    run(NOW, 0, 10);
    run(Instant.EPOCH, 10, 20);
    run(NOW.plus(DAY).plusSeconds(60), 20, 30);
    try (EventBuffer buffer = open(NOW.plus(DAY).plusSeconds(120))) {
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-25")));
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("event-5")));
    }
  }
}
