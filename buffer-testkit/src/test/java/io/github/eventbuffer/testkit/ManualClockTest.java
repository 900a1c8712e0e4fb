package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManualClockTest {

  private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long SECOND = 1_000_000_000L;

  private final ManualClock clock = new ManualClock(START);
  private final List<Thread> threads = new ArrayList<>();

  private Thread start(Runnable task) {
    Thread thread = new Thread(task, "clock-test");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  /** Sleeps on the clock as a flusher does, spurious wake-ups ignored. */
  private Runnable sleeper(long nanos, CountDownLatch awake) {
    return () -> {
      long deadline = clock.nanoTime() + nanos;
      for (long left = nanos; left > 0; left = deadline - clock.nanoTime()) {
        clock.park(left);
      }
      awake.countDown();
    };
  }

  @AfterEach
  void threadsEnd() throws InterruptedException {
    clock.advance(Duration.ofDays(1));
    for (Thread thread : threads) {
      thread.join(SOON.toMillis());
      assertFalse(thread.isAlive());
    }
  }

  @Test
  void advanceMovesBothTimes() {
    long before = clock.nanoTime();
    clock.advance(Duration.ofMinutes(90));
    assertEquals(Duration.ofMinutes(90).toNanos(), clock.nanoTime() - before);
    assertEquals(START.plusSeconds(5400), clock.now());
    assertThrows(IllegalArgumentException.class, () -> clock.advance(Duration.ofNanos(-1)));
  }

  @Test
  void monotonicTimeOverflowsOnTheWay() {
    long before = clock.nanoTime();
    clock.advance(Duration.ofMinutes(2));
    assertTrue(clock.nanoTime() < before);
    assertEquals(120 * SECOND, clock.nanoTime() - before);
  }

  @Test
  void stepMovesTheWallOnly() throws Exception {
    CountDownLatch awake = new CountDownLatch(1);
    start(sleeper(SECOND, awake));
    assertTrue(clock.awaitParked(1, SOON));
    long before = clock.nanoTime();
    clock.stepWall(Duration.ofDays(-365));
    clock.stepWall(Duration.ofHours(1));
    assertEquals(before, clock.nanoTime());
    assertEquals(START.minusSeconds(365 * 86_400L - 3600), clock.now());
    assertTrue(clock.awaitParked(1, Duration.ZERO));
    assertEquals(1, awake.getCount());
  }

  @Test
  void parkedThreadWakesAtItsDeadlineAndNotBefore() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    start(sleeper(5 * SECOND, first));
    start(sleeper(10 * SECOND, second));
    assertTrue(clock.awaitParked(2, SOON));
    clock.advance(Duration.ofNanos(5 * SECOND - 1));
    assertTrue(clock.awaitParked(2, Duration.ZERO));
    assertEquals(2, clock.parks());
    clock.advance(Duration.ofNanos(1));
    assertFalse(clock.awaitParked(2, Duration.ZERO));
    assertTrue(first.await(20, TimeUnit.SECONDS));
    assertEquals(1, second.getCount());
    clock.advance(Duration.ofSeconds(5));
    assertTrue(second.await(20, TimeUnit.SECONDS));
  }

  @Test
  void unparkWakesWithoutTime() throws Exception {
    CountDownLatch awake = new CountDownLatch(1);
    Thread thread =
        start(
            () -> {
              clock.park(Long.MAX_VALUE);
              awake.countDown();
            });
    assertTrue(clock.awaitParked(1, SOON));
    LockSupport.unpark(thread);
    assertTrue(awake.await(20, TimeUnit.SECONDS));
    assertFalse(clock.awaitParked(1, Duration.ZERO));
  }

  @Test
  void unparkBeforeParkIsNotLost() {
    LockSupport.unpark(Thread.currentThread());
    clock.park(Long.MAX_VALUE);
    assertEquals(1, clock.parks());
  }

  @Test
  void interruptWakes() {
    Thread.currentThread().interrupt();
    clock.park(Long.MAX_VALUE);
    assertTrue(Thread.interrupted());
  }

  @Test
  void nothingToWaitForDoesNotPark() {
    clock.park(0);
    clock.park(-1);
    assertEquals(0, clock.parks());
  }

  @Test
  void awaitParkedGivesUp() throws Exception {
    assertFalse(clock.awaitParked(1, Duration.ofMillis(20)));
    assertTrue(clock.awaitParked(0, Duration.ZERO));
  }

  /** Four threads and one that advances, in step: a lost wake-up would stop them all. */
  @Test
  void noWakeUpIsLostInManyRounds() throws Exception {
    int rounds = 5_000;
    AtomicInteger done = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      start(
          () -> {
            for (int round = 0; round < rounds; round++) {
              sleeper(SECOND, end).run();
              done.incrementAndGet();
            }
          });
    }
    for (int round = 0; round < rounds; round++) {
      assertTrue(clock.awaitParked(4, SOON));
      clock.advance(Duration.ofSeconds(1));
    }
    for (Thread thread : threads) {
      thread.join(SOON.toMillis());
    }
    assertEquals(4 * rounds, done.get());
  }

  /** The clock runs without waiting for anybody: whoever parks late waits for a later advance. */
  @Test
  void runningClockLeavesNobodyBehind() throws Exception {
    CountDownLatch awake = new CountDownLatch(4 * 500);
    for (int i = 0; i < 4; i++) {
      start(
          () -> {
            for (int round = 0; round < 500; round++) {
              sleeper(SECOND, awake).run();
            }
          });
    }
    while (awake.getCount() > 0) {
      clock.advance(Duration.ofMillis(10));
      Thread.onSpinWait();
    }
    assertTrue(awake.await(0, TimeUnit.SECONDS));
  }
}
