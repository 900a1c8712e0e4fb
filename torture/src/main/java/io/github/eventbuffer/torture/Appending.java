package io.github.eventbuffer.torture;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.UserMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that append a range of events and tell each answer, in this order: an answer is told only
 * after append has returned it. Even numbers go through the typed API, odd ones as JSON.
 */
final class Appending {
  private final EventBuffer buffer;
  private final Payload payload;
  private final int powerEvery;
  private final Tell.Pipe pipe;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean halted;

  /** {@code settings}: of the buffer. */
  Appending(EventBuffer buffer, Settings settings, Tell.Pipe pipe) {
    this.buffer = buffer;
    payload = settings.payload();
    powerEvery = settings.number(Setting.POWER_EVERY);
    this.pipe = pipe;
  }

  /**
   * Begins a range.
   *
   * @param pauseMicros between two appends of one thread
   * @param tries how often an event is appended until it is kept
   */
  void start(long first, long count, int threadCount, long pauseMicros, int tries) {
    AtomicLong next = new AtomicLong(first);
    for (int i = 0; i < threadCount; i++) {
      Thread thread =
          new Thread(() -> run(next, first + count, pauseMicros, tries), "appending-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void run(AtomicLong next, long end, long pauseMicros, int tries) {
    try {
      for (long n = next.getAndIncrement(); n < end && !halted; n = next.getAndIncrement()) {
        boolean kept = false;
        for (int i = 0; i < tries && !kept; i++) {
          kept = append(n);
        }
        if (pauseMicros > 0) {
          LockSupport.parkNanos(1_000 * pauseMicros);
        }
      }
    } catch (IllegalStateException e) {
      if (!halted) {
        pipe.text(Tell.TROUBLE, "append: " + e);
      }
    } catch (Throwable e) {
      pipe.text(Tell.TROUBLE, "append: " + e);
    }
  }

  private boolean append(long n) {
    boolean power = powerEvery > 0 && n % powerEvery == 0;
    ConversionEvent event = n % 2 == 0 || power ? event(payload, n) : null;
    byte[] json = event == null ? payload.json(n) : new byte[0];
    long start = System.nanoTime();
    AppendResult result;
    if (event == null) {
      result = buffer.appendJson(json);
    } else {
      result = power ? buffer.append(event, Durability.POWER) : buffer.append(event);
    }
    long nanos = System.nanoTime() - start;
    pipe.answered(n, Answer.valueOf(result.status().name()), nanos);
    return result.isKept();
  }

  /** Event n through the typed API. */
  static ConversionEvent event(Payload payload, long n) {
    return ConversionEvent.builder(Payload.id(n), EventType.of(Payload.type(n)), payload.time(n))
        .source(payload.url(n))
        .user(UserMatch.email(payload.email(n)))
        .customData(
            CustomData.builder()
                .value(payload.value(n), "USD")
                .orderId(payload.orderId(n))
                .contentIds(payload.contentIds(n)))
        .build();
  }

  /** No further append begins; nothing that a closed buffer throws is told. */
  void halt() {
    halted = true;
  }

  /** Waits until all threads have ended. */
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
  }
}
