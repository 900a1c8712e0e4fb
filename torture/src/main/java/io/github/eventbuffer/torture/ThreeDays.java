package io.github.eventbuffer.torture;

import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.torture.Violation.Rule;
import io.github.eventbuffer.torture.VirtualEndpoint.Reaction;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/**
 * One outage of three days on a virtual clock, with the default retry policy: the endpoint is up
 * for half an hour, then down in all the ways there are, an hour of refused authorization included,
 * and up again. Events come at a steady rate all the time. Not thread-safe.
 */
final class ThreeDays implements AutoCloseable {
  private static final Duration BEFORE = Duration.ofMinutes(30);
  private static final Duration OUTAGE = Duration.ofDays(3);
  private static final Duration TICK = Duration.ofMinutes(1);

  /** The longest wait that a wish of the endpoint may bring, and then some for the backlog. */
  private static final Duration DRAINED = Duration.ofHours(1).plusMinutes(1);

  private static final Duration ATTEMPT_TIMEOUT = Duration.ofMinutes(2);
  private static final int EVENTS_PER_TICK = 4;

  /** What the heap may grow by between the twelfth hour of it and any later one. */
  private static final long FLAT_BYTES = 2 << 20;

  private final Path directory;
  private final long maxDiskBytes;
  private final Oracle oracle;
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-20T08:00:00Z"));
  private final RetrySchedule schedule;
  private final VirtualEndpoint endpoint;
  private final EventBuffer buffer;
  private final Caller caller;
  private final Moods moods;
  private final Duration unauthorizedFrom;
  private long next;
  private Duration nextTick = Duration.ZERO;
  private long heapBefore;
  private long heapGrowth;

  /**
   * Opens a buffer in a directory of its own.
   *
   * @param tight whether the buffer's share of the disk is too small for so long an outage
   */
  ThreeDays(Run run, String name, boolean tight, Random random) {
    Settings settings =
        Settings.of(run.directory().resolve(name), run.seed(), Judge.NOWHERE)
            .with(Setting.FLUSH_INTERVAL_MILLIS, 5_000)
            .with(Setting.MAX_DISK_BYTES, tight ? 10 << 20 : 1 << 30);
    directory = settings.directory();
    maxDiskBytes = settings.longNumber(Setting.MAX_DISK_BYTES);
    oracle = run.oracle(Limits.of(settings));
    schedule = new RetrySchedule(RetryPolicy.DEFAULT, oracle);
    endpoint = new VirtualEndpoint(clock, oracle, schedule, ATTEMPT_TIMEOUT);
    moods = new Moods(random);
    unauthorizedFrom = BEFORE.plusMinutes(60 + random.nextInt(70 * 60));
    buffer =
        settings
            .buffer(endpoint)
            .retryPolicy(RetryPolicy.DEFAULT)
            .attemptTimeout(ATTEMPT_TIMEOUT)
            .clock(clock)
            .open();
    caller = new Caller(buffer, oracle);
  }

  /** Goes through all of it and judges. */
  void run() throws Exception {
    endpoint.script(this::react);
    Duration end = BEFORE.plus(OUTAGE);
    for (Duration to = Duration.ofHours(1); to.compareTo(end) <= 0; to = to.plusHours(1)) {
      goOn(to);
      lookAtDisk();
      if (to.toHours() % 12 == 0) {
        lookAtHeap();
      }
    }
    goOn(end);
    recover(end);
    schedule.judgeJitter();
    caller.settle();
    oracle.leftOver("bytes of heap at the end", FLAT_BYTES, heapGrowth);
  }

  private Reaction react(EventBatch batch) {
    Duration now = clock.elapsed();
    if (now.compareTo(BEFORE) < 0 || now.compareTo(BEFORE.plus(OUTAGE)) >= 0) {
      return moods.slow(batch);
    }
    boolean unauthorized =
        now.compareTo(unauthorizedFrom) >= 0 && now.compareTo(unauthorizedFrom.plusHours(1)) < 0;
    return unauthorized ? Moods.unauthorized() : moods.unavailable();
  }

  /** Lets time pass, with the events that come meanwhile. */
  private void goOn(Duration to) throws InterruptedException {
    while (clock.elapsed().compareTo(to) < 0) {
      if (clock.elapsed().compareTo(nextTick) >= 0) {
        for (int i = 0; i < EVENTS_PER_TICK; i++) {
          caller.append(next++, Durability.PROCESS);
        }
        nextTick = nextTick.plus(TICK);
        clock.settle();
      }
      endpoint.pass(nextTick.compareTo(to) < 0 ? nextTick : to);
    }
  }

  private void recover(Duration end) throws Exception {
    Duration give = end.plus(DRAINED);
    while (!oracle.missing().isEmpty() && clock.elapsed().compareTo(give) < 0) {
      // Not by whole ticks: what a tick has only just brought is still on its way.
      goOn(clock.elapsed().plus(TICK.dividedBy(2)));
    }
    if (!oracle.missing().isEmpty()) {
      oracle.violate(Rule.LIVENESS, "not delivered " + DRAINED + " after the outage's end");
    }
    // Whatever was full has room again, soon in the machine's own time.
    long fresh = next++;
    long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    while (caller.append(fresh, Durability.PROCESS) == Answer.FULL
        && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    clock.settle();
    nextTick = clock.elapsed().plusHours(1);
    goOn(clock.elapsed().plusSeconds(10));
    if (!oracle.isStored(fresh)) {
      oracle.violate(Rule.LIVENESS, "a fresh event did not arrive within 10 virtual seconds");
    }
  }

  private void lookAtDisk() throws Exception {
    long bytes = DirectoryTree.bytes(directory);
    oracle.leftOver("bytes on disk", maxDiskBytes, bytes);
  }

  private void lookAtHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    if (heapBefore == 0) {
      heapBefore = used;
    } else {
      heapGrowth = Math.max(heapGrowth, used - heapBefore);
    }
  }

  long attempts() {
    return schedule.attempts();
  }

  long jitterPercent() {
    return schedule.jitterPercent();
  }

  long heapGrowthBytes() {
    return heapGrowth;
  }

  long full() {
    return caller.answered(Answer.FULL);
  }

  @Override
  public void close() {
    buffer.close(Duration.ZERO);
  }
}
