package io.github.eventbuffer.torture;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Power cuts: the writer's file system lies in a file of another one that clones files in an
 * instant. A clone is what a disk holds when the power fails: all that was written to it, nothing
 * of what was still in memory. A disk that loses what it said to have flushed is not in here.
 */
final class PowerScenario implements Scenario {
  /** So many cuts of one writer's life, from before it has a directory. */
  private static final int CUTS_OF_A_LIFE = 20;

  @Override
  public String name() {
    return "power";
  }

  @Override
  public String description() {
    return "power cuts, by clones of the disk of a writer that goes on";
  }

  @Override
  public int shortDose() {
    return 60;
  }

  @Override
  public int longDose() {
    return 2_000;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.first(
        Mounts.obstacle(), Requirement.program("mkfs.xfs", "xfsprogs"), Requirement.linux());
  }

  @Override
  public void run(Run run) throws Exception {
    Path cloning = run.directory().resolve("cloning");
    Path image = Mounts.xfsImage(run.directory().resolve("xfs.img"), "1200M");
    run.own(Mounts.loop(image, cloning));
    Random random = run.random("power");
    PowerCuts power = new PowerCuts(run, cloning);
    List<PowerCuts.Promise> promises = List.of(PowerCuts.Promise.values());
    int done = 0;
    for (int life = 0; done < run.cycles(); life++) {
      int cuts = Math.min(CUTS_OF_A_LIFE, run.cycles() - done);
      PowerCuts.Promise promise = promises.get(life % promises.size());
      power.live(promise, cuts, random, done);
      done += cuts;
    }
    power.report();
  }
}
