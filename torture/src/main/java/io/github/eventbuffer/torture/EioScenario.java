package io.github.eventbuffer.torture;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Disks that fail to write, at once or late, and disks that fail to read. */
final class EioScenario implements Scenario {

  @Override
  public String name() {
    return "eio";
  }

  @Override
  public String description() {
    return "writes that fail late, file systems shut down, sectors that cannot be read";
  }

  @Override
  public int shortDose() {
    return 5;
  }

  @Override
  public int longDose() {
    return 100;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.first(
        Requirement.linux(),
        Mounts.obstacle(),
        Requirement.program("mkfs.xfs", "xfsprogs"),
        Requirement.program("xfs_io", "xfsprogs"),
        BadSectorDisk.obstacle());
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("eio");
    DyingDisk dying = new DyingDisk(run, random);
    SickBacklog sick = new SickBacklog(run, random);
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      switch (cycle % 5) {
        case 1 -> dying.die(cycle, DyingDisk.Fault.LATE);
        case 2 -> dying.die(cycle, DyingDisk.Fault.EXT4_SHUTDOWN);
        case 3 -> dying.die(cycle, DyingDisk.Fault.XFS_SHUTDOWN);
        default -> sick.deliver(cycle, cycle % 5 == 0);
      }
      run.done(cycle);
    }
    dying.report();
    sick.report();
  }
}
