package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /**
   * The first pages of two segments in each other's place make sense where they lie: each begins a
   * run, and its chain goes on. What lies between must not be passed over.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void firstPagesInEachOthersPlaceCostNoEventOutsideOfThem(boolean checkpointLost)
      throws Exception {
    transport.answer(attempt -> new DeliveryResult.Unavailable("not now"));
    int[] sizes = {12, 60, 60, 5};
    int appended = 0;
    for (int size : sizes) {
      try (EventBuffer buffer = builder().open()) {
        append(buffer, appended, appended + size);
        appended += size;
        buffer.close(Duration.ZERO);
      }
    }
    List<Path> segments = segments();
    swapFirstPages(segments.get(0), segments.get(2));
    if (checkpointLost) {
      Files.delete(checkpoint());
    }
    List<String> arrived = new CopyOnWriteArrayList<>();
    transport.answer(
        attempt -> {
          arrived.addAll(attempt.ids());
          return DeliveryResult.Delivered.all(attempt.ids().size());
        });
    try (EventBuffer buffer = builder().maxBatchEvents(7).open()) {
      assertTrue(buffer.flush(LONG).complete(), buffer.stats().toString());
      BufferStats stats = buffer.stats();
      assertEquals(arrived.size(), Set.copyOf(arrived).size(), "twice");
      for (int i = sizes[0]; i < sizes[0] + sizes[1]; i++) {
        assertTrue(arrived.contains("event-" + i), "event-" + i + " is lost: " + stats);
      }
      // The one at most that reaches from a page that was swapped into the next.
      assertTrue(stats.damaged() <= 2, stats.toString());
      assertEquals(appended, arrived.size() + stats.damaged(), stats.toString());
    }
  }

  /**
   * The newest entries lie in an earlier segment, in the place of others: what is appended now must
   * not get their sequences, or one of the two would pass for the other.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  void theLastPageInAnEarlierSegmentCostsNoNewEvent(int window) throws Exception {
    transport.answer(attempt -> new DeliveryResult.Unavailable("not now"));
    int[] sizes = {60, 60, 40};
    int at = 0;
    for (int size : sizes) {
      try (EventBuffer buffer = builder().open()) {
        append(buffer, at, at + size);
        at += size;
        buffer.close(Duration.ZERO);
      }
    }
    int appended = at;
    List<Path> segments = segments();
    byte[] first = Files.readAllBytes(segments.get(0));
    byte[] last = Files.readAllBytes(segments.get(2));
    int from = firstPage(first) + 2 * PAGE;
    String text = new String(last, StandardCharsets.ISO_8859_1);
    // Two pages: in the last alone there may be no whole entry.
    int to = text.lastIndexOf("\"event_id\"") / PAGE * PAGE - PAGE;
    byte[] pages = Arrays.copyOfRange(first, from, from + 2 * PAGE);
    byte[] longer = Arrays.copyOf(last, to + 2 * PAGE);
    System.arraycopy(longer, to, first, from, 2 * PAGE);
    System.arraycopy(pages, 0, longer, to, 2 * PAGE);
    Files.write(segments.get(0), first);
    Files.write(segments.get(2), longer);
    List<String> arrived = new CopyOnWriteArrayList<>();
    transport.answer(
        attempt -> {
          arrived.addAll(attempt.ids());
          return DeliveryResult.Delivered.all(attempt.ids().size());
        });
    try (EventBuffer buffer =
        builder().duplicateWindow(window, Duration.ofHours(1)).maxBatchEvents(7).open()) {
      for (int i = 0; i < 30; i++) {
        append(buffer, appended + i, appended + i + 1);
      }
      assertTrue(buffer.flush(LONG).complete(), buffer.stats().toString());
      assertEquals(arrived.size(), Set.copyOf(arrived).size(), "twice");
      for (int i = 0; i < 30; i++) {
        String id = "event-" + (appended + i);
        assertTrue(arrived.contains(id), id + " is lost: " + buffer.stats());
      }
      // Those in the four pages, and those that reach into them.
      List<String> missing =
          IntStream.range(0, appended)
              .mapToObj(i -> "event-" + i)
              .filter(id -> !arrived.contains(id))
              .toList();
      assertTrue(missing.size() <= 48, missing + " " + buffer.stats());
    }
  }

  /**
   * Entries of one size that divides a page's: then the chain goes on through a page astray,
   * wherever in the page they begin.
   */
  @Test
  void pagesInEachOthersPlaceInTheChainCostNoEventOutsideOfThem() throws Exception {
    int size = 512;
    int padding = size - distance(appendOfSize(0, 0));
    for (int more = 0; more < size; more += 4) {
      byte[] entries = appendOfSize(padding, more);
      assertEquals(size, distance(entries));
      int first = firstPage(entries) + 2 * PAGE;
      int second = first + 4 * PAGE;
      byte[] page = Arrays.copyOfRange(entries, first, first + PAGE);
      System.arraycopy(entries, second, entries, first, PAGE);
      System.arraycopy(page, 0, entries, second, PAGE);
      Files.write(segments().get(0), entries);
      try (EventBuffer buffer = builder().open()) {
        assertTrue(buffer.flush(LONG).complete());
        long damaged = buffer.stats().damaged();
        // Eight in each page, and the one that reaches into it.
        assertTrue(damaged <= 2 * (PAGE / size + 1), damaged + " with " + more);
      }
    }
  }

  /** Both chains go on through it, with the sequences that are due, and the checksums are right. */
  @Test
  void aPageOfAnotherBufferIsNotDelivered() throws Exception {
    transport.answer(attempt -> new DeliveryResult.Unavailable("not now"));
    byte[] own = appendTo("events", DESTINATION, "event-");
    Path file = segments().get(0);
    byte[] foreign = appendTo("other", Destination.of("another advertiser", "web"), "alien-");
    int page = firstPage(own) + 2 * PAGE;
    System.arraycopy(foreign, page, own, page, 2 * PAGE);
    Files.write(file, own);
    List<String> arrived = new CopyOnWriteArrayList<>();
    transport.answer(
        attempt -> {
          arrived.addAll(attempt.ids());
          return DeliveryResult.Delivered.all(attempt.ids().size());
        });
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 500, 501);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(List.of(), arrived.stream().filter(id -> !id.startsWith("event-")).toList());
      assertEquals(101 - arrived.size(), buffer.stats().damaged());
      assertTrue(buffer.stats().damaged() <= 2 * PAGE / 200, buffer.stats().toString());
    }
  }

  private byte[] appendTo(String name, Destination destination, String prefix) throws IOException {
    Path buffers = directory.resolve(name);
    try (EventBuffer buffer = builder(buffers, destination).open()) {
      buffer.pause();
      for (int i = 100; i < 200; i++) {
        ConversionEvent event =
            ConversionEvent.lead(prefix + i, Events.TIME)
                .user(UserMatch.email("alice@example.com"))
                .build();
        assertEquals(AppendResult.ACCEPTED, buffer.append(event));
      }
      buffer.close(Duration.ZERO);
    }
    try (Stream<Path> files = Files.walk(buffers)) {
      return Files.readAllBytes(
          files.filter(one -> one.toString().endsWith(".cq4")).findFirst().orElseThrow());
    }
  }

  /** Appends events with so much in each, and so much more in the first one; returns the file. */
  private byte[] appendOfSize(int padding, int more) throws IOException {
    Scratch.delete(directory.resolve("events"));
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      for (int i = 1_000; i < 1_100; i++) {
        ConversionEvent event =
            ConversionEvent.lead("event-" + i, Events.TIME)
                .source("https://shop.example.com/" + "x".repeat(padding + (i == 1_000 ? more : 0)))
                .user(UserMatch.email("alice@example.com"))
                .build();
        assertEquals(AppendResult.ACCEPTED, buffer.append(event));
      }
      buffer.close(Duration.ZERO);
    }
    return Files.readAllBytes(segments().get(0));
  }

  private static int distance(byte[] entries) {
    String text = new String(entries, StandardCharsets.ISO_8859_1);
    return text.indexOf("event-1011") - text.indexOf("event-1010");
  }

  private Path checkpoint() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.endsWith("checkpoint")).findFirst().orElseThrow();
    }
  }

  private static void swapFirstPages(Path one, Path other) throws IOException {
    byte[] first = Files.readAllBytes(one);
    byte[] second = Files.readAllBytes(other);
    int from = firstPage(first);
    int to = firstPage(second);
    assertEquals(from, to, "they begin alike");
    byte[] page = Arrays.copyOfRange(first, from, from + PAGE);
    System.arraycopy(second, to, first, from, PAGE);
    System.arraycopy(page, 0, second, to, PAGE);
    Files.write(one, first);
    Files.write(other, second);
  }

  private static int firstPage(byte[] segment) {
    return new String(segment, StandardCharsets.ISO_8859_1).indexOf("\"event_id\"") / PAGE * PAGE;
  }
}
