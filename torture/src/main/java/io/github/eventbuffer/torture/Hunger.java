package io.github.eventbuffer.torture;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.EventBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * In the writer's process: some threads fill the heap again and again, to the last byte, while
 * others append. Whoever allocates meanwhile, in whatever thread, meets OutOfMemoryError; what is
 * the campaign's own tries again, what is the library's must not throw.
 */
final class Hunger {
  private static final int HOGS = 2;

  /** Small ones fill the gaps that large ones leave. */
  private static final int LARGE = 64 << 10;

  private static final int SMALL = 256;

  private final EventBuffer buffer;
  private final Payload payload;
  private final Tell.Pipe pipe;
  private final @Nullable Object[] eaten = new @Nullable Object[HOGS];
  private volatile boolean over;
  private volatile boolean full;

  Hunger(EventBuffer buffer, Payload payload, Tell.Pipe pipe) {
    this.buffer = buffer;
    this.payload = payload;
    this.pipe = pipe;
  }

  /**
   * Appends the range, or as much of it as the time allows, while the heap is filled; returns when
   * the heap is free again.
   */
  void run(long first, long count, int threads, long seed, long millis)
      throws InterruptedException {
    long deadline = System.nanoTime() + 1_000_000 * millis;
    AtomicLong next = new AtomicLong(first);
    List<Thread> callers = new ArrayList<>();
    List<Thread> hogs = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      callers.add(started(() -> append(next, first + count, deadline), "hungry-" + i));
    }
    for (int i = 0; i < HOGS; i++) {
      int hog = i;
      hogs.add(started(() -> eat(hog, new Random(seed + hog)), "hog-" + i));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    over = true;
    for (Thread hog : hogs) {
      hog.join();
    }
  }

  private static Thread started(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void eat(int hog, Random random) {
    while (!over) {
      @Nullable Object @Nullable [] chain = null;
      int size = LARGE;
      while (!over) {
        try {
          // A list of its own making: each piece holds the one before.
          @Nullable Object[] piece = new @Nullable Object[size / 4];
          piece[0] = chain;
          chain = piece;
          // In a field, because a local that is not read again counts as dead.
          eaten[hog] = piece;
        } catch (OutOfMemoryError e) {
          if (size == SMALL) {
            break;
          }
          size = Math.max(SMALL, size / 16);
        }
      }
      full = true;
      LockSupport.parkNanos(random.nextInt(30_000_000));
      full = false;
      chain = null;
      eaten[hog] = null;
      LockSupport.parkNanos(random.nextInt(40_000_000));
    }
  }

  private void append(AtomicLong next, long end, long deadline) {
    for (long n = next.getAndIncrement();
        n < end && System.nanoTime() < deadline;
        n = next.getAndIncrement()) {
      one(n);
      LockSupport.parkNanos(100_000);
    }
  }

  private void one(long n) {
    ConversionEvent event = null;
    byte[] json = null;
    while (event == null || json == null) {
      try {
        json = payload.json(n);
        event = Appending.event(payload, n);
        pipe.prepare();
      } catch (OutOfMemoryError | IllegalStateException e) {
        // The latter from what reports a digest that could not be made.
        LockSupport.parkNanos(200_000);
      }
    }
    // Most of them are made while there is room, and appended when there is none.
    for (int i = 0; i < 200 && n % 3 != 0 && !full; i++) {
      LockSupport.parkNanos(200_000);
    }
    long start = System.nanoTime();
    Answer answer = null;
    try {
      AppendResult result = n % 2 == 0 ? buffer.append(event) : buffer.appendJson(json);
      answer = Answer.of(result.status());
    } catch (Throwable e) {
      tell(e);
    }
    if (answer != null) {
      pipe.answered(n, answer, System.nanoTime() - start);
    }
  }

  /** What append threw, as soon as there is room for saying it. */
  private void tell(Throwable thrown) {
    for (boolean told = false; !told; ) {
      try {
        StringBuilder text = new StringBuilder("append: ").append(thrown);
        for (StackTraceElement at : thrown.getStackTrace()) {
          text.append(" at ").append(at);
        }
        pipe.text(Tell.TROUBLE, text.toString());
        told = true;
      } catch (OutOfMemoryError e) {
        LockSupport.parkNanos(200_000);
      }
    }
  }
}
