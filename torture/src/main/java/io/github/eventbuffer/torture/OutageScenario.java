package io.github.eventbuffer.torture;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Three days without an endpoint, and what they leave behind. */
final class OutageScenario implements Scenario {
  /** What a cycle adds to the backlog that is drained with a small heap. */
  private static final int BACKLOG_PER_CYCLE = 100_000;

  @Override
  public String name() {
    return "outage";
  }

  @Override
  public String description() {
    return "72 h without an endpoint on a virtual clock; a backlog drained with -Xmx64m";
  }

  @Override
  public int shortDose() {
    return 2;
  }

  @Override
  public int longDose() {
    return 100;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.linux();
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("outage");
    long attempts = 0;
    long jitter = 0;
    long growth = 0;
    long full = 0;
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      String name = "outage-" + cycle;
      ThreeDays outage = run.own(new ThreeDays(run, name, cycle % 2 == 0, random));
      outage.run();
      attempts += outage.attempts();
      jitter += outage.jitterPercent();
      growth = Math.max(growth, outage.heapGrowthBytes());
      full += outage.full();
      run.end(outage);
      DirectoryTree.delete(run.directory().resolve(name));
      run.done(cycle);
    }
    run.figure("attempts", attempts);
    run.figure("jitter_percent", jitter / run.cycles());
    run.figure("heap_growth_kb", growth >> 10);
    run.figure("full", full);
    new Backlog(run, BACKLOG_PER_CYCLE * run.cycles()).run();
  }
}
