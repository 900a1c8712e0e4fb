package io.github.eventbuffer.torture;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint in virtual time: stores or does not, answers now, later or never, and hands what it
 * stored to the oracle and each attempt to the schedule. Thread-safe.
 */
final class VirtualEndpoint implements EventTransport {

  /**
   * What it does with an attempt.
   *
   * @param result the answer, or null for none at all
   * @param after how long it takes
   * @param stores whether it keeps the events
   */
  record Reaction(@Nullable DeliveryResult result, Duration after, boolean stores) {

    /** No answer comes at once: attempts that are made together know nothing of each other. */
    private static final Duration LEAST = Duration.ofMillis(1);

    static Reaction taking(EventBatch batch) {
      return new Reaction(Delivered.all(batch.count()), LEAST, true);
    }

    static Reaction of(DeliveryResult result) {
      return new Reaction(result, LEAST, false);
    }
  }

  private record Pending(
      Duration due, CompletableFuture<DeliveryResult> future, Reaction reaction) {}

  private final VirtualClock clock;
  private final Oracle oracle;
  private final RetrySchedule schedule;
  private final Duration attemptTimeout;
  private final List<Pending> pending = new ArrayList<>();
  private Function<EventBatch, Reaction> script = Reaction::taking;

  /**
   * Makes one without faults.
   *
   * @param attemptTimeout the buffer's, which ends attempts that are never answered
   */
  VirtualEndpoint(
      VirtualClock clock, Oracle oracle, RetrySchedule schedule, Duration attemptTimeout) {
    this.clock = clock;
    this.oracle = oracle;
    this.schedule = schedule;
    this.attemptTimeout = attemptTimeout;
  }

  /** From now on; called with one attempt at a time. */
  synchronized void script(Function<EventBatch, Reaction> reactions) {
    script = reactions;
  }

  @Override
  public synchronized CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    Duration now = clock.elapsed();
    giveUpSilent(now);
    schedule.attempted(now);
    Reaction reaction = script.apply(batch);
    if (reaction.stores) {
      store(batch);
      if (!(reaction.result instanceof Delivered)) {
        oracle.unknownOutcomes(1);
      }
    }
    CompletableFuture<DeliveryResult> future = new CompletableFuture<>();
    Duration due = now.plus(reaction.result == null ? attemptTimeout : reaction.after);
    pending.add(new Pending(due, future, reaction));
    return future;
  }

  private void store(EventBatch batch) {
    try {
      for (String event : EventArray.read(batch)) {
        oracle.stored(Judge.idOf(event), event, 1);
      }
    } catch (IOException e) {
      oracle.wrong("a batch cannot be read: " + e);
    }
  }

  /** Lets time pass, from one thing that the buffer or the endpoint does to the next. */
  void pass(Duration to) throws InterruptedException {
    while (true) {
      if (answerDue()) {
        clock.settle();
      }
      Duration now = clock.elapsed();
      if (now.compareTo(to) >= 0) {
        return;
      }
      clock.advance(least(to.minus(now), clock.untilWake(), untilAnswer()));
    }
  }

  private static Duration least(Duration... durations) {
    return Collections.min(List.of(durations));
  }

  private synchronized Duration untilAnswer() {
    Duration now = clock.elapsed();
    return pending.stream()
        .map(attempt -> attempt.due.minus(now))
        .min(Duration::compareTo)
        .orElse(ChronoUnit.FOREVER.getDuration());
  }

  /** Gives the answers that are due; whether there were any. */
  private synchronized boolean answerDue() {
    Duration now = clock.elapsed();
    giveUpSilent(now);
    boolean any = false;
    for (Pending attempt : List.copyOf(pending)) {
      if (attempt.due.compareTo(now) <= 0) {
        pending.remove(attempt);
        answer(attempt, now);
        any = true;
      }
    }
    return any;
  }

  private void answer(Pending attempt, Duration now) {
    DeliveryResult result = attempt.reaction.result;
    if (result != null) {
      schedule.answered(now, result);
      attempt.future.complete(result);
    }
  }

  /** The buffer gives these up by itself, at this very moment. */
  private void giveUpSilent(Duration now) {
    for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
      Pending attempt = all.next();
      if (attempt.reaction.result == null && attempt.due.compareTo(now) <= 0) {
        all.remove();
        schedule.answered(now, new Unavailable("silence"));
      }
    }
  }

  /** The buffer was closed: what it was not told it does not know. */
  synchronized void restarted() {
    for (Pending attempt : pending) {
      if (attempt.reaction.stores && attempt.reaction.result instanceof Delivered) {
        oracle.unknownOutcomes(1);
      }
    }
    pending.clear();
    schedule.restarted();
  }

  @Override
  public void close() {}
}
