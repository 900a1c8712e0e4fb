package io.github.eventbuffer.torture;

import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.torture.Mounts.Mount;
import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * A file system that fails to write under a writer whose appends promise to survive that, and what
 * is on it once it is mounted anew. The JVM may end of it: a store into a mapped page that the
 * kernel refuses to make writable is a SIGBUS, which no program in Java can prevent. What had been
 * acknowledged must be there all the same.
 */
final class DyingDisk {
  private static final Duration DRAINED = Duration.ofSeconds(20);

  /** More than an append may wait for a force. */
  private static final int AFTERMATH_MILLIS = 600;

  private static final int EVENTS = 200_000;

  private final Run run;
  private final Random random;
  private long died;
  private long refused;

  /** How it fails. */
  enum Fault {
    /** The image lies in a file system that has less room than the image promises. */
    LATE,
    /** An ext4 that is shut down. */
    EXT4_SHUTDOWN,
    /** An XFS that is shut down. */
    XFS_SHUTDOWN
  }

  DyingDisk(Run run, Random random) {
    this.run = run;
    this.random = random;
  }

  /** One file system, from its making to its second mount. */
  void die(int cycle, Fault fault) throws IOException, InterruptedException {
    Path base = run.directory().resolve("dying" + cycle);
    Mount below = run.own(Mounts.tmpfs(base, fault == Fault.LATE ? "8M" : "1G"));
    Path image = base.resolve("disk.img");
    switch (fault) {
      case XFS_SHUTDOWN -> Mounts.xfsImage(image, "320M");
      case EXT4_SHUTDOWN -> Mounts.ext4Image(image, "64M");
      default -> {
        Mounts.command("truncate", "-s", "64M", image.toString());
        Mounts.command("mkfs.ext4", "-q", "-F", "-m", "0", "-b", "4096", image.toString());
      }
    }
    Mount mount = run.own(Mounts.loop(image, base.resolve("mnt")));
    if (fault == Fault.LATE) {
      wholeWrites(mount);
    }
    Judge judge = run.own(Judge.calm());
    Settings settings =
        Settings.of(mount.point().resolve("events"), run.seed(), judge.url())
            .with(Setting.DURABILITY, "POWER");
    Oracle oracle = run.oracle(Limits.of(settings));
    write(settings, oracle, mount, fault);
    run.end(mount);
    if (fault == Fault.LATE) {
      Mounts.command("mount", "-o", "remount,size=128M", base.toString());
    }
    judge.report(oracle);
    look(image, base, settings, oracle);
    if (!oracle.violations().isEmpty()) {
      oracle.violate(Rule.RUN, "that was disk " + cycle + ", " + fault);
    }
    run.end(judge);
    run.end(below);
  }

  /**
   * Has the loop device write a page at a time. Of a longer write that finds room for its first
   * part only, the kernel's loop driver says that it succeeded, and a force then says so of data
   * that is nowhere: a device that lies, against which nothing in a process helps.
   */
  private static void wholeWrites(Mount mount) throws IOException, InterruptedException {
    Mounts.command(
        "sh",
        "-c",
        "d=$(findmnt -no SOURCE '%s') && echo 4 >/sys/block/${d#/dev/}/queue/max_sectors_kb"
            .formatted(mount.point()));
  }

  private void write(Settings settings, Oracle oracle, Mount mount, Fault fault)
      throws IOException, InterruptedException {
    Path errors = run.directory().resolve("hs_err_%p.log");
    WriterProcess writer =
        WriterProcess.start(
            run,
            settings,
            oracle,
            List.of(),
            List.of("-XX:ErrorFile=" + errors, "-XX:-CreateCoredumpOnCrash"));
    writer.awaitOpen();
    writer.ask("pause");
    writer.append(0, EVENTS, 4, 0, 1);
    if (fault == Fault.LATE) {
      awaitFailure(writer);
    } else {
      Thread.sleep(20 + random.nextInt(400));
      Mounts.command("xfs_io", "-x", "-c", "shutdown", mount.point().toString());
    }
    Thread.sleep(AFTERMATH_MILLIS);
    if (writer.child().isAlive()) {
      String trouble = writer.trouble();
      if (trouble != null) {
        oracle.violate(Rule.LIVENESS, "the writer failed: " + trouble);
      }
    } else {
      died++;
    }
    writer.kill();
    refused += writer.answers().getOrDefault(Answer.FAILED, 0L);
    refused += writer.answers().getOrDefault(Answer.FULL, 0L);
    run.end(writer);
  }

  private static void awaitFailure(WriterProcess writer) throws InterruptedException {
    for (int i = 0; i < 300 && writer.child().isAlive(); i++) {
      if (writer.answers().containsKey(Answer.FAILED)
          || writer.answers().containsKey(Answer.FULL)) {
        return;
      }
      Thread.sleep(10);
    }
  }

  /** Mounts it anew, as after a repair, and takes out what is there. */
  private void look(Path image, Path base, Settings settings, Oracle oracle)
      throws IOException, InterruptedException {
    Mount again = run.own(Mounts.loop(image, base.resolve("mnt")));
    Collector collector = new Collector(0);
    Ear ear = new Ear();
    try (EventBuffer buffer = settings.buffer(collector).listener(ear).open()) {
      if (!buffer.flush(DRAINED).complete()) {
        oracle.violate(Rule.LIVENESS, "not delivered within " + DRAINED + ": " + buffer.health());
      }
      collector.report(oracle);
      oracle.balanced(Stats.of(buffer.stats()));
    } catch (EventBufferException e) {
      oracle.violate(Rule.LIVENESS, "refused to open: " + e);
    }
    oracle.conserved();
    if (!oracle.violations().isEmpty()) {
      oracle.violate(Rule.RUN, ear + ", missing " + oracle.missing() + " of " + oracle.accepted());
    }
    run.end(again);
  }

  void report() {
    run.figure("jvms_died", died);
    run.figure("refused_appends", refused);
  }
}
