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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What does it cost to be told that an event is in the buffer already? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 15)
@Measurement(iterations = 15)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class DuplicateBenchmark {
  private final ConversionEvent[] events = new ConversionEvent[CheckoutEvent.BURST];
  private MeasuredBuffer measured;
  private long duplicates;

  /** Opens a buffer and fills its duplicate window. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    measured = new MeasuredBuffer(Delivery.PAUSED);
    makeEvents();
    for (ConversionEvent event : events) {
      require(measured.buffer.append(event), AppendResult.ACCEPTED);
    }
  }

  /** Makes the events again: a retry of the checkout does not bring the same objects. */
  @Setup(Level.Iteration)
  public void makeEvents() {
    for (int i = 0; i < CheckoutEvent.BURST; i++) {
      events[i] = CheckoutEvent.event(CheckoutEvent.id(i));
    }
  }

  /** Fails when an event is missing or was taken twice. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    measured.close(CheckoutEvent.BURST, duplicates);
  }

  /** An event whose append was accepted before. */
  @Benchmark
  @OperationsPerInvocation(CheckoutEvent.BURST)
  public void duplicate() {
    ThreadCost.of(
        () -> {
          for (ConversionEvent event : events) {
            require(measured.buffer.append(event), AppendResult.DUPLICATE);
            duplicates++;
          }
        });
  }

  private static void require(AppendResult result, AppendResult expected) {
    if (result != expected) {
      throw new IllegalStateException("expected " + expected + ", was " + result);
    }
  }
}
