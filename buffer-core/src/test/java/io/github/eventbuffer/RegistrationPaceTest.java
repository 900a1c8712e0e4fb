package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.EventSourceResult.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A registration neither spins nor quickens the probes of a hold. */
class RegistrationPaceTest extends BufferTestCase {
  private static final EventSource SOURCE = EventSource.of(DESTINATION.eventSourceId());

  private static final class Counted implements BufferClock {
    final FastClock clock = new FastClock();
    final AtomicLong asked = new AtomicLong();

    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public long nanoTime() {
      asked.incrementAndGet();
      return clock.nanoTime();
    }

    @Override
    public void park(long nanos) {
      clock.park(nanos);
    }
  }

  /**
   * The deadline of the registration is over, nobody looks at it, and the flusher does not sleep.
   */
  @Test
  void aPauseDuringARegistrationCostsNothing() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    transport.registerLater(
        sources -> {
          asked.countDown();
          return new CompletableFuture<>();
        });
    Counted clock = new Counted();
    try (EventBuffer buffer =
        builder().eventSource(SOURCE).clock(clock).attemptTimeout(Duration.ofSeconds(600)).open()) {
      assertTrue(asked.await(30, TimeUnit.SECONDS));
      buffer.pause();
      Thread.sleep(1_500);
      long before = clock.asked.get();
      Thread.sleep(500);
      long turns = clock.asked.get() - before;
      assertTrue(turns < 1_000, turns + " looks at the clock in 0.5 s");
    }
  }

  @Test
  void probesOfAHoldBecomeRarerWithASourceToo() throws Exception {
    transport.registerLater(
        sources ->
            CompletableFuture.completedFuture(
                List.of(new EventSourceResult(SOURCE.eventSourceId(), Action.UNCHANGED, null))));
    FastClock clock = new FastClock();
    List<Long> times = new java.util.concurrent.CopyOnWriteArrayList<>();
    CountDownLatch seen = new CountDownLatch(8);
    transport.answer(
        attempt -> {
          times.add(clock.nanoTime());
          seen.countDown();
          return new Held("HTTP 404 NOT_FOUND", true);
        });
    try (EventBuffer buffer = builder().eventSource(SOURCE).clock(clock).open()) {
      append(buffer, 0, 10);
      assertTrue(seen.await(60, TimeUnit.SECONDS));
      long minutes = TimeUnit.NANOSECONDS.toMinutes(times.get(7) - times.get(6));
      assertTrue(minutes >= 10, "the 8th attempt came " + minutes + " min after the 7th");
    }
  }
}
