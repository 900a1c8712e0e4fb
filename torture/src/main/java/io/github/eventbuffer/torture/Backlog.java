package io.github.eventbuffer.torture;

import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A backlog, appended while delivery is paused and drained by a process with a small heap: it must
 * fit whatever its length, and opening must not take longer for it. Not thread-safe.
 */
final class Backlog {
  private static final List<String> SMALL_HEAP = List.of("-Xmx64m");
  private static final int OPENS = 3;
  private static final int THREADS = 2;
  private static final Duration HOUR = Duration.ofHours(1);

  /** What an open of ten times as much may take more: what two equal ones may differ by. */
  private static final long NOISE_MILLIS = 400;

  private final Run run;
  private final int events;
  private final Judge judge;
  private final Settings settings;
  private final Oracle oracle;

  Backlog(Run run, int events) {
    this.run = run;
    this.events = events;
    judge = run.own(Judge.calm());
    // As a user has it, but for the window, which takes heap of its own.
    settings =
        run.settings("backlog", judge)
            .with(Setting.SEGMENT_BYTES, 64 << 20)
            .with(Setting.MAX_EVENT_BYTES, 256 << 10)
            .with(Setting.MAX_DISK_BYTES, 1L << 40)
            .with(Setting.MAX_BATCH_EVENTS, 10_000)
            .with(Setting.WINDOW_ENTRIES, 20_000)
            .with(Setting.APPEND_TIMEOUT_MILLIS, 10_000)
            .with(Setting.REQUEST_TIMEOUT_MILLIS, 60_000);
    oracle = run.oracle(Limits.of(settings));
  }

  void run() throws IOException, InterruptedException {
    // Between an open and a pause a batch may set out; one that is under way at a close is sent
    // again, and so the endpoint takes nothing before the time.
    judge.endpoint().script(Script.always(Fault.status(503)));
    int tenth = events / 10;
    fill(0, tenth);
    long shortOpen = open();
    fill(tenth, events - tenth);
    long longOpen = open();
    run.figure("backlog", events);
    run.figure("open_ms_tenth", shortOpen);
    run.figure("open_ms", longOpen);
    oracle.leftOver(
        "ms to open with ten times the backlog", 2 * shortOpen + NOISE_MILLIS, longOpen);
    drain();
  }

  private WriterProcess start() throws IOException, InterruptedException {
    WriterProcess writer = WriterProcess.start(run, settings, oracle, List.of(), SMALL_HEAP);
    writer.awaitOpen();
    return writer;
  }

  private void fill(int first, int count) throws IOException, InterruptedException {
    WriterProcess writer = start();
    writer.ask("pause");
    writer.append(first, count, THREADS, 0, 1);
    writer.ask("join", HOUR);
    exit(writer);
  }

  /** The quickest of a few, in milliseconds: the others tell of the machine. */
  private long open() throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < OPENS; i++) {
      WriterProcess writer = WriterProcess.start(run, settings, oracle, List.of(), SMALL_HEAP);
      least = Math.min(least, writer.awaitOpen().toMillis());
      writer.ask("pause");
      exit(writer);
    }
    return least;
  }

  private void drain() throws IOException, InterruptedException {
    judge.calmDown();
    long start = System.nanoTime();
    WriterProcess writer = start();
    writer.tell("flush " + HOUR.toMillis());
    long deadline = start + HOUR.toNanos();
    do {
      // What the endpoint keeps must not fill this heap.
      Thread.sleep(200);
      judge.report(oracle);
    } while (!oracle.missing().isEmpty()
        && writer.child().isAlive()
        && System.nanoTime() < deadline);
    run.figure("drain_seconds", (System.nanoTime() - start) / 1_000_000_000);
    writer.reply("flush", HOUR);
    judge.report(oracle);
    oracle.conserved();
    oracle.duplicatesBounded();
    oracle.accountedFor(writer.stats(), writer.answers());
    exit(writer);
  }

  private void exit(WriterProcess writer) throws IOException, InterruptedException {
    int code = writer.exit();
    if (code != 0) {
      throw new IOException("the writer ended with " + code + ": " + writer.trouble());
    }
    run.end(writer);
  }
}
