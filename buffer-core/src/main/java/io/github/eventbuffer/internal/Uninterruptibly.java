package io.github.eventbuffer.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Timed waits that keep the caller's interrupt for the caller. */
final class Uninterruptibly {
  private Uninterruptibly() {}

  /** Whether the lock was had before {@code deadlineNanos} of {@link System#nanoTime()}. */
  static boolean tryLock(Lock lock, long deadlineNanos) {
    return until(deadlineNanos, left -> lock.tryLock(left, TimeUnit.NANOSECONDS));
  }

  /** Whether the condition was signalled (or woke for no reason) before the deadline. */
  @SuppressWarnings("WaitNotInLoop") // the caller loops
  static boolean await(Condition condition, long deadlineNanos) {
    return until(deadlineNanos, left -> condition.awaitNanos(left) > 0);
  }

  /** Whether the thread ended before the deadline. */
  static boolean join(Thread thread, long deadlineNanos) {
    return until(
        deadlineNanos,
        left -> {
          TimeUnit.NANOSECONDS.timedJoin(thread, left);
          return !thread.isAlive();
        });
  }

  /**
   * Until the thread has ended. Takes no memory: who frees a directory then must not do so earlier.
   */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is called without a pending interrupt. */
  interface Task<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Calls with the interrupt put aside: files that are opened on the way as channels would be
   * closed by it.
   */
  static <T, E extends Exception> T call(Task<T, E> task) throws E {
    boolean interrupted = Thread.interrupted();
    try {
      return task.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Wait {
    boolean forNanos(long nanos) throws InterruptedException;
  }

  private static boolean until(long deadlineNanos, Wait wait) {
    boolean interrupted = false;
    try {
      while (true) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          return wait.forNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
