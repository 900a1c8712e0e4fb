package io.github.eventbuffer.torture;

import io.github.eventbuffer.testkit.FakeEndpoint.OnViolation;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Kill -9 at a random moment of a writer's life, and again, on one directory. */
final class KillScenario implements Scenario {
  private final String name;
  private final String description;
  private final int shortDose;
  private final int longDose;
  private final int deadEvery;
  private final OnViolation onViolation;

  /** The endpoint names the events that it refuses, and takes the others. */
  static KillScenario kill() {
    return new KillScenario(
        "kill",
        "kill -9 in steady state, at a roll, in close and in recovery",
        24,
        1_000,
        499,
        OnViolation.PARTIAL_FAILURES);
  }

  /** It refuses the whole call for one bad event, and does not say for which. */
  static KillScenario search() {
    return new KillScenario(
        "search",
        "the same while the endpoint refuses whole batches for an event that it does not name",
        12,
        500,
        97,
        OnViolation.FAIL_CALL_WITHOUT_ISSUES);
  }

  private KillScenario(
      String name,
      String description,
      int shortDose,
      int longDose,
      int deadEvery,
      OnViolation onViolation) {
    this.name = name;
    this.description = description;
    this.shortDose = shortDose;
    this.longDose = longDose;
    this.deadEvery = deadEvery;
    this.onViolation = onViolation;
  }

  /** So often everything is delivered and compared in between. */
  private static final int SETTLE_EVERY = 25;

  private static final Duration WORST_OPEN = Duration.ofSeconds(3);
  private static final int THREADS = 4;

  /** What the writer is doing when the kill strikes. */
  private enum Moment {
    /** Appends and deliveries at a moderate rate. */
    STEADY,
    /** Appends as fast as they go, so that segments roll. */
    ROLLING,
    /** In the middle of a close. */
    CLOSING,
    /** While it opens what the last kill left, or right behind that. */
    RECOVERING
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public int shortDose() {
    return shortDose;
  }

  @Override
  public int longDose() {
    return longDose;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.linux();
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random(name);
    Judge judge = run.own(Judge.moody(run.random("judge"), 15, deadEvery, onViolation));
    Settings settings = run.settings("events", judge);
    OpenTimes opens = new OpenTimes();
    Victim victim = new Victim(run, settings, judge, run.oracle(Limits.of(settings)), opens);
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      strike(victim, Moment.values()[random.nextInt(Moment.values().length)], random);
      if (cycle % SETTLE_EVERY == 0) {
        victim.settle();
      }
      run.done(cycle);
    }
    victim.finish();
    opens.judge(victim.oracle(), 100, WORST_OPEN);
    opens.report(run);
  }

  private static void strike(Victim victim, Moment moment, Random random)
      throws IOException, InterruptedException {
    WriterProcess writer = victim.start();
    if (moment == Moment.RECOVERING) {
      writer.awaitOpening();
      Thread.sleep(random.nextInt(120));
      victim.kill(writer);
      return;
    }
    writer.awaitOpen();
    victim.appendAgain(writer);
    switch (moment) {
      case STEADY -> {
        victim.append(writer, 4_000, THREADS, 100);
        Thread.sleep(20 + random.nextInt(280));
      }
      case ROLLING -> {
        victim.append(writer, 6_000, THREADS, 0);
        Thread.sleep(5 + random.nextInt(100));
      }
      default -> {
        victim.append(writer, 2_000, THREADS, 0);
        Thread.sleep(random.nextInt(50));
        writer.tell("close 1000");
        Thread.sleep(random.nextInt(80));
      }
    }
    victim.kill(writer);
  }
}
