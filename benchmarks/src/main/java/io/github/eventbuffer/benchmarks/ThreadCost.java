package io.github.eventbuffer.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Processor time and heap per operation, of the thread that appends and of nothing else: neither
 * the making of the events nor the flusher counts, as it does in JMH's {@code gc} profiler. On a
 * machine that others use too, processor time is the steadier of the two times; it leaves out
 * waiting.
 */
public final class ThreadCost implements InternalProfiler {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  // Written by the benchmark's thread, read by JMH's between iterations.
  private static volatile long cpuNanos;
  private static volatile long bytes;

  /** Measures one burst. */
  static void of(Runnable burst) {
    long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    burst.run();
    cpuNanos = THREADS.getCurrentThreadCpuTime() - cpuBefore;
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
  }

  @Override
  public String getDescription() {
    return "processor time and heap of the appending thread";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double appends = CheckoutEvent.BURST;
    return List.of(
        new ScalarResult("thread.cpu", cpuNanos / appends, "ns/op", AggregationPolicy.AVG),
        new ScalarResult("thread.alloc", bytes / appends, "B/op", AggregationPolicy.AVG));
  }
}
