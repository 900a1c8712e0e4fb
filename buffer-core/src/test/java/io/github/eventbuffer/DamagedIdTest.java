package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The id of an event whose key can be read, and whose payload cannot. */
class DamagedIdTest extends BufferTestCase {

  /** As after a power cut before the force: nobody was told that it was accepted. */
  @Test
  void anEventThatWasNotDeliveredAndIsDamagedIsAcceptedAgain() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      append(buffer, 0, 1_000);
      buffer.close(Duration.ZERO);
    }
    Scratch.damage(directory, "event-500");
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 500, 501);
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-501")));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1_000, transport.arrivals().size());
      assertEquals(1, buffer.stats().damaged());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void anEventThatWasDeliveredStaysKnown() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 1_000);
      assertTrue(buffer.flush(LONG).complete());
    }
    Scratch.damage(directory, "event-500");
    try (EventBuffer buffer = builder().open()) {
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-500")));
    }
  }
}
