package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A small file system that somebody else fills and frees again, under a writer that goes on
 * appending. One cycle is one file system, in memory or on a disk, with one policy.
 */
final class FullScenario implements Scenario {
  private static final String SIZE = "24M";

  /** What a JVM says when a store met a page that the disk could not back. */
  private static final List<String> SIGNS = List.of("InternalError", "SIGBUS");

  @Override
  public String name() {
    return "full";
  }

  @Override
  public String description() {
    return "tmpfs and ext4 of 24 MB, filled and freed under a writer, by each policy";
  }

  @Override
  public int shortDose() {
    return 3;
  }

  @Override
  public int longDose() {
    return 50;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.first(Requirement.linux(), Mounts.obstacle());
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("full");
    Squeeze squeeze = new Squeeze(run, random);
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      Path point = run.directory().resolve("full" + cycle);
      Path image = run.directory().resolve("ext4.img");
      Mounts.Mount mount =
          run.own(
              (cycle - 1 + (cycle - 1) / 3) % 2 == 0
                  ? Mounts.tmpfs(point, SIZE)
                  : Mounts.loop(Mounts.ext4Image(image, SIZE), point));
      Squeeze.Policy policy = List.of(Squeeze.Policy.values()).get((cycle - 1) % 3);
      Oracle oracle = squeeze.squeeze(policy, "full" + cycle);
      run.end(mount);
      for (String sign : SIGNS) {
        if (said(run.directory().resolve("writer.err"), sign)) {
          oracle.violate(Violation.Rule.LIVENESS, sign + " in writer.err, cycle " + cycle);
        }
      }
      run.done(cycle);
    }
    squeeze.report();
  }

  private static boolean said(Path errors, String sign) throws IOException {
    return Files.exists(errors) && Files.readString(errors).contains(sign);
  }
}
