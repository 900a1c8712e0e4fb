package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an event takes on disk: whole segments by the events in them, all that belongs to the layout
 * of a segment included. The segment that is not full yet, and the next one, are a constant and not
 * counted.
 *
 * <p>Figures in bytes: {@code event}, {@code json}.
 */
final class DiskTrial implements Trial {
  private static final int SEGMENTS = 3;

  @Override
  public Report run(Setting setting) throws Exception {
    IdLedger ledger = new IdLedger();
    try (ScratchDirectory directory = new ScratchDirectory();
        EventBuffer buffer =
            EventBuffer.builder(directory.path().resolve("events"))
                .destination(Destination.of("12345", "website_pixel"))
                .transport(new CheckedTransport(ledger))
                .open()) {
      buffer.pause();
      Path queue = directory.path().resolve("events").resolve("queue");
      int appended = appendUntil(buffer, 0, queue, 2);
      int first = appended;
      appended = appendUntil(buffer, appended, queue, 2 + SEGMENTS);
      List<Path> files = segments(queue);
      double event = (double) SEGMENTS * Files.size(files.get(0)) / (appended - first);
      buffer.resume();
      buffer.flush(Duration.ofMinutes(1));
      return Report.of(
          ledger.missing(appended), Map.of("event", event, "json", (double) CheckoutEvent.BYTES));
    }
  }

  /** Until so many segments are there, the last one just begun; returns the events appended. */
  private static int appendUntil(EventBuffer buffer, int from, Path queue, int segments)
      throws IOException {
    int number = from;
    while (segments(queue).size() < segments) {
      for (int i = 0; i < 100; i++) {
        AppendResult result = buffer.append(CheckoutEvent.event(CheckoutEvent.id(number++)));
        if (result != AppendResult.ACCEPTED) {
          throw new IllegalStateException("not accepted: " + result);
        }
      }
    }
    return number;
  }

  private static List<Path> segments(Path queue) throws IOException {
    try (Stream<Path> files = Files.walk(queue)) {
      return files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
    }
  }
}
