package io.github.eventbuffer.torture;

import java.io.IOException;
import java.time.Duration;

/**
 * The ways in which a writer is brought to a stand, each ended on every way out. Appends that take
 * longer meanwhile are counted, not condemned. Not thread-safe.
 */
final class Stalls {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Run run;
  private final Oracle oracle;
  private final LoopDisk disk;
  private final Signals signals;
  private long longest;
  private long lateOnFrozenDisk;
  private long closeMillis;
  private long withoutFreezer;
  private long withoutQuota;

  Stalls(Run run, Victim victim, LoopDisk disk) throws IOException {
    this.run = run;
    this.disk = disk;
    oracle = victim.oracle();
    signals = run.own(new Signals());
  }

  Oracle oracle() {
    return oracle;
  }

  void stop(WriterProcess writer, Duration stall) throws IOException, InterruptedException {
    signals.send("STOP", writer.child().pid());
    AutoCloseable going = run.own(() -> signals.send("CONT", writer.child().pid()));
    stand(writer, stall, going);
  }

  /**
   * Appends to a disk that takes nothing. The one that stores into a mapped page is held by the
   * kernel until the thaw; the others are answered within their bound, until the JVM wants all its
   * threads at a safepoint, which the held one cannot reach: from then on the whole process stands.
   */
  void disk(WriterProcess writer, Duration stall) throws IOException, InterruptedException {
    lateOnFrozenDisk += stand(writer, stall, run.own(disk.freeze()));
  }

  void freezer(WriterProcess writer, Duration stall) throws IOException, InterruptedException {
    ControlGroup group = ControlGroup.of("freezer");
    if (group == null) {
      withoutFreezer++;
      return;
    }
    run.own(group);
    group.take(writer.child().pid());
    group.freeze();
    stand(writer, stall, group);
  }

  void quota(WriterProcess writer, Duration stall) throws IOException, InterruptedException {
    ControlGroup group = ControlGroup.of("cpu");
    if (group == null) {
      withoutQuota++;
      return;
    }
    run.own(group);
    group.quota(1);
    group.take(writer.child().pid());
    stand(writer, stall, group);
  }

  /** How many appends took longer than they may. */
  private long stand(WriterProcess writer, Duration stall, AutoCloseable stalling)
      throws IOException, InterruptedException {
    longest = Math.max(longest, stall.toSeconds());
    long before = oracle.late();
    oracle.stalled(true);
    // Requests that are under way are over their time-outs when the process wakes.
    oracle.unknownOutcomes(1);
    Thread.sleep(stall.toMillis());
    run.end(stalling);
    // Also those that were under way are answered when this is.
    writer.ask("join", PATIENCE);
    writer.drain();
    oracle.stalled(false);
    return oracle.late() - before;
  }

  /** Closes a buffer with a backlog on a frozen disk; returns how long that took. */
  Duration close(WriterProcess writer, Duration timeout) throws IOException, InterruptedException {
    AutoCloseable frozen = run.own(disk.freeze());
    long start = System.nanoTime();
    writer.tell("close " + timeout.toMillis());
    writer.reply("close", PATIENCE);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    closeMillis = Math.max(closeMillis, took.toMillis());
    run.end(frozen);
    return took;
  }

  void report() {
    run.figure("longest_stall_s", longest);
    run.figure("late_on_frozen_disk", lateOnFrozenDisk);
    run.figure("close_on_frozen_disk_ms", closeMillis);
    if (withoutFreezer + withoutQuota > 0) {
      run.figure("skipped_without_freezer", withoutFreezer);
      run.figure("skipped_without_quota", withoutQuota);
    }
  }
}
