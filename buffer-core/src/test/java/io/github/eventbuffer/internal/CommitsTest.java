package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.Destination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits, and the retention that follows them, over a queue of several segments. */
class CommitsTest {
  private static final int BATCH = 1_000;
  private static final int EVENTS = 8_000;
  private static final long NOW = 1_000_000;

  @TempDir Path parent;
  private QueueFixture fixture;
  private SegmentList segments;
  private QueuedBatch.Source source;
  private Checkpoint checkpoint;
  private BatchCutter cutter;
  private Commits commits;

  @BeforeEach
  void writeEvents() throws IOException {
    fixture = new QueueFixture(parent);
    segments = fixture.load();
    try (SegmentQueue queue = fixture.open(segments)) {
      for (int i = 1; i <= EVENTS; i++) {
        assertEquals(i, QueueFixture.append(queue, i + "x".repeat(500)));
      }
    }
    assertTrue(segments.all().size() > 3, "segments: " + segments.all().size());
    source =
        new QueuedBatch.Source(
            Destination.of("12345", "website_pixel"),
            segments,
            BadSectors.skippedAtOnce(),
            at -> null);
    checkpoint = new Checkpoint(parent.resolve("checkpoint"), QueueFixture.DESTINATION, false);
    cutter = new BatchCutter(source, BATCH, () -> 1 << 30, UUID::randomUUID, Position.START, 1);
    commits = new Commits(checkpoint, cutter);
  }

  @AfterEach
  void close() throws IOException {
    cutter.close();
    checkpoint.close();
  }

  private boolean growing = true;

  private QueuedBatch next() throws IOException {
    QueuedBatch batch = cutter.cut(EVENTS, true, 0);
    commits.persist(batch);
    return batch;
  }

  private CheckpointState onDisk() throws IOException {
    // Of a copy: the file itself is locked.
    Path copy = parent.resolve("copy");
    Files.copy(parent.resolve("checkpoint"), copy, StandardCopyOption.REPLACE_EXISTING);
    try (Checkpoint read = new Checkpoint(copy, QueueFixture.DESTINATION, false)) {
      return read.state();
    }
  }

  private Retention retention(int windowEntries, long windowMillis, long now) throws IOException {
    return new Retention(
        segments,
        new SegmentList.Newest() {
          @Override
          public boolean hasRun() {
            return growing;
          }

          @Override
          public long lastSequence() {
            return EVENTS;
          }
        },
        new SegmentBounds(QueueFixture.FORMAT, 0),
        BadSectors.skippedAtOnce(),
        new Quarantine(parent.resolve("quarantine")),
        windowEntries,
        windowMillis,
        () -> now);
  }

  @Test
  void boundsAndKeyOfABatchStandInTheFileOnceItIsPersisted() throws IOException {
    QueuedBatch batch = next();
    assertTrue(batch.persisted);
    assertEquals(batch.bounds(), onDisk().inFlight().get(0));
    assertEquals(0, onDisk().committedSequence());
  }

  /** Deliver again rather than skip, should a checkpoint ever point too far. */
  @Test
  void aPositionBehindTheFirstUndeliveredEventSkipsNothing() throws IOException {
    next();
    Position tooFar = next().bounds().position();
    for (Position position : new Position[] {tooFar, new Position(tooFar.segment() + 1, 0)}) {
      try (BatchCutter again =
          new BatchCutter(source, BATCH, () -> 1 << 30, UUID::randomUUID, position, 1)) {
        QueuedBatch batch = again.cut(EVENTS, true, 0);
        assertEquals(1, batch.bounds().firstSequence());
        assertEquals(BATCH, batch.bounds().lastSequence());
        assertEquals(BATCH, batch.count());
      }
    }
  }

  @Test
  void theCheckpointMovesOverTheAcknowledgedPrefixOnly() throws IOException {
    QueuedBatch first = next();
    QueuedBatch second = next();
    commits.settle(second, 3, 0);
    assertEquals(0, onDisk().committedSequence());
    assertEquals(first.bounds().position(), onDisk().position());
    assertEquals(BATCH - 3, onDisk().delivered());
    assertEquals(3, onDisk().deadLettered());
    commits.settle(first, 0, 0);
    assertEquals(2 * BATCH, onDisk().committedSequence());
  }

  @Test
  void sequencesThatCouldNotBeReadAreCountedAsDamaged() throws IOException {
    InFlight bounds = new InFlight(1, BATCH, Position.START, UUID.randomUUID(), false);
    QueuedBatch batch = new QueuedBatch(source, bounds, BATCH - 10, 1, Exclusions.NONE, 0);
    commits.persist(batch);
    commits.settle(batch, 1, 0);
    assertEquals(BATCH, onDisk().committedSequence());
    assertEquals(BATCH - 11, onDisk().delivered());
    assertEquals(10, onDisk().damaged());
    assertEquals(BATCH, onDisk().settled());
  }

  @Test
  void halvesThatCouldNotBeNotedAreNotTakenForNoted() throws IOException {
    QueuedBatch batch = next();
    InFlight all = batch.bounds();
    QueuedBatch first =
        QueuedBatch.read(source, new InFlight(1, 500, all.position(), UUID.randomUUID(), false));
    QueuedBatch second =
        QueuedBatch.read(
            source, new InFlight(501, BATCH, all.position(), UUID.randomUUID(), false));
    // Writes fail from now on.
    checkpoint.close();
    commits.replace(batch, List.of(first, second));
    assertThrows(IOException.class, () -> commits.persist(first));
    assertFalse(first.persisted);
    assertFalse(second.persisted);
  }

  @Test
  void nothingThatIsNotCommittedInTheFileIsRemoved() throws IOException {
    int before = segments.all().size();
    retention(1, 0, NOW).run(commits, true);
    assertEquals(before, segments.all().size());
    QueuedBatch[] batches = new QueuedBatch[EVENTS / BATCH];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = next();
    }
    // All but the first are acknowledged.
    for (int i = 1; i < batches.length; i++) {
      commits.settle(batches[i], 0, 0);
    }
    retention(1, 0, NOW).run(commits, true);
    assertEquals(before, segments.all().size());
    checkpoint.close();
    assertThrows(IOException.class, () -> commits.settle(batches[0], 0, 0));
    // Acknowledged, and the file does not say so.
    assertEquals(EVENTS, commits.state().committedSequence());
    retention(1, 0, NOW).run(commits, true);
    assertEquals(before, segments.all().size());
    assertTrue(Files.exists(segments.first().file()));
  }

  @Test
  void nothingIsRemovedWhenTheCheckpointCannotBeForced() throws IOException {
    int before = segments.all().size();
    for (int i = 0; i < EVENTS / BATCH; i++) {
      commits.settle(next(), 0, 0);
    }
    checkpoint.close();
    assertThrows(IOException.class, () -> retention(1, 0, NOW).run(commits, true));
    assertEquals(before, segments.all().size());
  }

  @Test
  void theDuplicateWindowKeepsWhatItNeedsUnlessSpaceIsWanted() throws IOException {
    for (int i = 0; i < EVENTS / BATCH; i++) {
      commits.settle(next(), 0, 0);
    }
    int before = segments.all().size();
    long accepted = segments.after(segments.first().number()).firstAcceptedAtMillis();
    retention(EVENTS, NOW, accepted + NOW).run(commits, false);
    assertEquals(before, segments.all().size());
    // By count: the window reaches into the last but one.
    Segment last = segments.last();
    int entries = (int) (EVENTS - last.firstSequence() + 2);
    retention(entries, NOW, accepted).run(commits, false);
    assertEquals(2, segments.all().size());
    // By age: one millisecond too old.
    long newest = last.firstAcceptedAtMillis();
    retention(EVENTS, NOW, newest + NOW).run(commits, false);
    assertEquals(2, segments.all().size());
    retention(EVENTS, NOW, newest + NOW + 1).run(commits, false);
    assertEquals(1, segments.all().size());
  }

  @Test
  void theLastSegmentIsRemovedOnceNothingIsAppendedToItAndSpaceIsWanted() throws IOException {
    List<QueuedBatch> batches = new ArrayList<>();
    for (int i = 0; i < EVENTS / BATCH; i++) {
      batches.add(next());
    }
    for (QueuedBatch batch : batches.subList(1, batches.size())) {
      commits.settle(batch, 0, 0);
    }
    growing = false;
    retention(1, 0, NOW).run(commits, true);
    assertTrue(segments.first() != null, "removed before it was committed");
    commits.settle(batches.get(0), 0, 0);
    growing = true;
    retention(1, 0, NOW).run(commits, true);
    Segment last = segments.first();
    assertEquals(1, segments.all().size());
    growing = false;
    retention(1, 0, NOW).run(commits, false);
    assertEquals(1, segments.all().size(), "nobody wanted the space");
    retention(1, 0, NOW).run(commits, true);
    assertEquals(0, segments.all().size());
    assertFalse(Files.exists(last.file().getParent()));
  }

  @Test
  void aSegmentThatCannotBeRemovedIsTriedAgain() throws IOException {
    for (int i = 0; i < EVENTS / BATCH; i++) {
      commits.settle(next(), 0, 0);
    }
    Segment oldest = segments.first();
    Path aside = Files.move(oldest.file(), parent.resolve("aside"));
    Path inTheWay = Files.createDirectories(oldest.file().resolve("full"));
    assertThrows(IOException.class, () -> retention(1, 0, NOW).run(commits, true));
    assertEquals(oldest, segments.first());
    Files.delete(inTheWay);
    Files.delete(oldest.file());
    Files.move(aside, oldest.file());
    retention(1, 0, NOW).run(commits, true);
    assertEquals(1, segments.all().size());
    assertFalse(Files.exists(oldest.file()));
  }
}
