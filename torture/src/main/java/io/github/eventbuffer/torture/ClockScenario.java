package io.github.eventbuffer.torture;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock steps, to 1970, to 2047 and by anything in between, while the buffer appends,
 * rolls, backs off, and between two runs of it: on a virtual clock, and in a process of its own
 * whose clock is faked.
 */
final class ClockScenario implements Scenario {
  private static final int SETTLE_EVERY = 5;

  /** Lives on each virtual clock for each one of a real process. */
  private static final int VIRTUAL_LIVES = 5;

  private static final int THREADS = 3;

  @Override
  public String name() {
    return "clock";
  }

  @Override
  public String description() {
    return "steps of the wall clock, either way, across rolls, backoffs and restarts";
  }

  @Override
  public int shortDose() {
    return 2;
  }

  @Override
  public int longDose() {
    return 200;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.first(
        Requirement.linux(), Requirement.program("env", "coreutils"), FakeTime.obstacle());
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("clock");
    Random either = run.random("either");
    Random backward = run.random("backward");
    SteppedLives lives = new SteppedLives(run, "either", WallSteps.any(either), either);
    SteppedLives back = new SteppedLives(run, "back", WallSteps.back(backward), backward);
    Judge judge = run.own(Judge.moody(run.random("judge"), 15, 499));
    Settings settings = run.settings("events", judge);
    OpenTimes opens = new OpenTimes();
    Victim victim = new Victim(run, settings, judge, run.oracle(Limits.of(settings)), opens);
    FakeTime time = new FakeTime(run.directory().resolve("time"));
    Walls walls = new Walls(Duration.ofSeconds(settings.number(Setting.WINDOW_SECONDS)));
    WallSteps steps = WallSteps.any(random);
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      for (int life = 1; life <= VIRTUAL_LIVES; life++) {
        lives.live(life % SETTLE_EVERY == 0);
        back.live(life % SETTLE_EVERY == 0);
      }
      boolean last = cycle == run.cycles();
      live(victim, time, walls, last ? null : steps, random);
      run.done(cycle);
    }
    victim.finish();
    run.figure("steps", lives.steps() + back.steps() + walls.steps());
    opens.report(run);
  }

  /** One process; the last one has the right time, so that the next one must know its ids. */
  private static void live(
      Victim victim, FakeTime time, Walls walls, @Nullable WallSteps steps, Random random)
      throws IOException, InterruptedException {
    Instant now = Instant.now();
    Instant opened = steps == null ? now : steps.next(now, walls.last());
    time.set(opened);
    walls.opened(opened);
    WriterProcess writer = victim.start(time.command(), List.of());
    writer.awaitOpen();
    if (walls.newestAreKnown()) {
      victim.appendAgain(writer);
    }
    victim.append(writer, 3_000, THREADS, 200);
    for (int i = 0; steps != null && i < 4; i++) {
      Thread.sleep(20 + random.nextInt(150));
      walls.stepped();
      time.set(steps.next(Instant.now(), opened));
    }
    if (steps != null && random.nextInt(3) == 0) {
      victim.kill(writer);
      return;
    }
    writer.join();
    victim.settle(writer);
    victim.exit(writer);
  }

  /** What the runs saw of the wall clock at their opens. */
  private static final class Walls {
    /** A run appends far more events than are offered again, but it may be killed early. */
    private static final int RUNS = 3;

    private final Duration age;
    private final List<Instant> opened = new ArrayList<>();
    private long steps;

    Walls(Duration age) {
      this.age = age.minusHours(1);
    }

    void opened(Instant time) {
      opened.add(time);
      steps++;
    }

    void stepped() {
      steps++;
    }

    long steps() {
      return steps;
    }

    Instant last() {
      return opened.isEmpty() ? Instant.now() : opened.get(opened.size() - 1);
    }

    /** Whether no run since the newest events has seen them too old. */
    boolean newestAreKnown() {
      List<Instant> newest = opened.subList(Math.max(0, opened.size() - RUNS), opened.size());
      for (int i = 0; i < newest.size(); i++) {
        for (Instant later : newest.subList(i, newest.size())) {
          if (Duration.between(newest.get(i), later).compareTo(age) > 0) {
            return false;
          }
        }
      }
      return true;
    }
  }
}
