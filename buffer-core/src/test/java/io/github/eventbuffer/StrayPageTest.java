package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages that a write of the disk put into the place of others. */
class StrayPageTest extends BufferTestCase {
  private static final int PAGE = 4_096;
  private static final int EVENTS = 10_000;
  private static final int DELIVERED_FIRST = 2_000;

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
    }
  }

  /** Where the page begins in which an event lies as a whole, or a later one. */
  private static int pageOf(String segment, int event) {
    for (int i = event; ; i++) {
      int at = segment.indexOf("\"event-" + i + '"');
      if (at % PAGE > 100 && at % PAGE < 1_000) {
        return at / PAGE * PAGE;
      }
    }
  }

  /**
   * The second segment seems to begin with an event in the middle of the first one. When all up to
   * there is delivered, the first one holds the rest all the same.
   */
  @Test
  void aSegmentIsNotRemovedForAPageAstrayInTheNext() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      append(buffer, 0, EVENTS);
      buffer.close(Duration.ZERO);
    }
    Path first = segments().get(0);
    Path second = segments().get(1);
    String entries = Files.readString(first, StandardCharsets.ISO_8859_1);
    int from = pageOf(entries, DELIVERED_FIRST / 2);
    String next = Files.readString(second, StandardCharsets.ISO_8859_1);
    int to = next.indexOf("\"event_id\"") / PAGE * PAGE;
    byte[] page = entries.substring(from, from + PAGE).getBytes(StandardCharsets.ISO_8859_1);
    try (RandomAccessFile file = new RandomAccessFile(second.toFile(), "rw")) {
      file.seek(to);
      file.write(page);
    }
    int[] taken = {0};
    transport.answer(
        attempt -> {
          taken[0] += attempt.ids().size();
          return taken[0] <= DELIVERED_FIRST
              ? DeliveryResult.Delivered.all(attempt.ids().size())
              : new DeliveryResult.Unavailable("not now");
        });
    try (EventBuffer buffer =
        builder()
            .maxBatchEvents(500)
            .maxInFlightBatches(1)
            .duplicateWindow(1, Duration.ofHours(1))
            .open()) {
      while (buffer.stats().delivered() < DELIVERED_FIRST || buffer.stats().retries() < 3) {
        Thread.onSpinWait();
      }
      transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(buffer.stats().damaged(), EVENTS - transport.arrivals().size());
      // What lay in the page that is gone, whole or in part.
      assertTrue(buffer.stats().damaged() <= 12, buffer.stats().toString());
    }
  }
}
