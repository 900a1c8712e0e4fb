package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SegmentQueueTest {
  @TempDir Path parent;
  private QueueFixture fixture;

  @AfterEach
  void closeAbandoned() throws IOException {
    for (SegmentQueue queue : fixture.abandoned) {
      queue.close();
    }
  }

  @BeforeEach
  void makeFixture() throws IOException {
    fixture = new QueueFixture(parent);
  }

  private static String payload(int number) {
    return "{\"n\":" + number + ",\"filler\":\"" + "x".repeat(number % 700) + "\"}";
  }

  private SegmentList written(int events) throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= events; i++) {
        assertTrue(QueueFixture.append(queue, payload(i)) > 0);
      }
    }
    return segments;
  }

  @Test
  void everyEntryIsReadBackInOrderOverManySegments() throws IOException {
    SegmentList segments = written(10_000);
    assertTrue(segments.all().size() > 3, "segments: " + segments.all().size());
    List<QueueFixture.Read> read = fixture.readAll(segments);
    assertEquals(10_000, read.size());
    for (int i = 0; i < read.size(); i++) {
      assertEquals(new QueueFixture.Read(i + 1, payload(i + 1)), read.get(i));
    }
  }

  @Test
  void framesAroundTheSizeOfTheStagingBufferAreReadBack() throws IOException {
    int most = ChronicleAppender.STAGING_BYTES - Frame.OVERHEAD_BYTES;
    List<String> payloads =
        List.of("x".repeat(most - 1), "y".repeat(most), "z".repeat(most + 1), "short");
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 0; i < 400; i++) {
        assertEquals(i + 1, QueueFixture.append(queue, payloads.get(i % 4)));
      }
    }
    List<QueueFixture.Read> read = fixture.readAll(segments);
    assertEquals(400, read.size());
    for (int i = 0; i < 400; i++) {
      assertEquals(new QueueFixture.Read(i + 1, payloads.get(i % 4)), read.get(i));
    }
  }

  @Test
  void noSegmentIsEverMappedBeyondWhatWasAllocated() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= 10_000; i++) {
        QueueFixture.append(queue, payload(i));
      }
      for (Segment segment : segments.all()) {
        assertEquals(QueueFixture.LAYOUT.segmentBytes(), Files.size(segment.file()));
      }
    }
  }

  @Test
  void sequencesGoOnOverRunsAndEachRunHasItsOwnDirectory() throws IOException {
    written(10);
    written(10);
    SegmentList segments = written(10);
    List<QueueFixture.Read> read = fixture.readAll(segments);
    assertEquals(30, read.size());
    assertEquals(30, read.get(29).sequence());
    try (Stream<Path> runs = Files.list(fixture.directory)) {
      assertEquals(3, runs.count());
    }
  }

  @Test
  void aFollowingReaderSeesEachEntryOnceWhileTheAppenderRolls() throws Exception {
    SegmentList segments = fixture.load();
    int events = 20_000;
    List<QueueFixture.Read> read = new ArrayList<>();
    try (SegmentQueue queue = fixture.open(segments);
        SegmentReader reader = new SegmentReader(segments)) {
      Thread follower =
          new Thread(
              () -> {
                try {
                  while (read.size() < events) {
                    if (reader.next(queue.lastSequence())) {
                      read.add(
                          new QueueFixture.Read(reader.sequence(), DeadLetterStore.text(reader)));
                    } else {
                      Thread.onSpinWait();
                    }
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      follower.start();
      for (int i = 1; i <= events; i++) {
        assertEquals(i, QueueFixture.append(queue, payload(i)));
      }
      follower.join(60_000);
      assertEquals(0, reader.unreadablePlaces());
    }
    assertEquals(events, read.size());
    for (int i = 0; i < events; i++) {
      assertEquals(new QueueFixture.Read(i + 1, payload(i + 1)), read.get(i));
    }
  }

  @Test
  void whenNoSegmentCanBeHadTheAppendIsRefusedAndComesThroughLater() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      fixture.mayAllocate = false;
      int accepted = 0;
      while (QueueFixture.append(queue, payload(600)) > 0) {
        accepted++;
        assertTrue(accepted < 100_000, "appended to a segment that nobody allocated");
      }
      assertTrue(accepted > 1_000, "accepted " + accepted);
      assertEquals(SegmentQueue.FULL, QueueFixture.append(queue, payload(600)));
      fixture.mayAllocate = true;
      long result = SegmentQueue.FULL;
      for (long end = System.nanoTime() + 30_000_000_000L; System.nanoTime() < end; ) {
        result = QueueFixture.append(queue, payload(600));
        if (result > 0) {
          break;
        }
        Thread.onSpinWait();
      }
      assertEquals(accepted + 1, result);
      assertEquals(accepted + 1, fixture.readAll(segments).size());
    }
  }

  @Test
  void afterAFailureANewRunIsStartedAndNothingThatWasAcceptedIsLost() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int failure = 0; failure < 5; failure++) {
        assertTrue(QueueFixture.append(queue, "before " + failure) > 0);
        queue.poison(new IOException("pretended"));
        // Waits for the new run; the old one is never appended to again.
        assertTrue(QueueFixture.append(queue, "after " + failure) > 0);
      }
    }
    assertEquals(5, fixture.failures);
    List<QueueFixture.Read> read = fixture.readAll(segments);
    assertEquals(10, read.size());
    for (int i = 0; i < 10; i++) {
      String expected = (i % 2 == 0 ? "before " : "after ") + i / 2;
      assertEquals(new QueueFixture.Read(i + 1, expected), read.get(i));
    }
    assertEquals(read, fixture.readAll(fixture.load()));
  }

  /** A listener that is slow, or waits for another append, must not hold up the appends. */
  @Test
  void aFailureIsToldByTheQueuesOwnThread() throws IOException {
    try (SegmentQueue queue = fixture.open(fixture.load())) {
      queue.poison(new IOException("pretended"));
      assertTrue(QueueFixture.append(queue, "after") > 0);
      assertEquals("test-preallocator", fixture.toldBy.getName());
    }
  }

  @Test
  void anInterruptOfThePreallocatorDoesNotKeepANewRunFromStarting() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= 20; i++) {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
          if (thread.getName().equals("test-preallocator")) {
            thread.interrupt();
          }
        }
        queue.poison(new IOException("pretended"));
        long result = SegmentQueue.FULL;
        for (long end = System.nanoTime() + 10_000_000_000L;
            result < 0 && System.nanoTime() < end; ) {
          result = QueueFixture.append(queue, "after " + i);
        }
        assertEquals(i, result);
      }
    }
    assertEquals(20, fixture.readAll(fixture.load()).size());
  }

  @Test
  void runsThatCannotBeStartedLeaveNothingBehind() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      assertTrue(QueueFixture.append(queue, "first") > 0);
      fixture.mayAllocate = false;
      queue.poison(new IOException("pretended"));
      assertEquals(SegmentQueue.FULL, QueueFixture.append(queue, "refused"));
      fixture.mayAllocate = true;
      long result = SegmentQueue.FULL;
      for (long end = System.nanoTime() + 30_000_000_000L;
          result < 0 && System.nanoTime() < end; ) {
        result = QueueFixture.append(queue, "second");
      }
      assertEquals(2, result);
    }
    assertEquals(2, fixture.readAll(fixture.load()).size());
  }

  @Test
  void aRunThatCannotBeListedIsNotUsed() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= 10; i++) {
        assertEquals(i, QueueFixture.append(queue, payload(i)));
      }
      AtomicInteger asked = new AtomicInteger();
      fixture.wallMillis =
          () -> {
            // For the mark of the new run, and then for the list.
            if (asked.incrementAndGet() == 2) {
              throw new OutOfMemoryError("pretended");
            }
            return System.currentTimeMillis();
          };
      queue.poison(new IOException("pretended"));
      long result = SegmentQueue.FULL;
      for (long end = System.nanoTime() + 30_000_000_000L;
          result < 0 && System.nanoTime() < end; ) {
        result = QueueFixture.append(queue, payload(11));
      }
      assertEquals(11, result);
      assertTrue(asked.get() >= 4);
      assertEquals(11, fixture.readAll(segments).size());
    }
    assertEquals(11, fixture.readAll(fixture.load()).size());
  }

  /** Giving back what an abandoned segment does not use changes its place in the list. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aReaderInAnAbandonedSegmentGoesOnThoughPagesAreSwapped() throws IOException {
    int events = 1_000;
    SegmentList segments = fixture.load();
    try (SegmentReader reader = new SegmentReader(segments)) {
      Segment abandoned;
      try (SegmentQueue queue = fixture.open(segments)) {
        for (int i = 1; i <= events; i++) {
          assertEquals(i, QueueFixture.append(queue, payload(100)));
        }
        reader.moveTo(Position.START);
        assertTrue(reader.next(Long.MAX_VALUE));
        abandoned = segments.last();
        queue.poison(new IOException("pretended"));
        while (segments.atOrAfter(abandoned.number()).equals(abandoned)) {
          Thread.onSpinWait();
        }
        long result = SegmentQueue.FULL;
        while (result < 2 * events) {
          result = QueueFixture.append(queue, payload(100));
        }
      }
      Path next = segments.last().file();
      QueueFixture.swapPages(abandoned.file(), middle(abandoned.file()), next, middle(next));
      int read = 1;
      while (reader.next(Long.MAX_VALUE)) {
        read++;
      }
      // Those at the edges of the two pages are torn.
      assertTrue(read >= 2 * events - 8, "read " + read);
    }
  }

  /** A page full of entries: both files were cut to what is used of them. */
  private static int middle(Path file) throws IOException {
    return (int) (Files.size(file) * 3 / 4 / BadSectors.PAGE_BYTES);
  }

  @Test
  void aSequenceWhoseAppendFailedIsNeverUsedAgain() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      long last = QueueFixture.append(queue, payload(600));
      Segment active = segments.last();
      // Chronicle cannot roll: something else bears the next segment's name.
      Path next = SegmentFiles.segmentFile(active.file().getParent(), active.number() + 1);
      Files.createDirectory(next);
      long result = last;
      while (result > 0) {
        last = result;
        result = QueueFixture.append(queue, payload(600));
      }
      assertEquals(SegmentQueue.FAILED, result);
      Files.deleteIfExists(next);
      assertEquals(last + 2, QueueFixture.append(queue, "next"));
      assertEquals(1, fixture.failures);
    }
  }

  @Test
  void aCrashLoopDoesNotFillTheDisk() throws IOException {
    written(10);
    for (int i = 0; i < 20; i++) {
      SegmentList segments = fixture.load();
      SegmentQueue queue = fixture.open(segments);
      // As a kill would leave it: no close, the next segment allocated.
      fixture.abandoned.add(queue);
    }
    SegmentList segments = fixture.load();
    // The segment with the events, and the newest one.
    assertEquals(2, segments.all().size());
    assertTrue(segments.bytes() < 1 << 20, "bytes " + segments.bytes());
    assertEquals(10, fixture.readAll(segments).size());
  }

  @Test
  void anyFlippedBitCostsAtMostTheEntryItIsIn() throws IOException {
    written(300);
    Path file = fixture.load().first().file();
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(4711);
    for (int i = 0; i < 400; i++) {
      byte[] flipped = whole.clone();
      int at = random.nextInt(whole.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      List<QueueFixture.Read> read = fixture.readAll(fixture.load());
      assertTrue(read.size() >= 299, "byte " + at + ": " + read.size());
      for (QueueFixture.Read entry : read) {
        assertEquals(payload((int) entry.sequence()), entry.payload(), "byte " + at);
      }
    }
  }

  @Test
  void aFlippedBitInChroniclesOwnDocumentsCostsNothing() throws IOException {
    written(3_000);
    Path file = fixture.load().first().file();
    byte[] whole = Files.readAllBytes(file);
    ByteBuffer words = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int events = fixture.readAll(fixture.load()).size();
    int flips = 0;
    for (int at = 0; at + 4 < whole.length && words.getInt(at) != 0; ) {
      int header = words.getInt(at);
      if (header >> 30 == 1) {
        for (int bit = 0; bit < 32; bit++) {
          byte[] flipped = whole.clone();
          flipped[at + bit / 8] ^= (byte) (1 << bit % 8);
          Files.write(file, flipped);
          assertEquals(events, fixture.readAll(fixture.load()).size(), at + ", bit " + bit);
          flips++;
        }
      }
      at += 4 + ((header & 0x3fff_ffff) + 3 & ~3);
    }
    assertTrue(flips > 64, "flips " + flips);
  }

  @Test
  void filesInWhichNothingCanBeReadDoNotPushEachOtherOut() throws IOException {
    for (int i = 1; i <= 3; i++) {
      written(10);
      Path file = fixture.load().first().file();
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at + 48 < bytes.length; at += 4) {
        if (Frame.looksLikeHeader(words.getInt(at))) {
          bytes[at + 8] ^= 1;
        }
      }
      Files.write(file, bytes);
      assertEquals(0, fixture.load().all().size());
      try (Stream<Path> files = Files.list(fixture.quarantine)) {
        assertEquals(i, files.count());
      }
    }
  }

  @Test
  void aZeroedPageCostsWhatLayInItAndNoMore() throws IOException {
    written(300);
    Path file = fixture.load().first().file();
    byte[] whole = Files.readAllBytes(file);
    for (int page = 0; page < whole.length / 4096; page++) {
      byte[] zeroed = whole.clone();
      java.util.Arrays.fill(zeroed, page * 4096, (page + 1) * 4096, (byte) 0);
      Files.write(file, zeroed);
      List<QueueFixture.Read> read = fixture.readAll(fixture.load());
      assertTrue(read.size() >= 300 - 4096 / 60 - 2, "page " + page + ": " + read.size());
      for (QueueFixture.Read entry : read) {
        assertEquals(payload((int) entry.sequence()), entry.payload());
      }
      Files.write(file, whole);
    }
  }

  @Test
  void aFileCutAnywhereLosesOnlyWhatIsBehindTheCut() throws IOException {
    written(40);
    Path file = fixture.load().first().file();
    byte[] whole = Files.readAllBytes(file);
    int before = -1;
    for (int length = 0; length <= whole.length; length += 37) {
      Files.createDirectories(file.getParent());
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      List<QueueFixture.Read> read = fixture.readAll(fixture.load());
      assertTrue(read.size() >= before, "cut at " + length);
      before = read.size();
    }
    assertTrue(before >= 39);
  }

  /** A flipped bit in a directory makes another name of one. */
  @Test
  void namesThatAreNoneAreLeftAlone() throws IOException {
    written(10);
    Path run = fixture.load().first().file().getParent();
    Files.createFile(run.resolve("19700132-01F.cq4"));
    Files.createFile(run.resolve("19701301-25F.cq4"));
    Files.createDirectories(fixture.directory.resolve("9999999999").resolve("x"));
    try (SegmentQueue queue = fixture.open(fixture.load())) {
      assertEquals(11, QueueFixture.append(queue, "behind a run with a large number"));
    }
    SegmentList segments = fixture.load();
    assertEquals(11, fixture.readAll(segments).size());
    try (SegmentQueue queue = fixture.open(segments)) {
      assertEquals(12, QueueFixture.append(queue, "again"));
    }
    assertEquals(12, fixture.readAll(fixture.load()).size());
  }

  /** Neither does it keep the buffer from opening, nor is it removed. */
  @Test
  void whatBearsTheNameOfTheNextRunIsPassedBy() throws IOException {
    written(10);
    Path file = Files.writeString(fixture.directory.resolve("0000000002"), "not a run");
    Path link =
        Files.createSymbolicLink(fixture.directory.resolve("0000000003"), parent.resolve("away"));
    assertEquals(20, fixture.readAll(written(10)).size());
    assertEquals("not a run", Files.readString(file));
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.isDirectory(fixture.directory.resolve("0000000004")));
  }

  @Test
  void ofTwoSegmentsWithOneNumberTheSecondGoesToTheQuarantine() throws IOException {
    written(10);
    Path file = fixture.load().first().file();
    Path run = Files.createDirectory(fixture.directory.resolve("0000000009"));
    Files.copy(file, run.resolve(file.getFileName()));
    assertEquals(10, fixture.readAll(fixture.load()).size());
    try (Stream<Path> kept = Files.list(fixture.quarantine)) {
      assertEquals(1, kept.count());
    }
  }

  @Test
  void anAbandonedSegmentGivesBackWhatItDoesNotUse() throws IOException {
    SegmentList segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 0; i < 20; i++) {
        assertEquals(i + 1, QueueFixture.append(queue, payload(600)));
        int before = segments.last().number();
        queue.poison(new IOException("pretended"));
        while (segments.last().number() == before) {
          Thread.onSpinWait();
        }
      }
      // The last one is whole, and of each of the others a few pages are left.
      long whole = QueueFixture.LAYOUT.segmentBytes();
      assertTrue(segments.bytes() < 3 * whole, "bytes " + segments.bytes());
      long onDisk = 0;
      for (Segment segment : segments.all()) {
        assertEquals(segment.bytes(), Files.size(segment.file()));
        onDisk += segment.bytes();
      }
      assertEquals(segments.bytes(), onDisk);
      assertEquals(20, fixture.readAll(segments).size());
    }
  }
}
