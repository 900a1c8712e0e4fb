package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does Chronicle Queue alone cost? The JSON of the same event, encoded beforehand, behind one
 * lock, with Chronicle's defaults: sparse files, no checksum, no filter, no validation. What {@link
 * AppendBenchmark} takes beyond this is ours.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 15)
@Measurement(iterations = 15)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class FloorBenchmark {
  private final byte[] json = CheckoutEvent.json(CheckoutEvent.id(1));
  private Bytes<byte[]> bytes;
  private final ReentrantLock lock = new ReentrantLock();
  private ScratchDirectory directory;
  private SingleChronicleQueue queue;
  private ExcerptAppender appender;
  private long appended;

  /** Opens the modules that Chronicle needs, by way of a buffer, and then a bare queue. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    new MeasuredBuffer(Delivery.PAUSED).close();
    directory = new ScratchDirectory();
    queue = SingleChronicleQueueBuilder.single(directory.path().toString()).build();
    appender = queue.createAppender();
    appender.singleThreadedCheckDisabled(true);
    bytes = Bytes.wrapForRead(json);
    bytes.singleThreadedCheckDisabled(true);
  }

  /** Fails when an entry is missing. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    long entries = queue.entryCount();
    appender.close();
    queue.close();
    directory.close();
    if (entries != appended) {
      throw new IllegalStateException(appended + " entries appended, but " + entries);
    }
  }

  /** One entry. */
  @Benchmark
  @OperationsPerInvocation(CheckoutEvent.BURST)
  public void writeBytes() {
    ThreadCost.of(
        () -> {
          for (int i = 0; i < CheckoutEvent.BURST; i++) {
            write();
          }
        });
  }

  private void write() {
    lock.lock();
    try {
      appender.writeBytes(bytes.readPositionRemaining(0, json.length));
      appended++;
    } finally {
      lock.unlock();
    }
  }
}
