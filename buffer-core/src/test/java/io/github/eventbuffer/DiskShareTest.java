package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
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
      appendOnceThereIsRoom(buffer);
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

  /** There is no room for a run whose mark would say that the newest event is missing. */
  @Test
  void aDamagedNewestEventDoesNotKeepTheLastSegment() throws IOException {
    try (EventBuffer buffer = builder().segmentBytes(32 << 20).open()) {
      buffer.pause();
      append(buffer, 0, 50_000);
      buffer.close(Duration.ZERO);
    }
    Scratch.damage(directory, "event-49999");
    try (EventBuffer buffer = builder().maxDiskBytes(24 << 20).open()) {
      assertEquals(50_000, buffer.stats().accepted());
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1, buffer.stats().damaged());
    }
    try (EventBuffer buffer = builder().maxDiskBytes(24 << 20).open()) {
      assertEquals(50_000, buffer.stats().accepted());
      appendOnceThereIsRoom(buffer);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(50_001, buffer.stats().accepted());
      assertEquals(1, buffer.stats().damaged());
      assertConserved(buffer.stats());
    }
  }

  /**
   * As a power cut may leave it: an event that is in the queue no more has a letter, so its
   * sequence is used up, and there is no room for a run whose mark would say so.
   */
  @Test
  void aLetterNewerThanTheQueueDoesNotKeepTheLastSegment() throws IOException {
    Path events = directory.resolve("events");
    Path image = Files.createDirectory(directory.resolve("image"));
    try (EventBuffer buffer = builder().segmentBytes(32 << 20).open()) {
      buffer.pause();
      append(buffer, 0, 50_000);
      buffer.close(Duration.ZERO);
    }
    Scratch.copy(events.resolve("queue"), image.resolve("queue"));
    Files.copy(events.resolve("checkpoint"), image.resolve("checkpoint"));
    transport.answer(DiskShareTest::refuseTheLast);
    try (EventBuffer buffer = builder().segmentBytes(32 << 20).open()) {
      append(buffer, 50_000, 50_010);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1, buffer.deadLetters().count());
    }
    Scratch.delete(events.resolve("queue"));
    Scratch.copy(image.resolve("queue"), events.resolve("queue"));
    Files.copy(
        image.resolve("checkpoint"),
        events.resolve("checkpoint"),
        StandardCopyOption.REPLACE_EXISTING);
    try (EventBuffer buffer = builder().maxDiskBytes(24 << 20).open()) {
      assertTrue(buffer.flush(LONG).complete());
      appendOnceThereIsRoom(buffer);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(50_011, buffer.stats().accepted());
      assertEquals(10, buffer.stats().damaged());
      assertConserved(buffer.stats());
    }
  }

  private static void appendOnceThereIsRoom(EventBuffer buffer) {
    long end = System.nanoTime() + LONG.toNanos();
    while (buffer.append(Events.purchase("more")) != AppendResult.ACCEPTED) {
      assertTrue(System.nanoTime() < end, buffer.stats() + " " + buffer.health());
    }
  }

  private static DeliveryResult refuseTheLast(ScriptedTransport.Attempt attempt) {
    List<String> ids = attempt.ids();
    List<RejectedEvent> refused =
        ids.contains("event-50009")
            ? List.of(new RejectedEvent("event-50009", "BAD", "refused"))
            : List.of();
    return new DeliveryResult.Delivered(refused, List.of(), null, ids.size() - refused.size());
  }
}
