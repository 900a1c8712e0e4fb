package io.github.eventbuffer.torture;

import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import io.github.eventbuffer.torture.Violation.Rule;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Threads are interrupted all the time, those that append as well as the buffer's own, on a disk
 * that is nearly full: nobody loses a flag, an answer or a file for it. In the driver's process,
 * because flags are seen only there.
 */
final class InterruptScenario implements Scenario {
  private static final String DISK = "40M";
  private static final int DISK_BYTES = 40 << 20;
  private static final int THREADS = 6;
  private static final int EVENTS = 5_000;
  private static final Duration DRAINED = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "interrupt";
  }

  @Override
  public String description() {
    return "callers, flusher and preallocator interrupted all the time, on a nearly full disk";
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
    return LoopDisk.obstacle();
  }

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("interrupt");
    LoopDisk disk = run.own(new LoopDisk(run.directory().resolve("disk"), DISK));
    Judge judge = run.own(Judge.moody(run.random("judge"), 5, 499));
    Path directory = disk.point().resolve("events");
    Settings settings =
        run.settings("events", judge)
            .with(Setting.DIRECTORY, directory)
            .with(Setting.APPEND_TIMEOUT_MILLIS, 5_000);
    Oracle oracle = run.oracle(Limits.of(settings));
    InterchangeTransport transport =
        run.own(
            InterchangeTransport.builder()
                .apiKey(() -> FakeEndpoint.API_KEY)
                .baseUrl(settings.endpoint())
                .requestTimeout(settings.requestTimeout())
                .build());
    Tally tally = new Tally();
    long next = 0;
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      ballast(disk.point().resolve("ballast"), random);
      Thread.currentThread().interrupt();
      EventBuffer buffer = settings.buffer(transport).open();
      keeps(oracle, "open");
      run.own(buffer);
      Caller caller = new Caller(buffer, oracle);
      try (Interruptions interruptions = new Interruptions(random.nextLong())) {
        tally.add(
            new InterruptedCallers(caller, oracle, interruptions, random)
                .run(next, THREADS, EVENTS));
        next += EVENTS;
        tally.interrupts += interruptions.count();
        // The buffer's own threads are interrupted still.
        drain(buffer, caller, judge, oracle);
      }
      ask(buffer, oracle);
      Thread.currentThread().interrupt();
      buffer.close(Duration.ofSeconds(10));
      keeps(oracle, "close");
      run.end(buffer);
      gone(directory, oracle);
      run.done(cycle);
    }
    tally.report(run);
  }

  /** What the disk has left for the buffer differs from run to run; it is never enough for all. */
  private static void ballast(Path file, Random random) throws Exception {
    long bytes = DISK_BYTES - (14L << 20) - random.nextInt(3 << 20);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] chunk = new byte[1 << 16];
      out.setLength(Math.min(out.length(), bytes));
      for (long at = out.length(); at < bytes; at += chunk.length) {
        out.seek(at);
        out.write(chunk);
      }
    }
  }

  private static void drain(EventBuffer buffer, Caller caller, Judge judge, Oracle oracle)
      throws Exception {
    Thread.currentThread().interrupt();
    boolean complete = buffer.flush(DRAINED).complete();
    keeps(oracle, "flush");
    if (!complete) {
      oracle.violate(Rule.LIVENESS, "not delivered within " + DRAINED + ": " + buffer.health());
    }
    buffer
        .deadLetters()
        .list(Integer.MAX_VALUE)
        .forEach(letter -> oracle.deadLettered(letter.eventId(), letter.event()));
    // On a disk of this size those of a hundred runs would leave no room for the next one.
    Thread.currentThread().interrupt();
    buffer.deadLetters().drop(letter -> true);
    keeps(oracle, "drop");
    judge.report(oracle);
    caller.settle();
  }

  private static void ask(EventBuffer buffer, Oracle oracle) throws Exception {
    Thread.currentThread().interrupt();
    buffer.stats();
    keeps(oracle, "stats");
    Thread.currentThread().interrupt();
    buffer.health();
    keeps(oracle, "health");
    Thread.currentThread().interrupt();
    buffer.deadLetters().list(10);
    keeps(oracle, "deadLetters");
    Thread.currentThread().interrupt();
    buffer.pause();
    buffer.resume();
    keeps(oracle, "pause and resume");
  }

  /** Clears the calling thread's flag, which must be up. */
  private static void keeps(Oracle oracle, String what) {
    if (!Thread.interrupted()) {
      oracle.violate(Rule.LIVENESS, "an interrupt was lost in " + what);
    }
  }

  private static void gone(Path directory, Oracle oracle) throws Exception {
    Resources left = Resources.of(directory);
    oracle.leftOver("files after close", 0, left.files());
    oracle.leftOver("threads after close", 0, left.threads());
  }

  /** What the run adds up to. */
  private static final class Tally {
    private long interrupts;
    private long full;
    private long failed;

    void add(Caller caller) {
      full += caller.answered(Answer.FULL);
      failed += caller.answered(Answer.FAILED);
    }

    void report(Run run) {
      run.figure("interrupts", interrupts);
      run.figure("full", full);
      run.figure("failed", failed);
    }
  }
}
