package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an open cost that has a duplicate window of a million ids to warm up? Beside it: one
 * pass of a bare Chronicle tailer over a queue with entries of the same size.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 8)
@Measurement(iterations = 15)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class OpenBenchmark {
  private static final int IDS = 1_000_000;
  private static final int OVERHEAD_BYTES = 48;

  private ScratchDirectory directory;
  private SingleChronicleQueue raw;
  private EventBuffer opened;

  private EventBuffer buffer() {
    return EventBuffer.builder(directory.path().resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(new AcknowledgingTransport())
        .duplicateWindow(IDS, Duration.ofDays(1))
        .open();
  }

  /** Delivers a million events, and appends as many bytes to a bare queue. */
  @Setup(Level.Trial)
  public void fill() throws IOException {
    directory = new ScratchDirectory();
    Path bare = directory.path().resolve("raw");
    try (EventBuffer buffer = buffer()) {
      for (int i = 0; i < IDS; i++) {
        append(buffer, i, AppendResult.ACCEPTED);
      }
      buffer.flush(Duration.ofMinutes(5));
    }
    raw = SingleChronicleQueueBuilder.single(bare.toString()).build();
    byte[] frame = new byte[CheckoutEvent.json(CheckoutEvent.id(1)).length + OVERHEAD_BYTES];
    Bytes<byte[]> bytes = Bytes.wrapForRead(frame);
    try (ExcerptAppender appender = raw.createAppender()) {
      for (int i = 0; i < IDS; i++) {
        appender.writeBytes(bytes.readPositionRemaining(0, frame.length));
      }
    }
  }

  private static void append(EventBuffer buffer, long number, AppendResult expected) {
    AppendResult result = buffer.append(CheckoutEvent.event(CheckoutEvent.id(number)));
    if (result != expected) {
      throw new IllegalStateException(expected + " expected, but " + result);
    }
  }

  /** Removes both. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    raw.close();
    directory.close();
  }

  /** Closes what {@link #open} opened; that is not part of opening. */
  @TearDown(Level.Invocation)
  public void close() {
    EventBuffer buffer = opened;
    if (buffer != null) {
      opened = null;
      buffer.close();
    }
  }

  /** Opens the buffer, and sees that the oldest id and the newest are known. */
  @Benchmark
  public void open() {
    EventBuffer buffer = buffer();
    opened = buffer;
    append(buffer, 0, AppendResult.DUPLICATE);
    append(buffer, IDS - 1, AppendResult.DUPLICATE);
  }

  /** Reads each entry of the bare queue once. */
  @Benchmark
  public long rawTailer() {
    Bytes<?> bytes = Bytes.allocateElasticDirect(1 << 16);
    long entries = 0;
    try (ExcerptTailer tailer = raw.createTailer()) {
      while (tailer.readBytes(bytes)) {
        bytes.clear();
        entries++;
      }
    } finally {
      bytes.releaseLast();
    }
    if (entries != IDS) {
      throw new IllegalStateException(IDS + " entries written, but " + entries + " read");
    }
    return entries;
  }
}
