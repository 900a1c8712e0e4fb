package io.github.eventbuffer.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventTransport;
import io.github.eventbuffer.FlushResult;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a buffer does with the delay that its transport asks for. */
@Timeout(60)
class PacedBufferTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-04-26T19:30:00Z"));
  private final Paced paced = new Paced();
  private final WatchedTransport transport = new WatchedTransport(paced);

  /** Asks for the delay that the test sets. */
  private static final class Paced implements EventTransport {
    volatile Supplier<Duration> delay = () -> Duration.ZERO;
    volatile DeliveryResult failure;
    final AtomicInteger asked = new AtomicInteger();
    final BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();

    @Override
    public Duration delay() {
      asked.incrementAndGet();
      return delay.get();
    }

    @Override
    public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
      DeliveryResult result = failure;
      sizes.add(batch.count());
      return CompletableFuture.completedFuture(
          result == null ? DeliveryResult.Delivered.all(batch.count()) : result);
    }

    @Override
    public void close() {}
  }

  private EventBuffer.Builder builder() {
    return EventBuffer.builder(directory.resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .segmentBytes(2 << 20)
        .flushInterval(Duration.ofSeconds(1))
        .clock(clock);
  }

  private static void append(EventBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(SampleEvents.numbered(i)));
    }
  }

  private void awaitDelay() throws InterruptedException {
    assertTrue(transport.delays.tryAcquire(30, TimeUnit.SECONDS));
    assertTrue(clock.awaitParked(1, LONG));
  }

  /** Lets time pass until a batch is sent; returns how many events it has. */
  private int nextSize() throws InterruptedException {
    Integer size = paced.sizes.poll();
    while (size == null) {
      clock.advance(Duration.ofSeconds(1));
      size = paced.sizes.poll(10, TimeUnit.MILLISECONDS);
    }
    return size;
  }

  /** Asks for what is left of a wait that begins now. */
  private void delayBy(Duration wait) {
    long over = clock.nanoTime() + wait.toNanos();
    paced.delay = () -> Duration.ofNanos(Math.max(0, over - clock.nanoTime()));
  }

  @Test
  void whileThereIsADelayNothingIsSentAndTheNextBatchFills() throws Exception {
    delayBy(Duration.ofSeconds(10));
    try (EventBuffer buffer = builder().maxBatchEvents(10).open()) {
      append(buffer, 0, 3);
      buffer.flush(Duration.ZERO);
      awaitDelay();
      int asked = paced.asked.get();
      append(buffer, 3, 9);
      clock.advance(Duration.ofMillis(9_999));
      assertTrue(clock.awaitParked(1, LONG));
      // A wake-up from before may have been left.
      assertTrue(paced.asked.get() <= asked + 1, "it did not sleep");
      assertTrue(paced.sizes.isEmpty());
      clock.advance(Duration.ofMillis(1));
      assertEquals(9, nextSize());
    }
  }

  @Test
  void aFullBatchWaitsUncutAndIsNoLargerForIt() throws Exception {
    paced.delay = () -> Duration.ofSeconds(10);
    try (EventBuffer buffer = builder().maxBatchEvents(10).maxInFlightBatches(1).open()) {
      append(buffer, 0, 10);
      awaitDelay();
      append(buffer, 10, 25);
      paced.delay = () -> Duration.ZERO;
      clock.advance(Duration.ofSeconds(10));
      assertEquals(10, nextSize());
      assertEquals(10, nextSize());
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(5, nextSize());
      assertEquals(25, buffer.stats().delivered());
    }
  }

  @Test
  void aRetryAndTheProbeOfResumeWaitToo() throws Exception {
    paced.failure = new DeliveryResult.Unavailable("down");
    try (EventBuffer buffer =
        builder()
            .retryPolicy(RetryPolicy.exponential(Duration.ofHours(1), Duration.ofHours(1)))
            .open()) {
      append(buffer, 0, 3);
      buffer.flush(Duration.ZERO);
      assertEquals(3, nextSize());
      paced.delay = () -> Duration.ofSeconds(20);
      buffer.resume();
      awaitDelay();
      assertTrue(paced.sizes.isEmpty());
      paced.failure = null;
      paced.delay = () -> Duration.ZERO;
      clock.advance(Duration.ofSeconds(20));
      assertEquals(3, nextSize());
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void flushAndCloseKeepTheirOwnTimeLimits() throws Exception {
    paced.delay = () -> Duration.ofHours(1);
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 3);
      buffer.flush(Duration.ZERO);
      awaitDelay();
      FlushResult flushed = buffer.flush(Duration.ofMillis(1));
      assertFalse(flushed.complete());
      assertEquals("the endpoint limits the rate of requests", flushed.reason());
      assertEquals(3, buffer.close(Duration.ofMillis(1)).pending());
    }
    assertTrue(paced.sizes.isEmpty());
    paced.delay = () -> Duration.ZERO;
    try (EventBuffer buffer = builder().open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(3, buffer.stats().delivered());
    }
  }

  @Test
  void aDelayBeyondAllTimeIsADelay() throws Exception {
    paced.delay = () -> Duration.ofSeconds(Long.MAX_VALUE);
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 3);
      buffer.flush(Duration.ZERO);
      awaitDelay();
      assertTrue(paced.sizes.isEmpty());
      paced.delay = () -> Duration.ZERO;
      clock.advance(Duration.ofHours(1));
      assertEquals(3, nextSize());
    }
  }

  static List<Supplier<Duration>> brokenDelays() {
    return List.of(
        () -> null,
        () -> Duration.ofNanos(-1),
        () -> {
          throw new IllegalStateException("made by the test");
        },
        () -> {
          throw new StackOverflowError("made by the test");
        });
  }

  @ParameterizedTest
  @MethodSource("brokenDelays")
  void aTransportThatCannotTellItsDelayIsUsedWithoutOne(Supplier<Duration> broken) {
    paced.delay = broken;
    try (EventBuffer buffer = builder().transport(paced).open()) {
      append(buffer, 0, 3);
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void whatIsUnderWayIsSettledDuringADelay() throws Exception {
    BlockingQueue<CompletableFuture<DeliveryResult>> answers = new LinkedBlockingQueue<>();
    EventTransport slow =
        new EventTransport() {
          @Override
          public Duration delay() {
            return paced.delay();
          }

          @Override
          public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
            CompletableFuture<DeliveryResult> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
          }

          @Override
          public void close() {}
        };
    WatchedTransport watched = new WatchedTransport(slow);
    try (EventBuffer buffer = builder().transport(watched).open()) {
      append(buffer, 0, 3);
      buffer.flush(Duration.ZERO);
      CompletableFuture<DeliveryResult> answer = answers.take();
      paced.delay = () -> Duration.ofSeconds(50);
      append(buffer, 3, 5);
      buffer.flush(Duration.ZERO);
      assertTrue(watched.delays.tryAcquire(30, TimeUnit.SECONDS));
      answer.complete(DeliveryResult.Delivered.all(3));
      while (buffer.stats().delivered() < 3) {
        Thread.onSpinWait();
      }
      assertEquals(0, answers.size());
      buffer.close(Duration.ZERO);
    }
  }
}
