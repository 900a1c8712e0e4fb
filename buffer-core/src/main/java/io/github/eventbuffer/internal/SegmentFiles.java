package io.github.eventbuffer.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names, allocation and removal of the queue's files.
 *
 * <pre>
 *  queue/0000000007/                 one Chronicle queue per run of the buffer
 *                   metadata.cq4t    Chronicle's own table
 *                   19700101-12F.cq4 segment 12
 *                   19700101-13F.precreated  segment 13, allocated and zero, not yet in use
 * </pre>
 *
 * Each run of a buffer writes to a Chronicle queue of its own, so that nothing which an unclean end
 * left behind (a held lock, half a header, a damaged table) is ever seen by Chronicle again; it is
 * only read, entry by entry, with each entry's checksum (ADR 0002).
 *
 * <p>Files are written whole, zero-filled, before they are mapped. A store into a mapped page that
 * the full disk cannot back may go unnoticed or kill the JVM; a write of zeros fails with an
 * IOException instead.
 */
final class SegmentFiles {
  /** Chronicle maps a block and a quarter at a time. */
  static final int OVERLAP_DIVISOR = 4;

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HH'F'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern RUN = Pattern.compile("\\d{10,18}");
  private static final Pattern SEGMENT = Pattern.compile("(\\d{8}-\\d{2}F)\\.(cq4|precreated)");

  /** What Chronicle's table takes: two of its pages. */
  static final int METADATA_BYTES = 128 << 10;

  private static final String METADATA = "metadata.cq4t";

  /** Beside the segments of a run: a force failed, of them or of others. */
  private static final String DOUBTFUL = "force-failed";

  private static final int HOUR_SECONDS = 3_600;

  /** Made once: with a full heap, too, there must be a next segment. */
  private static final byte[] ZEROS = new byte[SegmentLayout.MOST_WRITE_BYTES];

  private SegmentFiles() {}

  /** Chronicle's name for a segment, without suffix. */
  static String name(int number) {
    return NAME.format(Instant.ofEpochSecond((long) number * HOUR_SECONDS));
  }

  static Path segmentFile(Path run, int number) {
    return run.resolve(name(number) + ".cq4");
  }

  static Path precreatedFile(Path run, int number) {
    return run.resolve(name(number) + ".precreated");
  }

  /** The run directories below {@code queue}, by their number. */
  static TreeMap<Long, Path> runs(Path queue) throws IOException {
    TreeMap<Long, Path> runs = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(queue)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (RUN.matcher(name).matches() && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          runs.put(Long.parseLong(name), entry);
        }
      }
    }
    return runs;
  }

  static Path runDirectory(Path queue, long run) {
    return queue.resolve(String.format(Locale.ROOT, "%010d", run));
  }

  /** The segment files of one run, by number; links and strangers are left alone. */
  static Map<Integer, Path> segments(Path run) throws IOException {
    return list(run, "cq4");
  }

  /** The allocated, unused files of one run, by number. */
  static Map<Integer, Path> precreated(Path run) throws IOException {
    return list(run, "precreated");
  }

  private static Map<Integer, Path> list(Path run, String suffix) throws IOException {
    Map<Integer, Path> found = new TreeMap<>();
    if (!Files.isDirectory(run)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(run)) {
      for (Path entry : entries) {
        Matcher matcher = SEGMENT.matcher(entry.getFileName().toString());
        if (matcher.matches()
            && matcher.group(2).equals(suffix)
            && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
          Integer number = number(matcher.group(1));
          if (number != null) {
            found.put(number, entry);
          }
        }
      }
    }
    return found;
  }

  /** Null where the digits are no day and hour, or none that a segment has. */
  private static @Nullable Integer number(String name) {
    try {
      long hours = LocalDateTime.parse(name, NAME).toEpochSecond(ZoneOffset.UTC) / HOUR_SECONDS;
      return hours < 0 ? null : Integer.valueOf((int) hours);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Makes a run's Chronicle table, allocated and zero. */
  static void createTable(Path run) throws IOException {
    allocate(run.resolve(METADATA), METADATA_BYTES);
  }

  /** Length of a segment's file for {@code blocks} blocks of {@code blockBytes}. */
  static long segmentBytes(int blocks, int blockBytes) {
    return (long) blocks * blockBytes + blockBytes / OVERLAP_DIVISOR;
  }

  /** Makes the file of a segment that is not in use yet, each block of it allocated and zero. */
  static Path precreate(Path run, int number, SegmentLayout layout) throws IOException {
    Path file = precreatedFile(run, number);
    allocate(file, layout.segmentBytes(), layout.writeBytes());
    return file;
  }

  /** Makes a small file of {@code bytes} zeros like {@link #allocate(Path, long, int)}. */
  static void allocate(Path file, int bytes) throws IOException {
    allocate(file, bytes, bytes);
  }

  /**
   * Makes a file of {@code bytes} zeros, each block of it allocated.
   *
   * @param writeBytes written at a time
   * @throws IOException if the disk cannot hold it; then nothing is left of it
   */
  private static void allocate(Path file, long bytes, int writeBytes) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, PrivateFiles.FILE);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      for (long left = bytes; left > 0; left -= writeBytes) {
        out.write(ZEROS, 0, (int) Math.min(left, writeBytes));
      }
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Gives back what lies behind the used part of a file that no one has mapped. */
  static long truncate(Path file, long usedBytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      if (open.length() > usedBytes) {
        open.setLength(usedBytes);
      }
      return open.length();
    }
  }

  /**
   * Forces a file's data, stored through a mapping or not, to the device, and what it takes to find
   * them there; not the time of the last change, which would cost a second write.
   *
   * @throws java.nio.file.NoSuchFileException if it was removed
   */
  static void force(Path file) throws IOException {
    // Not a FileChannel: that one is closed by an interrupt of the thread, and does not tell which
    // came first, the interrupt or a failure of the device. This one's force waits like any call.
    try (AsynchronousFileChannel open =
        AsynchronousFileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      open.force(false);
    }
  }

  /**
   * Makes the classes that a force takes, and forces nothing. Where the heap is full at the first
   * force of a JVM, a class would be lost for good, and each force would fail.
   */
  static void makeClasses(Path file) throws IOException {
    AsynchronousFileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS).close();
  }

  /** Forces the names in a directory to the device. */
  static void forceDirectory(@Nullable Path directory) throws IOException {
    if (directory == null) {
      return;
    }
    boolean interrupted = false;
    try {
      for (boolean forced = false; !forced; ) {
        interrupted |= Thread.interrupted();
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
          forced = true;
        } catch (ClosedByInterruptException e) {
          // Not a force that failed, but one that was not made; a file is not to be had otherwise.
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Notes down, on the device, that a force of this run's segments, or of others, failed. The
   * kernel forgets it: the next force, in another process, says that all is well.
   */
  static void doubt(Path run) throws IOException {
    try {
      Files.createFile(run.resolve(DOUBTFUL), PrivateFiles.FILE);
    } catch (FileAlreadyExistsException e) {
      // Of an earlier failure; its name may not have been forced.
    }
    forceDirectory(run);
  }

  /** Whether a force of this segment's run, or of others, failed. */
  static boolean isDoubtful(Path segment) {
    return Files.exists(segment.resolveSibling(DOUBTFUL), LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes what only Chronicle needed in a run that is over. */
  static void removeUnused(Path run) throws IOException {
    for (Path file : precreated(run).values()) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(run.resolve(METADATA));
  }

  /**
   * Removes a run that could not be started; nothing was accepted into it. By name, since where
   * there is no descriptor left a directory cannot be listed.
   *
   * @param number of its only segment
   */
  static void removeRun(Path run, int number) throws IOException {
    Files.deleteIfExists(segmentFile(run, number));
    Files.deleteIfExists(precreatedFile(run, number));
    Files.deleteIfExists(run.resolve(METADATA));
    Files.deleteIfExists(run);
  }

  /** Removes a run's directory once it holds no segment any more. */
  static void removeRunIfEmpty(Path run) throws IOException {
    if (segments(run).isEmpty()) {
      removeUnused(run);
      Files.deleteIfExists(run.resolve(DOUBTFUL));
      try (DirectoryStream<Path> left = Files.newDirectoryStream(run)) {
        if (!left.iterator().hasNext()) {
          Files.deleteIfExists(run);
        }
      }
    }
  }
}
