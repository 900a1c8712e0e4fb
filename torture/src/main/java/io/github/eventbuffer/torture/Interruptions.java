package io.github.eventbuffer.torture;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that interrupts others without end: the ones that it is given, and the buffer's flusher,
 * preallocators and whoever else bears its name, the transport's excepted.
 */
final class Interruptions implements AutoCloseable {
  private static final String OURS = "event-buffer-";
  private static final String TRANSPORT = "event-buffer-http";

  /** Looking for threads by name stops them all for a moment. */
  private static final int LOOK_EVERY = 200;

  private final List<Target> targets = new CopyOnWriteArrayList<>();
  private final AtomicLong count = new AtomicLong();
  private final Random random;
  private final Thread thread = new Thread(this::run, "interruptions");
  private volatile boolean closed;

  /** One that is interrupted, and how often that began and was done. */
  static final class Target {
    final AtomicLong begun = new AtomicLong();
    final AtomicLong done = new AtomicLong();
    private final Thread thread;

    Target(Thread thread) {
      this.thread = thread;
    }

    private void interrupt() {
      begun.incrementAndGet();
      thread.interrupt();
      done.incrementAndGet();
    }
  }

  Interruptions(long seed) {
    random = new Random(seed);
    thread.setDaemon(true);
    thread.start();
  }

  Target add(Thread interrupted) {
    Target target = new Target(interrupted);
    targets.add(target);
    return target;
  }

  void remove(Target target) {
    targets.remove(target);
  }

  long count() {
    return count.get();
  }

  private void run() {
    List<Thread> buffers = List.of();
    for (int i = 0; !closed; i++) {
      if (i % LOOK_EVERY == 0) {
        buffers =
            Thread.getAllStackTraces().keySet().stream()
                .filter(one -> one.getName().startsWith(OURS))
                .filter(one -> !one.getName().startsWith(TRANSPORT))
                .toList();
      }
      if (!buffers.isEmpty()) {
        buffers.get(random.nextInt(buffers.size())).interrupt();
        count.incrementAndGet();
      }
      for (Target target : targets) {
        if (random.nextInt(4) == 0) {
          target.interrupt();
          count.incrementAndGet();
        }
      }
      LockSupport.parkNanos(random.nextInt(200_000));
    }
  }

  @Override
  public void close() {
    closed = true;
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
}
