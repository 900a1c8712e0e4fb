package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A mark says which sequences were used up before it. One that a disk put into another place, or
 * the checkpoint of another buffer, must not have events pass for lost, or for delivered.
 */
class StrayMarkTest extends BufferTestCase {
  private static final int PAGE = 4_096;

  /** Where Chronicle's own header and indexes end and a run's mark begins. */
  private static final int MARK_PAGE = 65_536;

  private static final Destination OTHER = Destination.of("another advertiser", "web");

  private final List<String> arrived = new CopyOnWriteArrayList<>();

  @BeforeEach
  void take() {
    transport.answer(
        attempt -> {
          arrived.addAll(attempt.ids());
          return DeliveryResult.Delivered.all(attempt.ids().size());
        });
  }

  /** One run, and so one segment, for each number. Returns how many events there are. */
  private int fill(Path buffer, Destination destination, int padding, int... runs)
      throws IOException {
    int at = 0;
    for (int run : runs) {
      try (EventBuffer open = builder(buffer, destination).open()) {
        open.pause();
        for (int end = at + run; at < end; at++) {
          ConversionEvent event =
              ConversionEvent.lead("event-" + at, Events.TIME)
                  .source("https://shop.example.com/" + "x".repeat(padding))
                  .user(UserMatch.email("alice@example.com"))
                  .build();
          assertEquals(AppendResult.ACCEPTED, open.append(event));
        }
        open.close(Duration.ZERO);
      }
    }
    return at;
  }

  private static List<Path> segments(Path buffer) throws IOException {
    try (Stream<Path> files = Files.walk(buffer.resolve("queue"))) {
      return files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
    }
  }

  private static void copyMark(Path from, Path to) throws IOException {
    byte[] page = new byte[PAGE];
    try (RandomAccessFile in = new RandomAccessFile(from.toFile(), "r");
        RandomAccessFile out = new RandomAccessFile(to.toFile(), "rw")) {
      in.seek(MARK_PAGE);
      in.readFully(page);
      String text = new String(page, StandardCharsets.ISO_8859_1);
      assertTrue(text.contains("advertiser_id"), "the mark lies elsewhere");
      out.seek(MARK_PAGE);
      out.write(page);
    }
  }

  /** Opens, delivers, and says which events did not come. */
  private List<String> missing(int events) throws IOException {
    try (EventBuffer buffer = builder().open()) {
      assertTrue(buffer.flush(LONG).complete(), buffer.stats().toString());
      assertEquals(arrived.size(), Set.copyOf(arrived).size(), "twice");
      assertConserved(buffer.stats());
    }
    return IntStream.range(0, events)
        .mapToObj(i -> "event-" + i)
        .filter(id -> !arrived.contains(id))
        .toList();
  }

  /** The first event of a run reaches past the page; it is the one that is touched. */
  @ParameterizedTest
  @CsvSource({"1,0", "2,1", "2,0", "0,1", "1,2", "0,2"})
  void theMarkOfAnotherRunCostsWhatItsPageHolds(int from, int to) throws IOException {
    Path buffer = directory.resolve("events");
    int events = fill(buffer, DESTINATION, 6_000, 40, 40, 40);
    copyMark(segments(buffer).get(from), segments(buffer).get(to));
    List<String> missing = missing(events);
    assertTrue(missing.size() <= 1, missing.toString());
  }

  /** Nothing is left of the segment that it lies in. */
  @ParameterizedTest
  @CsvSource({"3,1", "2,1", "0,1"})
  void theMarkOfAnotherRunInPlaceOfAllThatWasThereCostsNoOtherSegment(int from, int to)
      throws IOException {
    Path buffer = directory.resolve("events");
    int events = fill(buffer, DESTINATION, 5_000, 40, 1, 40, 40);
    copyMark(segments(buffer).get(from), segments(buffer).get(to));
    List<String> missing = missing(events);
    assertTrue(Set.of("event-40").containsAll(missing), missing.toString());
  }

  /** Three runs, and the second one begins with a page of another buffer's. */
  private int fillBesideForeignMark() throws IOException {
    Path buffer = directory.resolve("events");
    int events = fill(buffer, DESTINATION, 10, 60, 12, 60);
    Path other = directory.resolve("other");
    fill(other, OTHER, 10, 110, 20);
    copyMark(segments(other).get(1), segments(buffer).get(1));
    return events;
  }

  @Test
  void theMarkOfAnotherBufferCostsNoOtherSegment() throws IOException {
    int events = fillBesideForeignMark();
    List<String> touched = IntStream.range(60, 72).mapToObj(i -> "event-" + i).toList();
    List<String> missing = missing(events);
    assertTrue(touched.containsAll(missing), missing.toString());
  }

  @Test
  void theCheckpointOfAnotherBufferIsNotBelieved() throws IOException {
    Path buffer = directory.resolve("events");
    int events = fill(buffer, DESTINATION, 10, 180);
    Path other = directory.resolve("other");
    fill(other, OTHER, 10, 170);
    try (EventBuffer delivered = builder(other, OTHER).open()) {
      assertTrue(delivered.flush(LONG).complete());
    }
    Files.write(buffer.resolve("checkpoint"), Files.readAllBytes(other.resolve("checkpoint")));
    arrived.clear();
    assertEquals(List.of(), missing(events));
  }

  /** Its own marks say that it is there for this destination. */
  @Test
  void aForeignMarkBesideALostDescriptionKeepsNoBufferFromOpening() throws IOException {
    int events = fillBesideForeignMark();
    Files.delete(directory.resolve("events").resolve("buffer.json"));
    assertTrue(missing(events).size() <= 12);
  }

  /** Where no mark tells of it either; nor does a line break that somebody left in it. */
  @Test
  void aLostDescriptionCostsNoDuplicates() throws IOException {
    Path buffer = directory.resolve("events");
    int events = fill(buffer, DESTINATION, 10, 50);
    assertEquals(List.of(), missing(events));
    Files.delete(buffer.resolve("buffer.json"));
    for (Path segment : segments(buffer)) {
      byte[] bytes = Files.readAllBytes(segment);
      Arrays.fill(bytes, MARK_PAGE, Math.min(bytes.length, MARK_PAGE + PAGE), (byte) 0);
      Files.write(segment, bytes);
    }
    assertEquals(List.of(), missing(events));
    Files.writeString(buffer.resolve("buffer.json"), "\n", StandardOpenOption.APPEND);
    assertEquals(List.of(), missing(events));
  }
}
