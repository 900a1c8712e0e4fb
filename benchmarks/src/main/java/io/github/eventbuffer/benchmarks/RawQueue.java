package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * A bare Chronicle Queue: one appender behind one lock, no checksum, no filter, no validation. What
 * the buffer takes beyond it is the buffer's own.
 *
 * <p>Bytes are copied into direct memory and written from there, which is the faster way: from an
 * array Chronicle copies eight bytes at a time, with all its checks for each eight.
 */
final class RawQueue implements AutoCloseable {
  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;
  private final @Nullable Segments segments;
  private final ReentrantLock lock = new ReentrantLock();
  private final ByteBuffer staging = ByteBuffer.allocateDirect(16 << 10);
  private final Bytes<ByteBuffer> staged = Bytes.wrapForRead(staging);

  private RawQueue(SingleChronicleQueueBuilder builder, @Nullable Segments segments) {
    this.segments = segments;
    queue = builder.build();
    if (builder.readOnly()) {
      throw new IllegalStateException("Chronicle opened the queue read-only");
    }
    appender = queue.createAppender();
    appender.singleThreadedCheckDisabled(true);
    staged.singleThreadedCheckDisabled(true);
  }

  /** With Chronicle's defaults: sparse files, allocated by the kernel as they are written. */
  static RawQueue sparse(Path directory) {
    return new RawQueue(SingleChronicleQueueBuilder.single(directory.toString()), null);
  }

  /**
   * On segments written full of zeros beforehand, the next one by another thread: the way in which
   * the buffer lays its files out, with the same sizes.
   */
  static RawQueue preallocated(Path directory) throws IOException {
    Segments segments = new Segments(directory);
    return new RawQueue(
        SingleChronicleQueueBuilder.binary(directory)
            .rollCycle(RollCycles.FAST_HOURLY)
            .timeProvider(segments)
            .blockSize(Segments.BLOCK_BYTES),
        segments);
  }

  /** Thread-safe. */
  void append(byte[] bytes) {
    lock.lock();
    try {
      if (segments != null) {
        segments.rollUnlessFits(position(), bytes.length);
      }
      staging.put(0, bytes, 0, bytes.length);
      appender.writeBytes(staged.readPositionRemaining(0, bytes.length));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forces the data of the segment that is appended to; on preallocated segments, by one thread.
   */
  void force() throws IOException {
    if (segments == null) {
      throw new IllegalStateException("a sparse file's blocks are no data");
    }
    segments.force();
  }

  private long position() {
    Wire wire = appender.wire();
    return wire == null ? 0 : wire.bytes().writePosition();
  }

  /** Reads from the first entry on; belongs to one thread. */
  Tail tail() {
    return new Tail(queue.createTailer());
  }

  @Override
  public void close() throws IOException {
    appender.close();
    queue.close();
    if (segments != null) {
      segments.close();
    }
  }

  /** One pass over the queue. */
  static final class Tail implements AutoCloseable {
    private final ExcerptTailer tailer;
    private final Bytes<ByteBuffer> bytes = Bytes.elasticByteBuffer(64 << 10);

    private Tail(ExcerptTailer tailer) {
      this.tailer = tailer;
    }

    /** Length of the next entry, or -1 when there is none yet. */
    int next() {
      bytes.clear();
      return tailer.readBytes(bytes) ? (int) bytes.readRemaining() : -1;
    }

    /** The entry that {@link #next} found. */
    byte[] entry() {
      return bytes.toByteArray();
    }

    @Override
    public void close() {
      tailer.close();
      bytes.releaseLast();
    }
  }

  /** Chronicle's clock as a segment number, and the files of the segments. */
  private static final class Segments implements TimeProvider, AutoCloseable {
    static final int BLOCK_BYTES = 2 << 20;

    private static final long USABLE_BYTES = 64L << 20;
    private static final int MARGIN_BYTES = 80 << 10;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final DateTimeFormatter NAME =
        DateTimeFormatter.ofPattern("yyyyMMdd-HH'F'").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final ExecutorService allocator =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "allocator");
              thread.setDaemon(true);
              return thread;
            });
    private volatile int segment;
    private Future<?> next;

    /** Of the segment {@link #forcedSegment}. */
    private @Nullable FileChannel forced;

    private int forcedSegment;

    Segments(Path directory) throws IOException {
      this.directory = directory;
      Files.createDirectories(directory);
      allocate(0);
      next = allocator.submit(() -> allocate(1));
    }

    private Path allocate(int number) throws IOException {
      Path file = directory.resolve(name(number) + ".precreated");
      byte[] zeros = new byte[256 << 10];
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        // Chronicle maps a quarter of a block beyond each block.
        for (long left = USABLE_BYTES + BLOCK_BYTES / 4; left > 0; left -= zeros.length) {
          out.write(zeros, 0, (int) Math.min(left, zeros.length));
        }
      }
      return file;
    }

    private static String name(int number) {
      return NAME.format(Instant.ofEpochMilli(number * HOUR_MILLIS));
    }

    void force() throws IOException {
      FileChannel file = forced;
      if (file == null || forcedSegment != segment) {
        if (file != null) {
          file.close();
        }
        forcedSegment = segment;
        file =
            FileChannel.open(
                directory.resolve(name(forcedSegment) + ".cq4"), StandardOpenOption.WRITE);
        forced = file;
      }
      file.force(false);
    }

    void rollUnlessFits(long position, int bytes) {
      if (position + bytes + MARGIN_BYTES <= USABLE_BYTES) {
        return;
      }
      try {
        next.get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException("no next segment", e);
      }
      int number = segment + 2;
      segment++;
      next = allocator.submit(() -> allocate(number));
    }

    @Override
    public long currentTimeMillis() {
      return segment * HOUR_MILLIS;
    }

    @Override
    public void close() throws IOException {
      allocator.shutdown();
      if (forced != null) {
        forced.close();
      }
    }
  }
}
