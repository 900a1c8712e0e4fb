package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of a whole buffer share: a directory, a scripted transport, quick retries. */
abstract class BufferTestCase {
  static final Destination DESTINATION = Destination.of("12345", "website_pixel");
  static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;
  final ScriptedTransport transport = new ScriptedTransport();

  EventBuffer.Builder builder() {
    return builder(directory.resolve("events"), DESTINATION);
  }

  EventBuffer.Builder builder(Path buffer, Destination destination) {
    return EventBuffer.builder(buffer)
        .destination(destination)
        .transport(transport)
        .segmentBytes(2 << 20)
        .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)));
  }

  static void append(EventBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("event-" + i)));
    }
  }

  /** Delivers until the buffer is held. */
  static void flushUntilHeld(EventBuffer buffer) {
    for (long end = System.nanoTime() + LONG.toNanos();
        buffer.health().state() != BufferHealth.State.HELD; ) {
      assertTrue(System.nanoTime() - end < 0, () -> buffer.health().toString());
      buffer.flush(Duration.ofMillis(20));
    }
  }

  static void assertConserved(BufferStats stats) {
    assertEquals(
        stats.accepted(),
        stats.delivered()
            + stats.deadLettered()
            + stats.expired()
            + stats.dropped()
            + stats.damaged()
            + stats.pending());
  }
}
