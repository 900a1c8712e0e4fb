package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A force that failed: the kernel may have dropped what it could not write, and says of the next
 * force of the same file that all is well. A link in the place of a segment makes its force fail.
 */
class ForceFailureTest extends BufferTestCase {
  private Path aside;

  private EventBuffer open() {
    EventBuffer buffer = builder().open();
    buffer.pause();
    return buffer;
  }

  private static AppendResult append(EventBuffer buffer, String id, Durability durability) {
    return buffer.append(Events.purchase(id), durability);
  }

  private List<Path> segments(String kind) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("events").resolve(kind))) {
      return files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
    }
  }

  /** The newest segment of the queue cannot be forced. */
  private Path breakIt() throws IOException {
    List<Path> segments = segments("queue");
    Path newest = segments.get(segments.size() - 1);
    aside = Files.move(newest, directory.resolve("aside"));
    return Files.createSymbolicLink(newest, aside);
  }

  private void mend(Path segment) throws IOException {
    Files.delete(segment);
    Files.move(aside, segment);
  }

  /** One event with each durability, the second of which fails; then the disk is well again. */
  private void fail(EventBuffer buffer) throws IOException {
    assertEquals(AppendResult.ACCEPTED, append(buffer, "process", Durability.PROCESS));
    Path segment = breakIt();
    assertEquals(AppendResult.FAILED, append(buffer, "power", Durability.POWER));
    mend(segment);
  }

  private static AppendResult appended(EventBuffer buffer, String id, Durability durability) {
    AppendResult result = AppendResult.FAILED;
    // A new run is being started.
    for (long end = System.nanoTime() + LONG.toNanos();
        result == AppendResult.FAILED && System.nanoTime() < end; ) {
      result = append(buffer, id, durability);
    }
    return result;
  }

  @Test
  void anEventOfASegmentWhoseForceFailedIsStoredAgainAndNotCalledADuplicate() throws IOException {
    try (EventBuffer buffer = open()) {
      fail(buffer);
      assertEquals(AppendResult.ACCEPTED, appended(buffer, "other", Durability.POWER));
      assertEquals(AppendResult.ACCEPTED, append(buffer, "process", Durability.POWER));
      assertEquals(AppendResult.ACCEPTED, append(buffer, "power", Durability.POWER));
      assertEquals(AppendResult.DUPLICATE, append(buffer, "process", Durability.PROCESS));
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(buffer.stats().accepted(), buffer.stats().delivered());
    }
  }

  @Test
  void theNextProcessKnowsOfItUntilTheSegmentIsGone() throws IOException {
    try (EventBuffer buffer = open()) {
      fail(buffer);
      buffer.close(Duration.ZERO);
    }
    for (int i = 0; i < 2; i++) {
      try (EventBuffer buffer = open()) {
        assertEquals(AppendResult.ACCEPTED, append(buffer, "process", Durability.POWER));
        assertEquals(AppendResult.ACCEPTED, append(buffer, "power", Durability.POWER));
        buffer.close(Duration.ZERO);
      }
    }
    byte[] json =
        ("{\"event_id\":\"process\",\"event_type\":\"purchase\","
                + "\"event_time\":\"2026-04-26T14:30:00-05:00\","
                + "\"user_match\":{\"click_id\":\"c\"}}")
            .getBytes(StandardCharsets.UTF_8);
    try (EventBuffer buffer = builder().durability(Durability.POWER).open()) {
      buffer.pause();
      assertEquals(AppendResult.ACCEPTED, buffer.appendJson(json));
      buffer.close(Duration.ZERO);
    }
    int files = segments("queue").size();
    // The window is short, so that segments are removed.
    try (EventBuffer buffer = builder().duplicateWindow(1, Duration.ofSeconds(1)).open()) {
      append(buffer, 0, 20_000);
      assertTrue(buffer.flush(LONG).complete());
      append(buffer, 20_000, 20_001);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(AppendResult.DUPLICATE, append(buffer, "event-20000", Durability.POWER));
    }
    assertTrue(files > 1);
    try (Stream<Path> all = Files.walk(directory.resolve("events").resolve("queue"))) {
      assertTrue(all.noneMatch(file -> file.endsWith("force-failed")), "the mark outlives its run");
    }
  }

  /** The newest run goes at the next open, since nothing was appended to it. */
  @Test
  void theNextProcessKnowsOfItThoughTheNewestRunIsGone() throws IOException {
    try (EventBuffer buffer = open()) {
      append(buffer, 0, 1);
      buffer.close(Duration.ZERO);
    }
    Path segment = segments("queue").get(0);
    try (EventBuffer buffer = open()) {
      aside = Files.move(segment, directory.resolve("aside"));
      Files.createSymbolicLink(segment, aside);
      assertEquals(AppendResult.FAILED, append(buffer, "event-0", Durability.POWER));
      mend(segment);
      assertEquals(AppendResult.ACCEPTED, appended(buffer, "other", Durability.PROCESS));
      buffer.close(Duration.ZERO);
    }
    try (EventBuffer buffer = open()) {
      assertEquals(AppendResult.ACCEPTED, append(buffer, "event-0", Durability.POWER));
      buffer.close(Duration.ZERO);
    }
  }

  @Test
  void aSegmentThatSomebodyRemovedIsNoSegmentThatWasForced() throws IOException {
    try (EventBuffer buffer = open()) {
      assertEquals(AppendResult.ACCEPTED, append(buffer, "first", Durability.POWER));
      Files.delete(segments("queue").get(0));
      assertEquals(AppendResult.FAILED, append(buffer, "second", Durability.POWER));
      assertEquals(AppendResult.ACCEPTED, appended(buffer, "second", Durability.POWER));
    }
  }

  @Test
  void aDeadLetterStaysUntilItsReplayIsOnTheDevice() throws IOException {
    transport.answer(
        attempt ->
            new DeliveryResult.Delivered(
                attempt.ids().stream().map(id -> new RejectedEvent(id, "BAD", "refused")).toList(),
                List.of(),
                null,
                0));
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 3);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(3, buffer.deadLetters().count());
      buffer.pause();
      Path segment = breakIt();
      DeadLetters.Replay failed = buffer.deadLetters().replay(letter -> true);
      assertEquals(new DeadLetters.Replay(0, 3, AppendResult.FAILED), failed);
      assertEquals(3, buffer.deadLetters().count());
      mend(segment);
      assertEquals(AppendResult.ACCEPTED, appended(buffer, "other", Durability.POWER));
      DeadLetters.Replay again = buffer.deadLetters().replay(letter -> true);
      assertEquals(new DeadLetters.Replay(3, 0, null), again);
      assertEquals(0, buffer.deadLetters().count());
      assertFalse(segments("dead-letters").isEmpty());
      buffer.close(Duration.ZERO);
    }
  }
}
