package io.github.eventbuffer.http;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The threads of one transport, all of them daemons: up to four {@code event-buffer-http-N} that do
 * the work, and one {@code event-buffer-http-timer}. The timer is apart, so that an attempt ends in
 * time while every worker is stuck in a slow name look-up or in the application's key supplier.
 */
final class TransportThreads {
  private static final int WORKERS = 4;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor timer;

  /** Starts no thread yet. */
  TransportThreads() {
    AtomicInteger number = new AtomicInteger();
    workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            factory(() -> "event-buffer-http-" + number.incrementAndGet()));
    workers.allowCoreThreadTimeOut(true);
    timer = new ScheduledThreadPoolExecutor(1, factory(() -> "event-buffer-http-timer"));
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Runs the work of attempts. Throws {@link RejectedExecutionException} once closed. */
  Executor workers() {
    return workers;
  }

  /** Runs a short task later. Throws {@link RejectedExecutionException} once closed. */
  Future<?> after(long delayNanos, Runnable task) {
    return timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  /** Whether the calling thread is one that some transport started. */
  static boolean isOwn() {
    return Thread.currentThread() instanceof TransportThread;
  }

  /**
   * Takes no new work and waits for the threads to end. A thread is never interrupted: it may be
   * reading a batch, and an interrupt would close the channel of the file below it.
   *
   * <p>Called on one of these threads, it does not wait. Interrupted, it stops waiting and leaves
   * the interrupt set.
   */
  void close(long waitNanos) {
    workers.shutdown();
    timer.shutdown();
    if (isOwn()) {
      return;
    }
    try {
      long end = System.nanoTime() + waitNanos;
      if (workers.awaitTermination(waitNanos, TimeUnit.NANOSECONDS)) {
        timer.awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory factory(Supplier<String> name) {
    return task -> new TransportThread(task, name.get());
  }

  /** A type of its own, so that close can tell whether it would wait for itself. */
  private static final class TransportThread extends Thread {
    TransportThread(Runnable task, String name) {
      super(null, task, name, 0, false);
      setDaemon(true);
    }
  }
}
