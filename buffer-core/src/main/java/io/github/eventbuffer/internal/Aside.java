package io.github.eventbuffer.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Work of an open that need not wait for the rest of it: on a thread of its own that ends with it.
 * Not in a common pool: whoever opens a buffer must not wait for what others have queued there.
 */
final class Aside {
  private Aside() {}

  static <T> CompletableFuture<T> begin(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, Aside::start);
  }

  /** Waits for the work, without interruption, and throws what it threw. */
  static <T> T join(CompletableFuture<T> work) {
    try {
      return work.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "event-buffer-open");
    thread.setDaemon(true);
    thread.start();
  }
}
