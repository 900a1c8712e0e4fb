package io.github.eventbuffer.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Kill -9 while a buffer is being opened: in a directory that does not exist yet, in what is left
 * of that, and in what a full life left. After a few such births the buffer has to live.
 */
final class BirthScenario implements Scenario {
  private static final Duration WORST_OPEN = Duration.ofSeconds(3);
  private static final int MOST_BIRTHS = 4;
  private static final int WITHIN_MICROS = 150_000;

  @Override
  public String name() {
    return "birth";
  }

  @Override
  public String description() {
    return "kill -9 within the first 150 ms of open, creation included, again and again";
  }

  @Override
  public int shortDose() {
    return 20;
  }

  @Override
  public int longDose() {
    return 1_000;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.linux();
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("birth");
    Judge judge = run.own(Judge.moody(run.random("judge"), 15, 499));
    OpenTimes opens = new OpenTimes();
    Oracle times = run.oracle(Limits.of(run.settings("", judge)));
    int cycle = 0;
    for (int directory = 0; cycle < run.cycles(); directory++) {
      Settings settings = run.settings("birth-" + directory, judge);
      Oracle oracle = run.oracle(Limits.of(settings));
      Victim victim = new Victim(run, settings, judge, oracle, opens);
      if (random.nextBoolean()) {
        live(victim, random);
      }
      int births = Math.min(1 + random.nextInt(MOST_BIRTHS), run.cycles() - cycle);
      for (int birth = 0; birth < births; birth++) {
        WriterProcess writer = victim.start();
        writer.awaitOpening();
        LockSupport.parkNanos(1_000L * random.nextInt(WITHIN_MICROS));
        victim.kill(writer);
        run.done(++cycle);
      }
      if (cycle < run.cycles()) {
        live(victim, random);
        victim.settle();
      } else {
        victim.finish();
      }
      if (oracle.violations().isEmpty()) {
        DirectoryTree.delete(settings.directory());
      }
    }
    opens.judge(times, 100, WORST_OPEN);
    opens.report(run);
  }

  private static void live(Victim victim, Random random) throws IOException, InterruptedException {
    WriterProcess writer = victim.start();
    writer.awaitOpen();
    victim.appendAgain(writer);
    victim.append(writer, 300, 4, 0);
    Thread.sleep(random.nextInt(40));
    victim.kill(writer);
  }
}
