package io.github.eventbuffer.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Puts bursts of events into a store, one right after the other, and takes the median over the
 * bursts, the first ones left out. The events of a burst are made before its clock starts.
 *
 * <p>Figures: {@code nanos} per event, {@code rate} in events/s, {@code slowest}, the {@code nanos}
 * of the slowest burst; with one thread {@code cpu} nanoseconds and {@code heap} bytes per event of
 * that thread.
 */
final class BurstTrial implements Trial {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Callable<EventStore> stores;
  private final int threads;
  private final int quickBurst;
  private final int fullBurst;

  BurstTrial(int threads, int quickBurst, int fullBurst, Callable<EventStore> stores) {
    this.stores = stores;
    this.threads = threads;
    this.quickBurst = quickBurst;
    this.fullBurst = fullBurst;
  }

  @Override
  public Report run(Setting setting) throws Exception {
    int burst = setting.choose(quickBurst, fullBurst);
    int warmUps = setting.choose(6, 12);
    int measured = setting.choose(7, 15);
    double[] nanos = new double[measured];
    double[] cpu = new double[measured];
    double[] heap = new double[measured];
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (EventStore store = stores.call()) {
      long events = 0;
      for (int i = -warmUps; i < measured; i++) {
        store.prepare(events, burst);
        events += burst;
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        long heapBefore = THREADS.getCurrentThreadAllocatedBytes();
        long took = threads == 1 ? alone(store, burst) : together(pool, store, burst);
        long heapAfter = THREADS.getCurrentThreadAllocatedBytes();
        long cpuAfter = THREADS.getCurrentThreadCpuTime();
        if (i >= 0) {
          nanos[i] = (double) took / burst;
          cpu[i] = (double) (cpuAfter - cpuBefore) / burst;
          heap[i] = (double) (heapAfter - heapBefore) / burst;
        }
      }
      double median = Median.of(nanos);
      Map<String, Double> figures =
          new TreeMap<>(
              Map.of(
                  "nanos",
                  median,
                  "rate",
                  1e9 / median,
                  "slowest",
                  Arrays.stream(nanos).max().orElseThrow()));
      if (threads == 1) {
        figures.put("cpu", Median.of(cpu));
        figures.put("heap", Median.of(heap));
      }
      return Report.of(store.missing(events), figures);
    } finally {
      pool.shutdownNow();
    }
  }

  private static long alone(EventStore store, int burst) throws Exception {
    long start = System.nanoTime();
    for (int i = 0; i < burst; i++) {
      store.append(i);
    }
    return System.nanoTime() - start;
  }

  /** From the moment at which all threads are ready until the last one is done. */
  private long together(ExecutorService pool, EventStore store, int burst) throws Exception {
    long[] start = new long[1];
    CyclicBarrier ready = new CyclicBarrier(threads, () -> start[0] = System.nanoTime());
    List<Callable<Long>> parts = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int from = (int) ((long) burst * thread / threads);
      int to = (int) ((long) burst * (thread + 1) / threads);
      parts.add(
          () -> {
            ready.await();
            for (int i = from; i < to; i++) {
              store.append(i);
            }
            return System.nanoTime();
          });
    }
    long end = Long.MIN_VALUE;
    for (Future<Long> part : pool.invokeAll(parts)) {
      end = Math.max(end, part.get());
    }
    return end - start[0];
  }
}
