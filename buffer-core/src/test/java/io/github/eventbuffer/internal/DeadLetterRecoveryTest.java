package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.TestLetters.letters;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeadLetter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterRecoveryTest {
  private static final int MAX_EVENT_BYTES = 1 << 10;

  @TempDir Path parent;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    ModuleOpener.open();
    directory = Files.createDirectory(parent.resolve("dead-letters"));
  }

  private DeadLetterStore open(long committedSequence) throws IOException {
    return new DeadLetterStore(
        directory,
        new Damage(quarantine()),
        QueueFixture.LETTER_FORMAT,
        MAX_EVENT_BYTES,
        TestLetters.WIDE,
        committedSequence,
        System::currentTimeMillis,
        new Storage(1L << 40, () -> 0, TestNotices.silent()).quiet(),
        "test-dead-letters");
  }

  private Quarantine quarantine() throws IOException {
    return new Quarantine(parent.resolve("quarantine"));
  }

  private static String event(String id) {
    return "{\"event_id\":\"" + id + "\",\"event_type\":\"lead\"}";
  }

  /** The first letters of a batch are stored, a later one is not, and the batch is sent again. */
  @Test
  void aLetterOfABatchThatWasNotCommittedIsNotWrittenTwice() throws IOException {
    try (DeadLetterStore store = open(0)) {
      assertNotNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 1));
      assertNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 2));
      assertNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 3));
      assertEquals(1, store.count());
    }
    try (DeadLetterStore store = open(0)) {
      assertNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 1));
      assertNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 2));
      assertEquals(1, store.count());
      assertEquals(1, letters(store, 10).size());
    }
  }

  /** The queue and the checkpoint are gone, the dead letters are not: sequences begin anew. */
  @Test
  void anotherEventWithTheSequenceOfAnOldLetterIsStored() throws IOException {
    try (DeadLetterStore store = open(0)) {
      assertNotNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 1));
    }
    try (DeadLetterStore store = open(0)) {
      assertNotNull(store.add(1, event("b"), Burial.NAMED, "C", "m", 1));
      assertEquals(2, letters(store, 10).size());
    }
  }

  /** A file cut off within the first entry's header: not even the rest of that is passed over. */
  @Test
  void aFileOfWhichPartOfAHeaderIsLeftIsKeptForPeopleAndTold() throws IOException {
    try (DeadLetterStore store = open(0)) {
      assertNotNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 1));
    }
    SegmentList segments =
        SegmentScan.load(directory, new Damage(quarantine()), QueueFixture.LETTER_FORMAT);
    Path file = segments.first().file();
    long letter;
    try (SegmentReader reader = new SegmentReader(segments)) {
      assertTrue(reader.nextFrame(Long.MAX_VALUE));
      letter = reader.position().offset();
    }
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(letter + 1);
    }
    Damage damage = new Damage(quarantine());
    SegmentScan.load(directory, damage, QueueFixture.LETTER_FORMAT);
    assertEquals(1, damage.report().quarantined().size());
  }

  /** So an event is never left out of its batch for the letter of another one. */
  @Test
  void aLetterIsFoundByItsSequenceAndItsTextTogether() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments);
        SegmentReader reader = new SegmentReader(segments);
        DeadLetterStore store = open(0)) {
      assertEquals(1, QueueFixture.append(queue, event("a")));
      assertTrue(reader.next(1));
      store.add(1, event("b"), Burial.EXPIRED, "expired", "m", 1);
      assertNull(store.find(reader));
      store.add(1, event("a"), Burial.EXPIRED, "expired", "m", 1);
      assertNotNull(store.find(reader));
    }
  }

  @Test
  void theLargestEventFitsWithACodeAndAMessageOfAnyLength() throws IOException {
    String start = "{\"event_id\":\"a\",\"x\":\"";
    String largest = start + "\\\"".repeat((MAX_EVENT_BYTES - start.length() - 2) / 2) + "\"}";
    String endless = "\0".repeat(100_000);
    try (DeadLetterStore store = open(0)) {
      assertNotNull(store.add(1, largest, Burial.NAMED, endless, endless, 1));
      assertEquals(largest, letters(store, 1).get(0).event());
      assertEquals("\0".repeat(512), letters(store, 1).get(0).code());
    }
  }

  /** A write of the queue's that went astray, or a file that somebody moved. */
  @Test
  void anEntryOfTheQueueIsNoDeadLetterAndTheOtherWayRound() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    try (SegmentQueue queue = fixture.open(fixture.load())) {
      assertEquals(1, QueueFixture.append(queue, event("a")));
    }
    Path run = Path.of("0000000001");
    Files.move(fixture.directory.resolve(run), directory.resolve(run));
    try (DeadLetterStore store = open(0)) {
      assertEquals(0, store.count());
      assertEquals(List.of(), letters(store, 10));
      assertNotNull(store.add(1, event("b"), Burial.NAMED, "C", "m", 1));
      assertEquals(1, letters(store, 10).size());
    }
    // The foreign file went to the quarantine, and its run's directory with it.
    Path letters = Path.of("0000000001");
    Files.move(directory.resolve(letters), fixture.directory.resolve(letters));
    assertEquals(List.of(), fixture.readAll(fixture.load()));
  }

  /** Where a write went astray; events have far higher sequences than letters. */
  @Test
  void aPageOfTheQueueInTheDeadLettersHidesNoneBehindIt() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    SegmentList events = fixture.load();
    try (SegmentQueue queue = fixture.open(events, 1_000)) {
      for (int i = 0; i < 100; i++) {
        QueueFixture.append(queue, event("e" + i) + " ".repeat(200));
      }
    }
    int letters = 60;
    try (DeadLetterStore store = open(0)) {
      for (int i = 1; i <= letters; i++) {
        assertNotNull(store.add(i, event("a" + i) + " ".repeat(200), Burial.NAMED, "C", "m", 1));
      }
    }
    Path file =
        SegmentScan.load(directory, new Damage(quarantine()), QueueFixture.LETTER_FORMAT)
            .first()
            .file();
    // Behind Chronicle's own header and its index.
    QueueFixture.copyPages(events.first().file(), 20, file, 20, 1);
    try (DeadLetterStore store = open(0)) {
      List<DeadLetter> found = letters(store, letters);
      int left = found.size();
      assertEquals(left, store.count());
      assertTrue(left < letters && left > letters - 15, "left: " + left);
    }
  }

  /** Of the letters each one counts, in whatever order the pages lie. */
  @Test
  void pagesOfTheDeadLettersInThePlaceOfOthersCostNoLetter() throws IOException {
    int letters = 120;
    for (int run = 0; run < 2; run++) {
      try (DeadLetterStore store = open(0)) {
        for (int i = 1; i <= letters / 2; i++) {
          int event = run * letters / 2 + i;
          assertNotNull(
              store.add(event, event("a" + event) + " ".repeat(200), Burial.NAMED, "C", "m", 1));
        }
      }
    }
    SegmentList segments =
        SegmentScan.load(directory, new Damage(quarantine()), QueueFixture.LETTER_FORMAT);
    Path first = segments.first().file();
    Path second = segments.last().file();
    // Whole pages of entries, but for those that reach over an edge.
    for (int[] pages : new int[][] {{19, 17}, {18, 20}}) {
      QueueFixture.swapPages(first, pages[0], second, pages[1]);
    }
    try (DeadLetterStore store = open(0)) {
      int left = letters(store, letters).size();
      assertEquals(left, store.count());
      assertTrue(left >= letters - 8, "left: " + left);
      assertTrue(
          letters(store, letters).stream().map(DeadLetter::eventId).distinct().count() == left);
    }
    QueueFixture.copyPages(first, 19, second, 18, 1);
    try (DeadLetterStore store = open(0)) {
      List<DeadLetter> left = letters(store, letters);
      assertEquals(left.size(), store.count());
      assertEquals(left.size(), left.stream().map(DeadLetter::eventId).distinct().count());
    }
  }

  /** All letters of the second run are gone, and those of the first one are there twice. */
  @Test
  void ofTwoCopiesOfALetterTheCountAndTheListMeanTheSame() throws IOException {
    for (int run = 0; run < 3; run++) {
      try (DeadLetterStore store = open(0)) {
        for (int i = 3 * run + 1; i <= 3 * run + 3; i++) {
          assertNotNull(store.add(i, event("a" + i), Burial.NAMED, "C", "m", 1));
        }
      }
    }
    SegmentList segments =
        SegmentScan.load(directory, new Damage(quarantine()), QueueFixture.LETTER_FORMAT);
    List<Segment> all = List.copyOf(segments.all());
    // All but Chronicle's header and tables: the mark and the letters.
    byte[] first = Files.readAllBytes(all.get(0).file());
    byte[] second = Files.readAllBytes(all.get(1).file());
    int page = firstLetter(first) / 4_096 * 4_096;
    assertEquals(page, firstLetter(second) / 4_096 * 4_096);
    System.arraycopy(first, page, second, page, Math.min(first.length, second.length) - page);
    Files.write(all.get(1).file(), second);
    try (DeadLetterStore store = open(0)) {
      assertEquals(6, store.count());
      store.take(store.list(0, 10));
      assertEquals(0, store.count());
    }
  }

  private static int firstLetter(byte[] segment) {
    return new String(segment, StandardCharsets.ISO_8859_1).indexOf("event_id");
  }
}
