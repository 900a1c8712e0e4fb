package io.github.eventbuffer.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what earlier runs left behind. */
final class SegmentScan {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int PAGE_BYTES = 4 << 10;

  private SegmentScan() {}

  /**
   * Lists the segments of all runs, oldest first. Gives back what no run uses any more: the zeros
   * behind the last entry, files that were allocated and never used, runs without a segment. A file
   * in which no entry can be read, though something was written, goes to the quarantine.
   */
  static SegmentList load(Path queue, Damage damage, EntryFormat format) throws IOException {
    SegmentList segments = new SegmentList(format);
    for (Path run : SegmentFiles.runs(queue).values()) {
      SegmentFiles.removeUnused(run);
      for (Map.Entry<Integer, Path> entry : SegmentFiles.segments(run).entrySet()) {
        Segment same = segments.atOrAfter(entry.getKey());
        if (same != null && same.number() == entry.getKey()) {
          // Copied or renamed by somebody: no two segments of a buffer ever have one number.
          damage.quarantine(entry.getValue());
          continue;
        }
        Segment segment = load(entry.getKey(), entry.getValue(), format);
        if (segment != null) {
          segments.add(segment);
        } else if (mayHoldEntries(entry.getValue())
            || endsInDamage(entry.getKey(), entry.getValue(), format)) {
          damage.quarantine(entry.getValue());
        } else {
          Files.delete(entry.getValue());
        }
      }
    }
    removeEmpty(segments);
    for (Path run : SegmentFiles.runs(queue).values()) {
      SegmentFiles.removeRunIfEmpty(run);
    }
    return segments;
  }

  /**
   * A service in a crash loop must not fill the disk with segments that no event ever went to. A
   * segment may also seem to begin where the one before it does, or earlier, because of a page
   * astray: then it begins behind that one's events, or those would be removed too early.
   */
  private static void removeEmpty(SegmentList segments) throws IOException {
    Segment segment = segments.first();
    while (segment != null) {
      Segment next = segments.after(segment.number());
      if (next != null && next.firstSequence() <= segment.firstSequence()) {
        long last = lastEvent(segment, segments.format());
        if (last >= next.firstSequence()) {
          next = next.beginningAt(last + 1);
          segments.add(next);
          // By where they begin, a reader would not see it any more.
          segments.disordered(segment.number(), next.number());
        } else if (last == 0 && next.firstSequence() == segment.firstSequence()) {
          segments.remove(segment);
          Files.delete(segment.file());
        }
      }
      segment = next;
    }
  }

  /** The highest sequence of an event in this segment; 0 when there is none. */
  static long lastEvent(Segment segment, EntryFormat format) throws IOException {
    long last = 0;
    try (SegmentReader reader = alone(segment, format)) {
      while (reader.nextFrame(Long.MAX_VALUE)) {
        if (!reader.isMark()) {
          last = Math.max(last, reader.sequence());
        }
      }
    }
    return last;
  }

  /** Gives back the zeros behind the last entry of a segment that nobody has mapped. */
  static Segment withoutUnused(Segment segment) throws IOException {
    return segment.taking(giveBackUnused(segment.file()));
  }

  /** Returns what is left of the file. */
  private static long giveBackUnused(Path file) throws IOException {
    return SegmentFiles.truncate(file, usedBytes(file));
  }

  private static @Nullable Segment load(int number, Path file, EntryFormat format)
      throws IOException {
    long bytes = giveBackUnused(file);
    try (SegmentReader reader = alone(number, file, format)) {
      if (!reader.nextFrame(Long.MAX_VALUE)) {
        return null;
      }
      boolean mark = reader.isMark();
      long acceptedAt = Frame.acceptedAtMillis(reader.bytes(), reader.frame());
      return new Segment(number, file, reader.sequence() + (mark ? 1 : 0), acceptedAt, bytes);
    }
  }

  /** The end of the last page of a file that is not all zeros; what cannot be read may not be. */
  private static long usedBytes(Path file) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      for (long end = in.length(); end > 0; ) {
        long start = Math.max(0, (end - 1) / CHUNK_BYTES * CHUNK_BYTES);
        int length = (int) (end - start);
        try {
          in.seek(start);
          in.readFully(chunk, 0, length);
        } catch (IOException e) {
          return end;
        }
        for (int i = length - 1; i >= 0; i--) {
          if (chunk[i] != 0) {
            return (start + i) / PAGE_BYTES * PAGE_BYTES + PAGE_BYTES;
          }
        }
        end = start;
      }
    }
    return 0;
  }

  /** Whether anything in a file looks as the begin of an entry does, or cannot be read. */
  private static boolean mayHoldEntries(Path file) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    ByteBuffer words = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long left = in.length();
      while (left > 0) {
        int length = (int) Math.min(left, chunk.length);
        try {
          in.readFully(chunk, 0, length);
        } catch (IOException e) {
          return true;
        }
        left -= length;
        for (int i = 0; i + Integer.BYTES <= length; i += Integer.BYTES) {
          if (Frame.looksLikeHeader(words.getInt(i))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether entries were there, of which nothing is left that looks like one. */
  private static boolean endsInDamage(int number, Path file, EntryFormat format)
      throws IOException {
    try (SegmentReader reader = alone(number, file, format)) {
      return !reader.nextFrame(Long.MAX_VALUE) && reader.endsInDamage();
    }
  }

  /** The payloads of all marks that can be read; a mark is the first entry of a run. */
  static List<byte[]> marks(Path queue, EntryFormat format) throws IOException {
    List<byte[]> marks = new ArrayList<>();
    for (Path run : SegmentFiles.runs(queue).values()) {
      for (Map.Entry<Integer, Path> entry : SegmentFiles.segments(run).entrySet()) {
        try (SegmentReader reader = alone(entry.getKey(), entry.getValue(), format)) {
          if (reader.nextFrame(Long.MAX_VALUE) && reader.isMark()) {
            int start = reader.frame() + Frame.HEADER_BYTES;
            int length = Frame.payloadBytes(reader.bytes(), reader.frame());
            marks.add(Arrays.copyOfRange(reader.bytes(), start, start + length));
          }
        }
      }
    }
    return marks;
  }

  /** A reader of one segment. */
  static SegmentReader alone(Segment segment, EntryFormat format) {
    SegmentList alone = new SegmentList(format);
    alone.add(segment);
    return new SegmentReader(alone);
  }

  private static SegmentReader alone(int number, Path file, EntryFormat format) throws IOException {
    return alone(new Segment(number, file, 0, 0, Files.size(file)), format);
  }

  /**
   * Reads back the mark that begins a run.
   *
   * @throws IOException if it cannot be read
   */
  static void proveReadable(int number, Path file, EntryFormat format) throws IOException {
    try (SegmentReader reader = alone(number, file, format)) {
      if (!reader.nextFrame(Long.MAX_VALUE)) {
        throw new IOException("what was appended to " + file + " cannot be read back");
      }
    }
  }
}
