package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an accepted event cost the thread that appends it? Durability {@code PROCESS}, one
 * thread, all of it: validation, JSON, duplicate filter, checksum, queue.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 15)
@Measurement(iterations = 15)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class AppendBenchmark {
  /** What becomes of the events meanwhile. */
  @Param Delivery delivery;

  private final ConversionEvent[] events = new ConversionEvent[CheckoutEvent.BURST];
  private final byte[][] json = new byte[CheckoutEvent.BURST][];
  private MeasuredBuffer measured;
  private long made;
  private long appended;

  /** Opens a buffer. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    measured = new MeasuredBuffer(delivery);
  }

  /** Makes the events of one iteration. */
  @Setup(Level.Iteration)
  public void makeEvents() {
    for (int i = 0; i < CheckoutEvent.BURST; i++) {
      String id = CheckoutEvent.id(made++);
      events[i] = CheckoutEvent.event(id);
      json[i] = CheckoutEvent.json(id);
    }
  }

  /** Fails when an event is missing. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    measured.close(appended, 0);
  }

  /** An event that the application has built. */
  @Benchmark
  @OperationsPerInvocation(CheckoutEvent.BURST)
  public void append() {
    ThreadCost.of(
        () -> {
          for (ConversionEvent event : events) {
            count(measured.buffer.append(event));
          }
        });
  }

  /** The same event as bytes: parsed and validated, then stored as they are. */
  @Benchmark
  @OperationsPerInvocation(CheckoutEvent.BURST)
  public void appendJson() {
    ThreadCost.of(
        () -> {
          for (byte[] event : json) {
            count(measured.buffer.appendJson(event));
          }
        });
  }

  private void count(AppendResult result) {
    if (result != AppendResult.ACCEPTED) {
      throw new IllegalStateException("not accepted: " + result);
    }
    appended++;
  }
}
