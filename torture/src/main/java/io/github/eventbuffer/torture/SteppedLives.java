package io.github.eventbuffer.torture;

import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventBufferListener;
import io.github.eventbuffer.RecoveryReport;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.torture.Violation.Rule;
import io.github.eventbuffer.torture.VirtualEndpoint.Reaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.Function;

/**
 * One directory through many opens on a virtual clock whose wall time steps: before an open, in the
 * middle of appends and rolls, during backoffs and holds. Not thread-safe.
 */
final class SteppedLives {
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration DRAINED = Duration.ofHours(2);
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final RetryPolicy POLICY =
      new RetryPolicy(
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10),
          Duration.ofMinutes(2));

  private final Run run;
  private final Random random;
  private final Settings settings;
  private final Oracle oracle;
  private final VirtualClock clock = new VirtualClock(START);
  private final WallSteps steps;
  private final KnownIds known;
  private final VirtualEndpoint endpoint;
  private final Moods moods;
  private long next;
  private long stepped;

  /**
   * Begins with an empty directory.
   *
   * @param name of the directory
   * @param steps what happens to the wall clock
   */
  SteppedLives(Run run, String name, WallSteps steps, Random random) {
    this.run = run;
    this.random = random;
    settings = Settings.of(run.directory().resolve(name), run.seed(), Judge.NOWHERE);
    oracle = run.oracle(Limits.of(settings));
    this.steps = steps;
    known =
        new KnownIds(
            settings.number(Setting.WINDOW_ENTRIES),
            Duration.ofSeconds(settings.number(Setting.WINDOW_SECONDS)));
    RetrySchedule schedule = new RetrySchedule(POLICY, oracle);
    endpoint = new VirtualEndpoint(clock, oracle, schedule, ATTEMPT_TIMEOUT);
    moods = new Moods(random);
  }

  long steps() {
    return stepped;
  }

  /** Opens, lives through some steps and closes; at the end of some lives all is delivered. */
  void live(boolean settles) throws Exception {
    step();
    // What a run sees of the wall clock it sees at its open.
    Instant opened = clock.now();
    Duration since = clock.elapsed();
    known.begin(opened);
    EventBuffer buffer = run.own(open());
    Caller caller = new Caller(buffer, oracle);
    appendAgain(caller);
    endpoint.script(script());
    // Short lives, so that the window reaches over many of them, and long ones, which roll.
    int mostAtOnce = random.nextInt(3) == 0 ? 400 : 20;
    for (int moment = 2 + random.nextInt(8); moment > 0; moment--) {
      for (int i = random.nextInt(mostAtOnce); i > 0; i--) {
        if (caller.append(next, Durability.PROCESS) == Answer.ACCEPTED) {
          known.accepted(next, opened.plus(clock.elapsed().minus(since)));
        }
        next++;
        if (random.nextInt(100) == 0) {
          step();
        }
      }
      clock.settle();
      endpoint.pass(clock.elapsed().plusMillis(1 + random.nextInt(120_000)));
      step();
      known.see(opened.plus(clock.elapsed().minus(since)));
      appendAgain(caller);
    }
    if (settles) {
      settle(caller);
    }
    buffer.health();
    buffer.close(Duration.ZERO);
    run.end(buffer);
    endpoint.restarted();
  }

  /** Every run ended by a close: whatever is found damaged is not. */
  private final EventBufferListener listener =
      new EventBufferListener() {
        @Override
        public void onRecovery(RecoveryReport found) {
          oracle.wrong("an open after a close found damage: " + found);
        }
      };

  private EventBuffer open() {
    long start = System.nanoTime();
    EventBuffer buffer =
        settings
            .buffer(endpoint)
            .retryPolicy(POLICY)
            .attemptTimeout(ATTEMPT_TIMEOUT)
            .clock(clock)
            .listener(listener)
            .open();
    oracle.opened(Duration.ofNanos(System.nanoTime() - start));
    return buffer;
  }

  private void step() {
    Instant right = START.plus(clock.elapsed());
    clock.stepTo(steps.next(right, clock.now()));
    stepped++;
  }

  private void appendAgain(Caller caller) {
    known.some(40, random).forEach(caller::appendAgain);
  }

  private Function<EventBatch, Reaction> script() {
    int percent = random.nextInt(3) * 40;
    return batch -> {
      if (random.nextInt(100) >= percent) {
        return moods.slow(batch);
      }
      return random.nextInt(4) == 0 ? Moods.unauthorized() : moods.unavailable();
    };
  }

  private void settle(Caller caller) throws Exception {
    endpoint.script(Reaction::taking);
    Duration give = clock.elapsed().plus(DRAINED);
    while (caller.stats().getOrDefault("pending", 1L) > 0 && clock.elapsed().compareTo(give) < 0) {
      endpoint.pass(clock.elapsed().plusSeconds(10));
      step();
    }
    if (caller.stats().getOrDefault("pending", 1L) > 0) {
      oracle.violate(Rule.LIVENESS, "not delivered within " + DRAINED + " of monotonic time");
    }
    caller.settle();
  }
}
