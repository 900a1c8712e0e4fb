package io.github.eventbuffer.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads the duplicate keys of several segments at once: whoever opens a buffer waits for it. Each
 * thread reads whole segments, and the caller's is one of them, so that nothing is waited for that
 * another thread has not begun.
 */
final class WindowScan {
  /** More of them would only share what one memory can give. */
  private static final int MOST_THREADS = 4;

  private final List<Part> parts = new ArrayList<>();
  private final EntryFormat format;
  private final long committedSequence;
  private final AtomicInteger next = new AtomicInteger();

  /** What was found in one segment. Written by one thread, read by another that joined it. */
  static final class Part {
    final Segment segment;
    final EarlierIds.Builder ids = new EarlierIds.Builder();

    /** Whether all of the segment made sense; else there are no ids yet. */
    boolean sound;

    /** The highest sequence in it that is not committed. */
    long newest;

    /** The offset of an entry shortly before its end; 0 when it is not sound. */
    long recent;

    Part(Segment segment) {
      this.segment = segment;
    }
  }

  private WindowScan(List<Segment> segments, EntryFormat format, long committedSequence) {
    this.format = format;
    segments.forEach(segment -> parts.add(new Part(segment)));
    this.committedSequence = committedSequence;
  }

  /**
   * Reads these segments. Not interruptible.
   *
   * @param committedSequence events above it are verified
   * @return what was found in each, in their order
   */
  static List<Part> read(List<Segment> segments, EntryFormat format, long committedSequence) {
    WindowScan scan = new WindowScan(segments, format, committedSequence);
    int threads =
        Math.min(
            segments.size(), Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    List<CompletableFuture<?>> helpers = new ArrayList<>();
    try {
      for (int i = 1; i < threads; i++) {
        helpers.add(Aside.begin(scan::readNext));
      }
    } catch (OutOfMemoryError e) {
      // No thread is to be had: this one reads alone.
    }
    List<Part> parts = scan.readNext();
    helpers.forEach(Aside::join);
    return parts;
  }

  private List<Part> readNext() {
    KeyScan scan = new KeyScan(format, committedSequence);
    for (int i = next.getAndIncrement(); i < parts.size(); i = next.getAndIncrement()) {
      Part part = parts.get(i);
      part.sound = scan.read(part.segment, part.ids);
      part.ids.trim();
      part.newest = scan.newest();
      part.recent = part.sound ? scan.recent() : 0;
    }
    return parts;
  }
}
