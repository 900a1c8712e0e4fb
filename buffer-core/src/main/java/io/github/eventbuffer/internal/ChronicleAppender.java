package io.github.eventbuffer.internal;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.Wire;

/**
 * The Chronicle queue of one run, and the only class that touches {@code net.openhft}.
 *
 * <p>Chronicle's cycle is a segment number: its clock is moved by {@link #roll()} alone, so it
 * rolls by size, and no step of the wall clock can make it write after an end-of-file mark or stop
 * rolling. Whoever rolls has put the next segment's file in place before.
 *
 * <p>Not thread-safe: callers hold the append lock. Any call may throw what Chronicle throws,
 * {@code Error}s included.
 */
final class ChronicleAppender implements Closeable {
  private static final RollCycles CYCLE = RollCycles.FAST_HOURLY;
  private static final long HEADER_TIMEOUT_MILLIS = 5_000;

  /**
   * Chronicle's core warns through java.util.logging, past any other configuration, that one of
   * three ways to free a ByteBuffer is not open; it takes another. Held, so that its level stays.
   */
  private static final Logger CLEANER_LOG =
      Logger.getLogger(
          "net.openhft.chronicle.core.internal.cleaner.ReflectionBasedByteBufferCleanerService");

  /**
   * Chronicle copies from an array eight bytes at a time, with all its checks for each eight, and
   * from memory outside of the heap all at once. So a frame goes by way of this buffer, unless it
   * is an uncommonly large one.
   */
  static final int STAGING_BYTES = 16 << 10;

  private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);
  private final Bytes<ByteBuffer> staged = Bytes.wrapForRead(staging);
  private final SegmentClock clock;
  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;

  static {
    // Before Chronicle's classes read them. Its banner and its notes on file growth are nothing
    // that a checkout service's console needs.
    System.getProperties().putIfAbsent("chronicle.announcer.disable", "true");
    System.getProperties().putIfAbsent("chronicle.disk.monitor.disable", "true");
    CLEANER_LOG.setLevel(Level.OFF);
  }

  ChronicleAppender(Path run, int segment, int blockBytes) {
    clock = new SegmentClock(segment);
    SingleChronicleQueueBuilder builder =
        SingleChronicleQueueBuilder.binary(run)
            .rollCycle(CYCLE)
            .timeProvider(clock)
            .blockSize(blockBytes)
            .timeoutMS(HEADER_TIMEOUT_MILLIS);
    queue = builder.build();
    try {
      if (builder.readOnly()) {
        // Chronicle falls back to this without a word when it may not reach sun.nio.ch.
        throw new IllegalStateException("Chronicle opened the queue read-only");
      }
      appender = queue.createAppender();
    } catch (RuntimeException | Error e) {
      queue.close();
      throw e;
    }
    // One thread at a time, by the append lock; Chronicle's own check wants one thread for ever.
    appender.singleThreadedCheckDisabled(true);
    staged.singleThreadedCheckDisabled(true);
  }

  /** Appends one frame. Memory only: it reaches the page cache and survives the process. */
  void append(byte[] frame, int length) {
    appender.writeBytes(length <= STAGING_BYTES ? staged(frame, length) : wrapped(frame, length));
  }

  private Bytes<?> staged(byte[] frame, int length) {
    staging.put(0, frame, 0, length);
    return staged.readPositionRemaining(0, length);
  }

  private static Bytes<?> wrapped(byte[] frame, int length) {
    Bytes<byte[]> bytes = Bytes.wrapForRead(frame);
    bytes.singleThreadedCheckDisabled(true);
    return bytes.readPositionRemaining(0, length);
  }

  /** End of what was appended to the current segment, in bytes from the start of its file. */
  long position() {
    Wire wire = appender.wire();
    return wire == null ? 0 : wire.bytes().writePosition();
  }

  /** The next append goes to the next segment. */
  void roll() {
    clock.segment++;
  }

  @Override
  public void close() {
    try {
      appender.close();
    } finally {
      queue.close();
      // Else a thread of Chronicle's lets go of the files some time later.
      BackgroundResourceReleaser.releasePendingResources();
    }
  }

  /** Time as Chronicle sees it: the segment number, in units of the cycle. */
  private static final class SegmentClock implements TimeProvider {
    private volatile int segment;

    SegmentClock(int segment) {
      this.segment = segment;
    }

    @Override
    public long currentTimeMillis() {
      return (long) segment * CYCLE.lengthInMillis();
    }
  }
}
