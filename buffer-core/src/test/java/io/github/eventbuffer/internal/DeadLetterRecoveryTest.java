package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
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
        MAX_EVENT_BYTES,
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
      assertEquals(1, store.list(10).size());
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
      assertEquals(2, store.list(10).size());
    }
  }

  /** A file cut off within the first entry's header: not even the rest of that is passed over. */
  @Test
  void aFileOfWhichPartOfAHeaderIsLeftIsKeptForPeopleAndTold() throws IOException {
    try (DeadLetterStore store = open(0)) {
      assertNotNull(store.add(1, event("a"), Burial.NAMED, "C", "m", 1));
    }
    SegmentList segments =
        SegmentScan.load(directory, new Damage(quarantine()), QueueFixture.LAYOUT.maxFrameBytes());
    Path file = segments.first().file();
    long letter;
    try (SegmentReader reader = new SegmentReader(segments, QueueFixture.LAYOUT.maxFrameBytes())) {
      assertTrue(reader.nextFrame(Long.MAX_VALUE));
      letter = reader.position().offset();
    }
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(letter + 1);
    }
    Damage damage = new Damage(quarantine());
    SegmentScan.load(directory, damage, QueueFixture.LAYOUT.maxFrameBytes());
    assertEquals(1, damage.report().quarantined().size());
  }

  /** So an event is never left out of its batch for the letter of another one. */
  @Test
  void aLetterIsFoundByItsSequenceAndItsTextTogether() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments);
        SegmentReader reader = new SegmentReader(segments, QueueFixture.LAYOUT.maxFrameBytes());
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
      assertEquals(largest, store.list(1).get(0).event());
      assertEquals("\0".repeat(512), store.list(1).get(0).code());
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
      assertEquals(List.of(), store.list(10));
      assertNotNull(store.add(1, event("b"), Burial.NAMED, "C", "m", 1));
      assertEquals(1, store.list(10).size());
    }
    Path letters = Path.of("0000000002");
    Files.move(directory.resolve(letters), fixture.directory.resolve(letters));
    assertEquals(List.of(), fixture.readAll(fixture.load()));
  }
}
