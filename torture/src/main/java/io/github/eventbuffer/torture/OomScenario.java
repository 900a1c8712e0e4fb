package io.github.eventbuffer.torture;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Everything runs out: the heap, again and again, under callers, flusher, preallocator and
 * transport; then descriptors, and then threads, one by one, at the open.
 */
final class OomScenario implements Scenario {
  private static final int THREADS = 4;
  private static final int EVENTS = 3_000;

  /** Long enough for a few dozen fills. */
  private static final int MILLIS = 3_000;

  private static final Duration DELIVERED = Duration.ofMinutes(1);
  private static final Duration HUNGER = Duration.ofMinutes(3);

  @Override
  public String name() {
    return "oom";
  }

  @Override
  public String description() {
    return "a heap that others fill to the last byte; too few descriptors, too few threads";
  }

  @Override
  public int shortDose() {
    return 1;
  }

  @Override
  public int longDose() {
    return 60;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.first(
        Requirement.linux(), Requirement.root(), Requirement.program("prlimit", "util-linux"));
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("oom");
    Judge judge = run.own(Judge.moody(run.random("judge"), 5, 499));
    Settings settings =
        run.settings("events", judge)
            .with(Setting.REQUEST_TIMEOUT_MILLIS, 3_000)
            .with(Setting.ATTEMPT_TIMEOUT_MILLIS, 10_000);
    // A full collection of the heap stops a thread for longer than an append may take.
    Oracle oracle = run.oracle(Limits.of(settings).anyAppend());
    oracle.cutAppends();
    OpenTimes opens = new OpenTimes();
    Victim victim = new Victim(run, settings, judge, oracle, opens);
    long failed = 0;
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      WriterProcess writer =
          victim.start(List.of(), List.of("-Xmx" + (24 + random.nextInt(24)) + "m"));
      writer.awaitOpen();
      victim.appendAgain(writer);
      // A service has been running for a while: a class that the JDK fails to initialize for want
      // of heap stays unusable for as long as the process lives.
      victim.append(writer, EVENTS, THREADS, 0);
      writer.join();
      victim.settle(writer);
      long attempts = writer.stats().getOrDefault("attempts", 0L);
      long first = victim.take(EVENTS);
      oracle.offered(first, EVENTS);
      writer.ask(
          "hunger " + first + " " + EVENTS + " " + THREADS + " " + random.nextLong() + " " + MILLIS,
          HUNGER);
      writer.flush(DELIVERED);
      // An answer that a client has no heap to read is an outcome that it does not know.
      long hungry = writer.stats().getOrDefault("attempts", 0L) - attempts;
      oracle.unknownOutcomes(1 + hungry / settings.number(Setting.MAX_IN_FLIGHT));
      // The heap is free: from here on all goes its usual way, in the same process.
      victim.settle(writer);
      failed += writer.answers().getOrDefault(Answer.FAILED, 0L);
      victim.exit(writer);
      run.done(cycle);
    }
    new Scarcity(run, victim).run();
    victim.finish();
    run.figure("failed", failed);
    opens.report(run);
  }
}
