package io.github.eventbuffer.internal;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.Durability;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A queue in a directory, with small segments, for tests of the storage alone. */
final class QueueFixture {
  static final Destination DESTINATION = Destination.of("advertiser", "source");
  static final EntryFormat FORMAT = EntryFormat.events(DESTINATION);
  static final EntryFormat LETTER_FORMAT = EntryFormat.letters(DESTINATION);
  static final SegmentLayout LAYOUT =
      SegmentLayout.of(FORMAT, 1 << 20, 32 << 10, Durability.PROCESS);
  final Path directory;
  final Path quarantine;
  byte[] metadata = new byte[0];
  volatile boolean mayAllocate = true;
  volatile LongSupplier wallMillis = System::currentTimeMillis;
  volatile int failures;
  volatile Thread toldBy;
  volatile int wakeUps;
  final List<SegmentQueue> abandoned = new ArrayList<>();

  QueueFixture(Path parent) throws IOException {
    directory = Files.createDirectories(parent.resolve("queue"));
    quarantine = parent.resolve("quarantine");
    ModuleOpener.open();
  }

  /** One event as it was read. */
  record Read(long sequence, String payload) {}

  SegmentList load() throws IOException {
    return SegmentScan.load(directory, new Damage(new Quarantine(quarantine)), FORMAT);
  }

  SegmentQueue open(SegmentList segments) throws IOException {
    long last = 0;
    for (Read read : readAll(segments)) {
      last = Math.max(last, read.sequence);
    }
    return open(segments, last);
  }

  SegmentQueue open(SegmentList segments, long lastSequence) throws IOException {
    Segment newest = segments.last();
    SegmentQueue queue =
        new SegmentQueue(
            directory,
            segments,
            LAYOUT,
            metadata,
            lastSequence,
            newest == null ? 0 : newest.number(),
            true,
            () -> wallMillis.getAsLong(),
            new SegmentQueue.Events() {
              @Override
              public void reached() {
                wakeUps++;
              }

              @Override
              public boolean mayAllocate(long bytes) {
                return mayAllocate;
              }

              @Override
              public void storageFailed(String what, Throwable cause) {
                failures++;
                toldBy = Thread.currentThread();
              }

              @Override
              public void storageRecovered() {}
            },
            "test-preallocator");
    queue.start();
    return queue;
  }

  static long append(SegmentQueue queue, String payload) {
    EntryBuffer entry = new EntryBuffer(32 << 10, FORMAT);
    entry.payload(payload.getBytes(StandardCharsets.UTF_8));
    entry.begin(Frame.EVENT, 1_000, payload.hashCode(), 0, payload.hashCode());
    return queue.append(entry, TimeUnit.SECONDS.toNanos(10), 0);
  }

  List<Read> readAll(SegmentList segments) throws IOException {
    List<Read> all = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(Position.START);
      while (reader.next(Long.MAX_VALUE)) {
        all.add(new Read(reader.sequence(), DeadLetterStore.text(reader)));
      }
    }
    return all;
  }

  /** Puts two pages each in the place of the other. */
  static void swapPages(Path one, int page, Path other, int otherPage) throws IOException {
    byte[] bytes = Files.readAllBytes(one);
    byte[] otherBytes = one.equals(other) ? bytes : Files.readAllBytes(other);
    for (int i = 0; i < BadSectors.PAGE_BYTES; i++) {
      int at = page * BadSectors.PAGE_BYTES + i;
      int otherAt = otherPage * BadSectors.PAGE_BYTES + i;
      byte swapped = bytes[at];
      bytes[at] = otherBytes[otherAt];
      otherBytes[otherAt] = swapped;
    }
    Files.write(one, bytes);
    Files.write(other, otherBytes);
  }

  /** Puts a copy of some pages in the place of others. */
  static void copyPages(Path from, long fromPage, Path to, long toPage, int pages)
      throws IOException {
    byte[] bytes = new byte[pages * 4_096];
    try (RandomAccessFile in = new RandomAccessFile(from.toFile(), "r");
        RandomAccessFile out = new RandomAccessFile(to.toFile(), "rw")) {
      in.seek(fromPage * 4_096);
      in.readFully(bytes);
      out.seek(toPage * 4_096);
      out.write(bytes);
    }
  }
}
