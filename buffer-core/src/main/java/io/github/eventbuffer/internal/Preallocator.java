package io.github.eventbuffer.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A thread that keeps the next segment ready, so that no append waits for a disk to allocate it.
 *
 * <p>When an attempt fails, for want of space or otherwise, it tries again by itself: soon while an
 * append was refused meanwhile, seldom else.
 */
final class Preallocator implements AutoCloseable {
  /** An append that was refused shall be accepted within 100 ms after space is back. */
  private static final long EAGER_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What to do; returns whether it succeeded. What it throws counts as a failure. */
  interface Work {
    boolean run();
  }

  private final Work work;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private long requests;
  private long served;
  private boolean eager;
  private boolean closed;

  Preallocator(String name, Work work) {
    this.work = work;
    thread = new Thread(this::loop, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** A segment is wanted; {@code nowEager} when an append waits for it or was refused. */
  void request(boolean nowEager) {
    lock.lock();
    try {
      requests++;
      eager |= nowEager;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    boolean more = true;
    while (more) {
      try {
        more = turn();
      } catch (Throwable e) {
        // The heap may be full, even for telling of it; the thread must live on all the same.
        LockSupport.parkNanos(EAGER_NANOS);
      }
    }
  }

  /** Serves one request; false when there will be none. */
  private boolean turn() {
    long request = next();
    if (request > 0) {
      if (work.run()) {
        // A request that came meanwhile may be for something that this work did not see.
        served(request);
      } else {
        pause();
      }
    }
    return request > 0;
  }

  /** Waits for a request that is not served; 0 when there will be none. */
  private long next() {
    lock.lock();
    try {
      while (requests == served && !closed) {
        // Not for ever: where the stack of whoever signals ends, the signal is lost.
        Uninterruptibly.await(changed, System.nanoTime() + IDLE_NANOS);
      }
      return closed ? 0 : requests;
    } finally {
      lock.unlock();
    }
  }

  private void served(long request) {
    lock.lock();
    try {
      served = request;
      eager &= requests != served;
    } finally {
      lock.unlock();
    }
  }

  /** However many appends are refused meanwhile, a full disk is not tried more often than this. */
  private void pause() {
    long start = System.nanoTime();
    lock.lock();
    try {
      awaitUntil(start + EAGER_NANOS, false);
      awaitUntil(start + IDLE_NANOS, true);
      eager = false;
    } finally {
      lock.unlock();
    }
  }

  private void awaitUntil(long deadlineNanos, boolean endedByEager) {
    while (!closed && !(endedByEager && eager)) {
      if (!Uninterruptibly.await(changed, deadlineNanos)) {
        return;
      }
    }
  }

  /** Ends the thread; waits for a segment that is being written. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Uninterruptibly.join(thread);
  }
}
