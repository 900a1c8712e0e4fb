package io.github.eventbuffer.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Starts the runs of a queue, each a Chronicle queue of its own behind all that exist (ADR 0002).
 * Used by one thread at a time.
 */
final class Runs {
  private final Path directory;
  private final SegmentLayout layout;
  private final byte[] metadata;
  private final LongSupplier wallMillis;
  private long lastNumber;

  /** {@code metadata}: what each run's mark carries. */
  Runs(Path directory, SegmentLayout layout, byte[] metadata, LongSupplier wallMillis)
      throws IOException {
    this.directory = directory;
    this.layout = layout;
    this.metadata = metadata;
    this.wallMillis = wallMillis;
    TreeMap<Long, Path> existing = SegmentFiles.runs(directory);
    lastNumber = existing.isEmpty() ? 0 : existing.lastKey();
  }

  /**
   * A run that is open, with its first segment.
   *
   * @param directory its files
   * @param segment the number of its first segment
   */
  record Run(Path directory, int segment, ChronicleAppender appender) {
    Path file(int number) {
      return SegmentFiles.segmentFile(directory, number);
    }
  }

  /**
   * Opens a run and proves, before anything is accepted, that what is appended can be read. Blocks
   * while the first segment is allocated. A run that cannot be started leaves nothing behind: it is
   * tried again and again, and what each try allocates must not add up.
   *
   * @param segment the number of its first segment
   * @param lastSequence the highest sequence ever used; the run's mark bears it
   */
  Run start(int segment, long lastSequence) throws IOException {
    Path made = nextDirectory();
    Files.createDirectory(made, PrivateFiles.DIRECTORY);
    try {
      SegmentFiles.createTable(made);
      SegmentFiles.precreate(made, segment, layout);
      return new Run(made, segment, open(made, segment, lastSequence));
    } catch (IOException | RuntimeException | Error e) {
      try {
        SegmentFiles.removeRun(made, segment);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** What somebody left under a run's name is not ours to remove. */
  private Path nextDirectory() {
    Path next;
    do {
      next = SegmentFiles.runDirectory(directory, ++lastNumber);
    } while (Files.exists(next, LinkOption.NOFOLLOW_LINKS));
    return next;
  }

  private ChronicleAppender open(Path made, int segment, long lastSequence) throws IOException {
    ChronicleAppender opened = new ChronicleAppender(made, segment, layout.blockBytes());
    try {
      EntryFormat format = layout.format();
      EntryBuffer mark = new EntryBuffer(metadata.length, format);
      mark.payload(metadata);
      mark.begin(format.mark(), wallMillis.getAsLong(), 0, 0, format.markHash(segment));
      opened.append(mark.seal(lastSequence), mark.frameBytes());
      SegmentScan.proveReadable(segment, SegmentFiles.segmentFile(made, segment), format);
      return opened;
    } catch (IOException | RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }
}
