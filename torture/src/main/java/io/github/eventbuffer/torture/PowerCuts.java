package io.github.eventbuffer.torture;

import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.torture.Mounts.Mount;
import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Random;

/** The lives of writers whose disk is cloned while they append, and what is in each clone. */
final class PowerCuts {
  private static final Duration DRAINED = Duration.ofSeconds(20);

  /** Enough for some rolls between two cuts. */
  private static final int EVENTS_OF_A_CUT = 1_500;

  /** Has no event in common with those that the endpoint refuses but every 500th. */
  private static final int POWER_EVERY = 20;

  private final Run run;
  private final Path cloning;
  private final OpenTimes opens = new OpenTimes();
  private long processLost;
  private long holes;
  private long powerCuts;
  private long worstForceMillis;

  /** What the writer's appends promise. */
  enum Promise {
    /** All survive a power cut. */
    POWER,
    /** Single ones do, in a buffer whose others survive the end of the process only. */
    POWER_NOW_AND_THEN,
    /** None promises to. */
    PROCESS
  }

  PowerCuts(Run run, Path cloning) {
    this.run = run;
    this.cloning = cloning;
  }

  /** One writer from its first start on, and so many cuts. */
  void live(Promise promise, int cuts, Random random, int done)
      throws IOException, InterruptedException {
    Path disk = Mounts.ext4Image(cloning.resolve("a.img"), "96M");
    Mount mount = run.own(Mounts.loop(disk, run.directory().resolve("live")));
    Judge judge = run.own(Judge.moody(run.random("judge " + done), 15, 499));
    Settings settings =
        run.settings("live/events", judge)
            .with(Setting.DURABILITY, promise == Promise.POWER ? "POWER" : "PROCESS")
            .with(Setting.POWER_EVERY, promise == Promise.POWER_NOW_AND_THEN ? POWER_EVERY : 0)
            .with(Setting.MAX_DISK_BYTES, 48 << 20);
    Oracle oracle = run.oracle(Limits.of(settings));
    // On the disk below the writer's: to force a file of its own would force the writer's names.
    DiskPulse pulse = run.own(DiskPulse.on(cloning.resolve("pulse")));
    oracle.disk(pulse::slowest);
    WriterProcess writer = WriterProcess.start(run, settings, oracle);
    writer.awaitOpening();
    int next = 0;
    for (int cut = 1; cut <= cuts; cut++) {
      // The first ones while the directory is made, and right behind the open.
      if (cut > 4) {
        writer.awaitOpen();
        // By one thread each where the order is judged.
        int threads = promise == Promise.POWER ? 4 : 1;
        writer.append(next, EVENTS_OF_A_CUT, threads, random.nextInt(30), 1);
        next += EVENTS_OF_A_CUT;
      }
      Thread.sleep(random.nextInt(cut > 4 ? 60 : 90));
      cut(promise, writer, oracle, judge, settings, done + cut);
      if (writer.trouble() != null) {
        oracle.violate(Rule.LIVENESS, "the writer failed: " + writer.trouble());
      }
      run.done(done + cut);
    }
    writer.kill();
    run.end(writer);
    run.end(pulse);
    run.end(judge);
    run.end(mount);
    Files.delete(disk);
    worstForceMillis = Math.max(worstForceMillis, pulse.worst().toMillis());
  }

  private void cut(
      Promise promise,
      WriterProcess writer,
      Oracle oracle,
      Judge judge,
      Settings settings,
      int number)
      throws IOException, InterruptedException {
    writer.drain();
    BitSet accepted = oracle.acceptedSoFar();
    Path clone = cloning.resolve("s.img");
    Mounts.command("cp", "--reflink=always", cloning.resolve("a.img").toString(), clone.toString());
    // Behind the cut: what was delivered before it may be committed in the clone, and only there.
    judge.report(oracle);
    Oracle world = run.branch(oracle, accepted);
    Mount mount = run.own(Mounts.loop(clone, run.directory().resolve("cut")));
    try {
      Path directory = mount.point().resolve("events");
      BitSet pending = world.missing();
      BitSet whole = promise == Promise.POWER ? new BitSet() : whole(directory, world.payload());
      try {
        drain(settings.with(Setting.DIRECTORY, directory), world);
      } catch (EventBufferException e) {
        world.violate(Rule.LIVENESS, "refused to open: " + e);
      }
      judge(promise, world, pending, whole);
      if (!world.violations().isEmpty()) {
        world.violate(Rule.RUN, "that was cut " + number + ", " + promise);
      }
    } finally {
      run.end(mount);
    }
    Files.delete(clone);
  }

  private void drain(Settings settings, Oracle world) throws IOException {
    Collector collector = new Collector(0);
    long start = System.nanoTime();
    try (EventBuffer buffer = settings.buffer(collector).open()) {
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      opens.add(took);
      world.opened(took);
      if (!buffer.flush(DRAINED).complete()) {
        world.violate(Rule.LIVENESS, "not delivered within " + DRAINED + ": " + buffer.health());
      }
      collector.report(world);
      for (DeadLetter letter : buffer.deadLetters().list(Integer.MAX_VALUE)) {
        world.deadLettered(letter.eventId(), letter.event());
      }
      world.balanced(Stats.of(buffer.stats()));
    }
  }

  /** The events of which every byte is on the disk, checksum included. */
  private static BitSet whole(Path directory, Payload payload) throws IOException {
    BitSet whole = new BitSet();
    if (!Files.isDirectory(directory.resolve("dead-letters"))) {
      return whole;
    }
    for (EntryExtent entry : Survey.of(directory, payload)) {
      try (RandomAccessFile file =
          new RandomAccessFile(directory.resolve(entry.file()).toFile(), "r")) {
        file.seek(entry.to() - Integer.BYTES);
        if (!entry.letter() && file.readInt() != 0) {
          whole.set(entry.number());
        }
      }
    }
    return whole;
  }

  /**
   * With {@code PROCESS}, what the kernel had not written by itself is gone, and nothing else. It
   * writes the pages in an order of its own, mostly the one in which they were filled; then only a
   * suffix of what each thread appended is missing.
   *
   * @param pending what was accepted and not delivered when the power failed
   * @param whole what is on the disk
   */
  private void judge(Promise promise, Oracle world, BitSet pending, BitSet whole) {
    if (promise == Promise.POWER) {
      powerCuts++;
      world.conserved();
      return;
    }
    BitSet missing = world.missing();
    BitSet mayBeMissing = (BitSet) pending.clone();
    mayBeMissing.andNot(whole);
    if (promise == Promise.POWER_NOW_AND_THEN) {
      for (int n = 0; n < pending.length(); n += POWER_EVERY) {
        mayBeMissing.clear(n);
      }
    }
    world.conserved(mayBeMissing);
    processLost += missing.cardinality();
    for (int first = 0; first < pending.length(); first += EVENTS_OF_A_CUT) {
      BitSet thread = new BitSet();
      thread.set(first, first + EVENTS_OF_A_CUT);
      thread.and(pending);
      holes += isOnlyASuffix(thread, missing) ? 0 : 1;
    }
  }

  /** {@code thread}: what one appended in this order. */
  private static boolean isOnlyASuffix(BitSet thread, BitSet missing) {
    BitSet gone = (BitSet) thread.clone();
    gone.and(missing);
    BitSet there = (BitSet) thread.clone();
    there.andNot(missing);
    return gone.isEmpty() || there.length() <= gone.nextSetBit(0);
  }

  void report() {
    run.figure("power_cuts", powerCuts);
    run.figure("process_lost", processLost);
    run.figure("process_holes", holes);
    run.figure("worst_force_ms", worstForceMillis);
    opens.report(run);
  }
}
