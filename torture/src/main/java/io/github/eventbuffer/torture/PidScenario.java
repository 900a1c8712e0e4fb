package io.github.eventbuffer.torture;

import io.github.eventbuffer.torture.Violation.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Kill -9 and start again under the same pid, as in a container: whoever takes the pid in a lock
 * for its own, or for that of somebody who lives, is wedged for ever.
 */
final class PidScenario implements Scenario {
  private static final Duration WORST_OPEN = Duration.ofSeconds(1);
  private static final int SETTLE_EVERY = 25;

  @Override
  public String name() {
    return "pid";
  }

  @Override
  public String description() {
    return "kill -9 and restart as pid 1 each time, as in a container";
  }

  @Override
  public int shortDose() {
    return 8;
  }

  @Override
  public int longDose() {
    return 200;
  }

  @Override
  public @Nullable String obstacle() {
    List<String> command = new ArrayList<>(Child.SAME_PID);
    command.add("true");
    return Requirement.first(
        Requirement.linux(),
        Requirement.program("unshare", "util-linux"),
        Requirement.works(command, "needs the right to make a pid namespace (root)"));
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("pid");
    Judge judge = run.own(Judge.moody(run.random("judge"), 15, 499));
    Settings settings = run.settings("events", judge);
    Oracle oracle = run.oracle(Limits.of(settings));
    OpenTimes opens = new OpenTimes();
    Victim victim = new Victim(run, settings, judge, oracle, opens);
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      WriterProcess writer = victim.start(Child.SAME_PID, List.of());
      writer.awaitOpen();
      if (writer.pid() != 1) {
        oracle.violate(Rule.RUN, "the writer has pid " + writer.pid());
      }
      victim.appendAgain(writer);
      victim.append(writer, 1_000, 4, 100);
      Thread.sleep(random.nextInt(100));
      victim.kill(writer);
      if (cycle % SETTLE_EVERY == 0) {
        victim.settle();
      }
      run.done(cycle);
    }
    victim.finish();
    opens.judge(oracle, 100, WORST_OPEN);
    opens.report(run);
  }
}
