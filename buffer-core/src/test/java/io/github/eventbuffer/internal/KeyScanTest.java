package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fast way to the keys finds what the careful one finds, or says that it cannot. */
class KeyScanTest {
  private static final int EVENTS = 6_000;

  @TempDir Path parent;
  private final KeyScan scan = new KeyScan(QueueFixture.FORMAT, 0);

  private SegmentList segments() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    try (SegmentQueue queue = fixture.open(fixture.load())) {
      for (int i = 1; i <= EVENTS; i++) {
        QueueFixture.append(queue, i + "x".repeat(500));
      }
    }
    return fixture.load();
  }

  @Test
  void itFindsEveryKeyInOrderAndAPlaceShortlyBeforeTheEnd() throws IOException {
    SegmentList segments = segments();
    EarlierIds.Builder ids = new EarlierIds.Builder();
    for (Segment segment : segments.all()) {
      assertTrue(scan.read(segment, ids), segment.toString());
    }
    assertEquals(EVENTS, ids.size());
    EarlierIds known = ids.build(EVENTS);
    for (int i = 1; i <= EVENTS; i++) {
      assertTrue(known.contains((i + "x".repeat(500)).hashCode(), 0, 0, EVENTS - i + 1));
      assertFalse(known.contains((i + "x".repeat(500)).hashCode(), 0, 0, EVENTS - i));
    }
    Segment last = segments.last();
    try (SegmentReader reader = SegmentScan.alone(last, QueueFixture.FORMAT)) {
      reader.moveTo(new Position(last.number(), scan.recent()));
      int left = 0;
      while (reader.next(Long.MAX_VALUE)) {
        left++;
      }
      assertEquals(EVENTS, reader.sequence());
      assertTrue(left > 0 && left <= 128, "entries left " + left);
    }
  }

  @Test
  void damageAddsNoFalseKeyAndNoneTwice() throws IOException {
    SegmentList segments = segments();
    Segment first = segments.first();
    Path file = first.file();
    byte[] whole = Files.readAllBytes(file);
    EarlierIds.Builder sound = new EarlierIds.Builder();
    assertTrue(scan.read(first, sound));
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      int at = random.nextInt(whole.length);
      int length = Math.min(whole.length - at, 1 << random.nextInt(14));
      boolean zeros = random.nextBoolean();
      for (int j = at; j < at + length; j++) {
        damaged[j] = zeros ? 0 : (byte) random.nextInt();
      }
      Files.write(file, damaged);
      EarlierIds.Builder ids = new EarlierIds.Builder();
      if (scan.read(first, ids)) {
        assertTrue(ids.size() <= sound.size(), "more keys than entries");
      } else {
        refused++;
        assertEquals(0, ids.size());
      }
    }
    assertTrue(refused > 0, "no damage was noticed");
  }

  @Test
  void aMarkOfAnotherSegmentIsLeftToTheOther() throws IOException {
    Segment first = segments().first();
    assertTrue(scan.read(first, new EarlierIds.Builder()));
    Segment other =
        new Segment(
            first.number() + 1,
            first.file(),
            first.firstSequence(),
            first.firstAcceptedAtMillis(),
            first.bytes());
    EarlierIds.Builder ids = new EarlierIds.Builder();
    assertFalse(scan.read(other, ids));
    assertEquals(0, ids.size());
  }

  @Test
  void aFileThatIsCutOrGoneIsLeftToTheOther() throws IOException {
    Segment first = segments().first();
    Path file = first.file();
    byte[] whole = Files.readAllBytes(file);
    EarlierIds.Builder ids = new EarlierIds.Builder();
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    scan.read(first, ids);
    assertTrue(ids.size() < EVENTS);
    Files.delete(file);
    assertFalse(scan.read(first, new EarlierIds.Builder()));
  }

  /** Killed between the copy of an entry and its header: the entry is whole, and is delivered. */
  @Test
  void anEntryWithoutACompletedHeaderIsLeftToTheOther() throws IOException {
    Segment last = segments().last();
    long header;
    try (SegmentReader reader = SegmentScan.alone(last, QueueFixture.FORMAT)) {
      reader.moveTo(new Position(last.number(), 0));
      do {
        header = reader.nextPosition().offset();
      } while (reader.next(Long.MAX_VALUE) && reader.sequence() < EVENTS);
    }
    assertTrue(scan.read(last, new EarlierIds.Builder()));
    try (RandomAccessFile file = new RandomAccessFile(last.file().toFile(), "rw")) {
      file.seek(header);
      file.writeInt(0);
    }
    assertFalse(scan.read(last, new EarlierIds.Builder()));
  }
}
