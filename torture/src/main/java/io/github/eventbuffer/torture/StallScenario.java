package io.github.eventbuffer.torture;

import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Everything stands still for a while, the process or the disk under it, and goes on as if nothing
 * had been.
 */
final class StallScenario implements Scenario {
  private static final int LONG_DOSE = 15;
  private static final int THREADS = 4;
  private static final int EVENTS = 4_000;
  private static final int PAUSE_MICROS = 400;

  /** What close may take beyond its time-out: it waits two seconds for its threads. */
  private static final Duration CLOSE_SLACK = Duration.ofMillis(3_500);

  private static final Duration CLOSE = Duration.ofSeconds(1);

  private enum Kind {
    /** SIGSTOP and SIGCONT. */
    STOP,
    /** A frozen file system, while threads append. */
    DISK,
    /** A frozen file system, and a close meanwhile. */
    CLOSE,
    /** The freezer of a control group. */
    FREEZER,
    /** A hundredth of a processor. */
    QUOTA
  }

  @Override
  public String name() {
    return "stall";
  }

  @Override
  public String description() {
    return "SIGSTOP, a frozen disk, a frozen control group, hardly any processor";
  }

  @Override
  public int shortDose() {
    return Kind.values().length;
  }

  @Override
  public int longDose() {
    return LONG_DOSE;
  }

  @Override
  public @Nullable String obstacle() {
    return LoopDisk.obstacle();
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("stall");
    LoopDisk disk = run.own(new LoopDisk(run.directory().resolve("disk"), "96M"));
    Judge judge = run.own(Judge.moody(run.random("judge"), 5, 0));
    Settings settings =
        run.settings("events", judge)
            .with(Setting.DIRECTORY, disk.point().resolve("events"))
            .with(Setting.APPEND_TIMEOUT_MILLIS, 250);
    Oracle oracle = run.oracle(Limits.of(settings));
    OpenTimes opens = new OpenTimes();
    Victim victim = new Victim(run, settings, judge, oracle, opens);
    Stalls stalls = new Stalls(run, victim, disk);
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      Kind kind = Kind.values()[(cycle - 1) % Kind.values().length];
      int briefly = kind == Kind.DISK ? 3 : 1;
      int seconds = run.cycles() < LONG_DOSE ? briefly : 60 + random.nextInt(15);
      Duration stall = Duration.ofSeconds(seconds).plusMillis(random.nextInt(500));
      WriterProcess writer = victim.start();
      writer.awaitOpen();
      victim.appendAgain(writer);
      victim.append(writer, EVENTS, THREADS, PAUSE_MICROS);
      Thread.sleep(50 + random.nextInt(200));
      stand(stalls, kind, writer, stall);
      if (kind != Kind.CLOSE) {
        writer.join();
        victim.settle(writer);
      }
      victim.exit(writer);
      run.done(cycle);
    }
    victim.finish();
    stalls.report();
    opens.report(run);
  }

  private static void stand(Stalls stalls, Kind kind, WriterProcess writer, Duration stall)
      throws IOException, InterruptedException {
    switch (kind) {
      case STOP -> stalls.stop(writer, stall);
      case DISK -> stalls.disk(writer, stall);
      case FREEZER -> stalls.freezer(writer, stall);
      case QUOTA -> stalls.quota(writer, stall);
      case CLOSE -> {
        writer.ask("halt");
        writer.join();
        writer.ask("pause");
        Duration took = stalls.close(writer, CLOSE);
        if (took.compareTo(CLOSE.plus(CLOSE_SLACK)) > 0) {
          stalls.oracle().violate(Rule.LIVENESS, "close(" + CLOSE + ") took " + took);
        }
      }
    }
  }
}
