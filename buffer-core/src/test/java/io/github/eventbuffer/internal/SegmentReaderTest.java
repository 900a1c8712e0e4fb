package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.Destination;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentReaderTest {
  private static final int EVENTS = 6_000;

  @TempDir Path parent;

  private SegmentList written(QueueFixture fixture) throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= EVENTS; i++) {
        assertEquals(i, QueueFixture.append(queue, "x".repeat(500)));
      }
    }
    return segments;
  }

  /** As when the process has no descriptor left for a moment. */
  @Test
  void aSegmentThatCannotBeOpenedForAMomentIsReadLaterAndNotPassedOver() throws IOException {
    SegmentList segments = written(new QueueFixture(parent));
    assertTrue(segments.all().size() > 2);
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      Segment second = segments.after(segments.first().number());
      Path away = parent.resolve("away");
      Files.move(second.file(), away);
      // Cannot be opened as a file, and is there.
      Files.createDirectory(second.file());
      long read = 0;
      while (read < second.firstSequence() - 1) {
        assertTrue(reader.next(EVENTS));
        assertEquals(++read, reader.sequence());
      }
      for (int i = 0; i < 3; i++) {
        assertThrows(IOException.class, () -> reader.next(EVENTS));
      }
      Files.delete(second.file());
      Files.move(away, second.file());
      while (read < EVENTS) {
        assertTrue(reader.next(EVENTS));
        assertEquals(++read, reader.sequence());
      }
    }
  }

  @Test
  void aSegmentThatSomebodyDeletedCostsWhatWasInItAndNoMore() throws IOException {
    SegmentList segments = written(new QueueFixture(parent));
    Segment second = segments.after(segments.first().number());
    Segment third = segments.after(second.number());
    Files.delete(second.file());
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      for (long at = 1; at <= EVENTS; at++) {
        at = at == second.firstSequence() ? third.firstSequence() : at;
        assertTrue(reader.next(EVENTS));
        assertEquals(at, reader.sequence());
      }
    }
  }

  /** As after two writes that went astray: what lies around them must not be passed over. */
  @Test
  void pagesInThePlaceOfAnotherCostWhatIsInThemAndNoMore() throws IOException {
    SegmentList segments = written(new QueueFixture(parent));
    Segment first = segments.first();
    Segment second = segments.after(first.number());
    QueueFixture.swapPages(first.file(), 40, first.file(), 160);
    QueueFixture.swapPages(first.file(), 80, second.file(), 120);
    QueueFixture.swapPages(second.file(), 60, second.file(), 62);
    Set<Long> read = new TreeSet<>();
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      long last = 0;
      while (reader.next(EVENTS)) {
        // Older ones among newer ones were read before, or are counted as damaged.
        if (reader.sequence() > last) {
          last = reader.sequence();
          read.add(last);
        }
      }
    }
    // Eight entries, whole or in part, lie in each of six pages.
    assertTrue(read.size() >= EVENTS - 6 * 9, "read " + read.size());
  }

  @Test
  void aHeaderThatClaimsMoreThanItsEntryCostsNothing() throws IOException {
    SegmentList segments = written(new QueueFixture(parent));
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      for (int i = 0; i < 100; i++) {
        assertTrue(reader.next(EVENTS));
      }
      long header = reader.position().offset();
      try (RandomAccessFile file = new RandomAccessFile(segments.first().file().toFile(), "rw")) {
        file.seek(header + 1);
        int second = file.read();
        file.seek(header + 1);
        // 512 or 1,024 bytes more: into the next entry, or the one after it.
        file.write(second + 2);
      }
    }
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      for (long at = 1; at <= EVENTS; at++) {
        assertTrue(reader.next(EVENTS));
        assertEquals(at, reader.sequence());
      }
    }
    assertFalse(
        new KeyScan(QueueFixture.FORMAT, 0).read(segments.first(), new EarlierIds.Builder()));
  }

  @Test
  void theLastEntryOfARunIsAPlaceLikeAnyOtherWhenItCannotBeRead() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    for (int run = 0; run < 2; run++) {
      try (SegmentQueue queue = fixture.open(fixture.load())) {
        for (int i = 0; i < 10; i++) {
          QueueFixture.append(queue, "y".repeat(50));
        }
      }
    }
    SegmentList segments = fixture.load();
    Path first = segments.first().file();
    byte[] bytes = Files.readAllBytes(first);
    int last = bytes.length - 1;
    while (bytes[last] != 'y') {
      last--;
    }
    bytes[last] = 'z';
    Files.write(first, bytes);
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      int read = 0;
      while (reader.next(EVENTS)) {
        read++;
      }
      assertEquals(19, read);
      assertEquals(1, reader.unreadablePlaces());
    }
  }

  /** Random bytes: one of two headers among them looks as if its entry was never complete. */
  @Test
  void aSegmentOfWhichNothingIsLeftIsKeptForPeopleAndTold() throws IOException {
    for (int first : new int[] {0x12345678, 0x92345678, 0x72345678}) {
      QueueFixture fixture = new QueueFixture(Files.createTempDirectory(parent, "queue"));
      try (SegmentQueue queue = fixture.open(fixture.load())) {
        QueueFixture.append(queue, "y".repeat(50));
      }
      Path file = fixture.load().first().file();
      byte[] bytes = Files.readAllBytes(file);
      int at = 0;
      while (bytes[at] != 1 || bytes[at + 1] != Frame.MARK) {
        at += 4;
      }
      new Random(1).nextBytes(bytes);
      byte[] damaged = Files.readAllBytes(file);
      System.arraycopy(bytes, 0, damaged, at, damaged.length - at);
      ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(at - 4, first);
      Files.write(file, damaged);
      assertNull(fixture.load().first());
      try (Stream<Path> quarantined = Files.list(fixture.quarantine)) {
        assertEquals(1, quarantined.count());
      }
    }
  }

  /** Chronicle sums nothing: a bit of its header must not cost what stands behind the entry. */
  @Test
  void aHeaderThatDamageChangedCostsNothing() throws IOException {
    SegmentList segments = written(new QueueFixture(parent));
    Segment last = segments.last();
    byte[] whole = Files.readAllBytes(last.file());
    ByteBuffer words = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    for (long sequence : new long[] {last.firstSequence(), EVENTS - 1, EVENTS}) {
      int at = (int) positionOf(last, sequence).offset();
      int header = words.getInt(at);
      int end = 0xc000_0000;
      List<Integer> headers = new ArrayList<>(List.of(0, 1, -1, end, end + 1, Integer.MAX_VALUE));
      for (int bit = 0; bit < Integer.SIZE; bit++) {
        headers.add(header ^ 1 << bit);
      }
      for (int damaged : headers) {
        words.putInt(at, damaged);
        Files.write(last.file(), whole);
        readsAll(last, sequence + " has header " + Integer.toHexString(damaged));
      }
      words.putInt(at, header);
    }
  }

  private static Position positionOf(Segment segment, long sequence) throws IOException {
    try (SegmentReader reader = SegmentScan.alone(segment, QueueFixture.FORMAT)) {
      while (reader.next(EVENTS) && reader.sequence() < sequence) {
        continue;
      }
      return reader.position();
    }
  }

  private static void readsAll(Segment segment, String when) throws IOException {
    try (SegmentReader reader = SegmentScan.alone(segment, QueueFixture.FORMAT)) {
      for (long at = segment.firstSequence(); at <= EVENTS; at++) {
        assertTrue(reader.next(EVENTS), when);
        assertEquals(at, reader.sequence(), when);
      }
    }
    EarlierIds.Builder ids = new EarlierIds.Builder();
    KeyScan scan = new KeyScan(QueueFixture.FORMAT, EVENTS);
    boolean believed = scan.read(segment, ids);
    assertEquals(believed ? EVENTS - segment.firstSequence() + 1 : 0, ids.size(), when);
  }

  /** The batch was acknowledged: what came twice must not have come in the place of another. */
  @Test
  void aPageThatRepeatsAnotherCostsNoEventBehindIt() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    SegmentList segments = fixture.load();
    int events = 66;
    long page;
    try (SegmentQueue queue = fixture.open(segments)) {
      QueueFixture.append(queue, "first");
      long next;
      try (SegmentReader reader = new SegmentReader(segments)) {
        reader.moveTo(Position.START);
        assertTrue(reader.next(1));
        next = reader.nextPosition().offset();
      }
      // From here on eight entries are a page, so that the chain goes on from page to page.
      int gap = (int) (2 * 4_096 - next % 4_096);
      QueueFixture.append(queue, "x".repeat(gap - Integer.BYTES - Frame.OVERHEAD_BYTES));
      page = (next + gap) / 4_096;
      int payload = 512 - Integer.BYTES - Frame.OVERHEAD_BYTES;
      for (int i = 3; i <= events; i++) {
        assertEquals(
            i, QueueFixture.append(queue, String.format("<%06d>", i) + "x".repeat(payload - 8)));
      }
    }
    QueueFixture.copyPages(segments.first().file(), page, segments.first().file(), page + 1, 1);
    QueuedBatch.Source source =
        new QueuedBatch.Source(
            Destination.of("12345", "website_pixel"),
            segments,
            BadSectors.skippedAtOnce(),
            at -> null);
    try (BatchCutter cutter =
        new BatchCutter(source, 1_000, () -> 1 << 30, UUID::randomUUID, Position.START, 1)) {
      QueuedBatch batch = cutter.cut(events, true, 0);
      assertEquals(8, batch.damaged());
      try (InputStream in = batch.openEvents()) {
        String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        for (int i = 3; i <= events; i++) {
          String mark = String.format("<%06d>", i);
          boolean damaged = i >= 11 && i < 19;
          assertEquals(damaged ? -1 : body.lastIndexOf(mark), body.indexOf(mark), mark);
          assertEquals(damaged, body.indexOf(mark) < 0, mark);
        }
      }
    }
  }

  /** A segment that begins as the one before it, after a write astray, does not make that empty. */
  @Test
  void aSegmentIsNotTakenForEmptyForAPageAstrayInTheNext() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    List<Segment> segments = new ArrayList<>(written(fixture).all());
    Segment second = segments.get(1);
    Segment third = segments.get(2);
    long page;
    try (SegmentReader reader = SegmentScan.alone(second, QueueFixture.FORMAT)) {
      reader.moveTo(new Position(second.number(), 0));
      assertTrue(reader.next(EVENTS));
      page = reader.position().offset() / 4_096;
    }
    QueueFixture.copyPages(second.file(), page, third.file(), page, 2);
    SegmentList loaded = fixture.load();
    assertTrue(Files.exists(second.file()));
    assertTrue(loaded.after(second.number()).firstSequence() >= third.firstSequence());
    assertTrue(fixture.readAll(loaded).size() > EVENTS - 20);
  }

  /**
   * Pages of one segment in each other's place, near the end too, where zeros follow: whole entries
   * outside of them come all the same, in their order, wherever the reader begins.
   */
  @Test
  void pagesOfASegmentInEachOthersPlaceCostNoEntryBesideThem() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    int events = 120;
    Random random = new Random(3);
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= events; i++) {
        // As in a shop: most are alike, and some are large.
        int size = random.nextInt(10) == 0 ? 500 + random.nextInt(2_500) : 470 + random.nextInt(9);
        QueueFixture.append(queue, "x".repeat(size));
      }
    }
    Path file = segments.first().file();
    try (RandomAccessFile longer = new RandomAccessFile(file.toFile(), "rw")) {
      longer.setLength(longer.length() / 4_096 * 4_096 + 8 * 4_096);
    }
    byte[] sound = Files.readAllBytes(file);
    Segment segment = fixture.load().first();
    SegmentList alone = new SegmentList(QueueFixture.FORMAT);
    alone.add(segment);
    List<Position> positions = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(alone)) {
      reader.moveTo(Position.START);
      while (reader.next(Long.MAX_VALUE)) {
        positions.add(reader.position());
        ends.add((int) reader.nextPosition().offset());
      }
    }
    assertEquals(events, positions.size());
    int firstPage = (int) positions.get(0).offset() / 4_096;
    int pages = sound.length / 4_096;
    for (int one = firstPage; one < pages; one++) {
      for (int other = one + 1; other < Math.min(pages, one + 9); other++) {
        byte[] damaged = sound.clone();
        System.arraycopy(sound, one * 4_096, damaged, other * 4_096, 4_096);
        System.arraycopy(sound, other * 4_096, damaged, one * 4_096, 4_096);
        Files.write(file, damaged);
        for (int behind : new int[] {0, events / 3, events / 2, events - 20, events - 3}) {
          List<Long> read = readBehind(alone, positions.get(behind), behind, events);
          for (int i = behind; i < events; i++) {
            long from = positions.get(i).offset() / 4_096;
            long to = (ends.get(i) - 1) / 4_096;
            boolean touched = from <= one && one <= to || from <= other && other <= to;
            assertTrue(
                touched || read.contains(i + 1L),
                "lost " + (i + 1) + " behind " + behind + ", pages " + one + ", " + other);
          }
          assertEquals(read.stream().sorted().distinct().toList(), read, "the order");
        }
      }
    }
  }

  /** The chain makes sense there, and no entry was read that would tell that one is missing. */
  @Test
  void theFirstPageOfAllInThePlaceOfAnotherCostsNothing() throws IOException {
    QueueFixture probe = new QueueFixture(parent.resolve("probe"));
    SegmentList probed = probe.load();
    probe.open(probed).close();
    long begin;
    try (SegmentReader reader = SegmentScan.alone(probed.first(), QueueFixture.FORMAT)) {
      assertTrue(reader.nextFrame(EVENTS));
      begin = reader.nextPosition().offset();
    }
    // The first entry of all begins a page, and eight of them are one.
    QueueFixture fixture = new QueueFixture(parent.resolve("aligned"));
    fixture.metadata = new byte[(int) (4_096 - begin % 4_096)];
    int page = (int) (begin / 4_096) + 1;
    int payload = 512 - Integer.BYTES - Frame.OVERHEAD_BYTES;
    int events = 66;
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= events; i++) {
        assertEquals(
            i, QueueFixture.append(queue, String.format("<%06d>", i) + "x".repeat(payload - 8)));
      }
    }
    assertEquals(page * 4_096L, placeOf(segments.first(), 1));
    QueueFixture.swapPages(segments.first().file(), page, segments.first().file(), page + 4);
    List<Long> all = LongStream.rangeClosed(1, events).boxed().toList();
    SegmentList loaded = fixture.load();
    assertEquals(1, loaded.first().firstSequence());
    assertEquals(all, readBehind(loaded, Position.START, 0, events));
  }

  /** The first page with entries of the next segment, which says then that it begins earlier. */
  @Test
  void aPageInTheMiddleInThePlaceOfTheFirstOfTheNextSegmentCostsNoEntryBesideThem()
      throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    List<Segment> all = new ArrayList<>(written(fixture).all());
    Segment one = all.get(1);
    Segment next = all.get(2);
    long middle = (one.firstSequence() + next.firstSequence()) / 2;
    QueueFixture.swapPages(
        one.file(),
        (int) (placeOf(one, middle) / 4_096),
        next.file(),
        (int) (placeOf(next, next.firstSequence()) / 4_096));
    int read = readBehind(fixture.load(), Position.START, 0, EVENTS).size();
    // What reaches from one page into another.
    assertTrue(read >= EVENTS - 4, read + " of " + EVENTS);
  }

  /** An entry that was being written when the others were looked for. */
  @Test
  void anEntryThatIsCompleteLaterIsNotPassedOver() throws IOException {
    Segment first = written(new QueueFixture(parent)).first();
    SegmentList alone = new SegmentList(QueueFixture.FORMAT);
    alone.add(first);
    long damaged = placeOf(first, 500) + 100;
    long late = placeOf(first, 501) + 100;
    flip(first.file(), damaged);
    flip(first.file(), late);
    try (SegmentReader reader = new SegmentReader(alone)) {
      reader.moveTo(Position.START);
      for (int i = 1; i < 500; i++) {
        assertTrue(reader.next(500));
      }
      assertFalse(reader.next(500));
      flip(first.file(), late);
      assertTrue(reader.next(1_000));
      assertEquals(501, reader.sequence());
    }
  }

  private static long placeOf(Segment segment, long sequence) throws IOException {
    try (SegmentReader reader = SegmentScan.alone(segment, QueueFixture.FORMAT)) {
      reader.moveTo(new Position(segment.number(), 0));
      while (reader.next(Long.MAX_VALUE)) {
        if (reader.sequence() == sequence) {
          return reader.position().offset();
        }
      }
    }
    throw new IOException("not found: " + sequence);
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      int before = open.read();
      open.seek(at);
      open.write(before ^ 1);
    }
  }

  private static List<Long> readBehind(SegmentList segments, Position from, long behind, long upTo)
      throws IOException {
    List<Long> read = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(from, behind);
      while (reader.next(upTo)) {
        read.add(reader.sequence());
      }
    }
    return read;
  }
}
