package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.EventSourceResult.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A registration neither spins nor quickens the probes of a hold. */
class RegistrationPaceTest extends BufferTestCase {
  private static final EventSource SOURCE = EventSource.of(DESTINATION.eventSourceId());

  /** Tells of each sleep of the flusher, which is the only one that parks on it. */
  private static final class ParkingClock implements BufferClock {
    private final SteppedClock clock = new SteppedClock();
    private final BlockingQueue<Park> parks = new LinkedBlockingQueue<>();

    private record Park(long at, long nanos) {}

    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public long nanoTime() {
      return clock.nanoTime();
    }

    @Override
    public void park(long nanos) {
      parks.add(new Park(nanoTime(), nanos));
      clock.park(nanos);
    }

    /** The first sleep that begins at that time or later. */
    Park awaitPark(long from) throws InterruptedException {
      Park park = parks.poll(30, TimeUnit.SECONDS);
      while (park != null && park.at - from < 0) {
        park = parks.poll(30, TimeUnit.SECONDS);
      }
      return assertInstanceOf(Park.class, park, "the flusher does not sleep");
    }
  }

  /** Its deadline is over, and while it is paused nobody acts on that: no reason not to sleep. */
  @Test
  void aPauseDuringARegistrationCostsNothing() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    transport.registerLater(
        sources -> {
          asked.countDown();
          return new CompletableFuture<>();
        });
    ParkingClock clock = new ParkingClock();
    Duration timeout = Duration.ofSeconds(600);
    try (EventBuffer buffer =
        builder().eventSource(SOURCE).clock(clock).attemptTimeout(timeout).open()) {
      assertTrue(asked.await(30, TimeUnit.SECONDS));
      buffer.pause();
      clock.clock.pass(timeout.plusSeconds(1));
      // Some sleep may have been decided on before. Each pause wakes the flusher.
      for (int i = 0; i < 3; i++) {
        long from = clock.nanoTime();
        buffer.pause();
        long nanos = clock.awaitPark(from).nanos;
        assertTrue(nanos > TimeUnit.SECONDS.toNanos(1), nanos + " ns");
      }
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
