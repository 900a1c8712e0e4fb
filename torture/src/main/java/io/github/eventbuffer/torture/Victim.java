package io.github.eventbuffer.torture;

import io.github.eventbuffer.testkit.EventKey;
import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One directory of a buffer through all that is done to it: its settings, its endpoint, its oracle
 * and the numbers of its events. One writer at a time. Not thread-safe.
 */
final class Victim {
  private static final Duration DRAINED = Duration.ofSeconds(60);
  private static final Duration RELEASED = Duration.ofSeconds(2);
  private static final Duration FRESH = Duration.ofSeconds(5);

  /** How many events are offered a second time after a restart; well inside of the window. */
  private static final int AGAIN = 100;

  private final Run run;
  private final Settings settings;
  private final Judge judge;
  private final Oracle oracle;
  private final OpenTimes opens;

  /** What an event takes, taking them all together. */
  private static final int MOST_USUAL_BYTES = 1_000;

  private long next;
  private boolean again;

  Victim(Run run, Settings settings, Judge judge, Oracle oracle, OpenTimes opens) {
    this.run = run;
    this.settings = settings;
    this.judge = judge;
    this.oracle = oracle;
    this.opens = opens;
  }

  Settings settings() {
    return settings;
  }

  Oracle oracle() {
    return oracle;
  }

  WriterProcess start() throws IOException {
    return WriterProcess.start(run, settings, oracle);
  }

  WriterProcess start(List<String> before, List<String> flags) throws IOException {
    return WriterProcess.start(run, settings, oracle, before, flags);
  }

  /** The first of so many new numbers, for a caller that has them appended in a way of its own. */
  long take(int count) {
    long first = next;
    next += count;
    return first;
  }

  /** Begins to append so many new events. */
  void append(WriterProcess writer, int count, int threads, long pauseMicros)
      throws IOException, InterruptedException {
    append(writer, count, threads, pauseMicros, 1);
  }

  /** The same, each of them up to {@code tries} times until it is kept. */
  void append(WriterProcess writer, int count, int threads, long pauseMicros, int tries)
      throws IOException, InterruptedException {
    long first = next;
    next += count;
    writer.append(first, count, threads, pauseMicros, tries);
  }

  /**
   * Appends the newest events once more, those included whose answer never came, as a caller does
   * after a crash. What was accepted must be known. Every second call does nothing: an event that
   * was lost must not be healed by its retry before anybody looks.
   */
  void appendAgain(WriterProcess writer) throws IOException, InterruptedException {
    long upTo = oracle.highestAnswered();
    again = !again;
    if (again && upTo >= 0) {
      long first = Math.max(0, upTo - AGAIN);
      writer.append(first, Math.min(next, upTo + AGAIN / 4) - first, 1, 0, 1);
      writer.join();
    }
  }

  /** Kills a writer with -9 and takes note of what it had told. */
  void kill(WriterProcess writer) throws InterruptedException {
    writer.kill();
    note(writer);
    run.end(writer);
  }

  private void note(WriterProcess writer) {
    opens.add(writer.openTime());
    String trouble = writer.trouble();
    if (trouble != null) {
      oracle.violate(Rule.LIVENESS, "the writer failed: " + trouble);
    }
  }

  /** Has all delivered by a writer that does nothing else, and compares the books. */
  void settle(WriterProcess writer) throws IOException, InterruptedException {
    if (!writer.flush(DRAINED)) {
      oracle.violate(
          Rule.LIVENESS, "not delivered within " + DRAINED + ": " + writer.ask("health"));
    }
    writer.deadLetters();
    judge.report(oracle);
    oracle.conserved();
    oracle.duplicatesBounded();
    oracle.accountedFor(writer.stats(), writer.answers());
  }

  /** Starts a writer, settles with it and ends it. */
  void settle() throws IOException, InterruptedException {
    WriterProcess writer = start();
    writer.awaitOpen();
    appendAgain(writer);
    settle(writer);
    exit(writer);
  }

  /** The last one: the faults have stopped, all is delivered, and nothing is left over. */
  void finish() throws IOException, InterruptedException {
    judge.calmDown();
    WriterProcess writer = start();
    writer.awaitOpen();
    appendAgain(writer);
    settle(writer);
    freshEvent(writer);
    Map<String, Long> before = work(writer);
    Map<String, Long> after = work(writer);
    for (String what : List.of("files", "descriptors", "mappings", "threads")) {
      // One segment more or less, according to where the rolls fall.
      oracle.leftOver(what, before.getOrDefault(what, 0L) + 2, after.getOrDefault(what, 0L));
    }
    settle(writer);
    diskGivenBack();
    writer.ask("close 10000");
    nothingOpen(writer);
    exit(writer);
  }

  private void freshEvent(WriterProcess writer) throws IOException, InterruptedException {
    next += judge.refuses(next) ? 1 : 0;
    long fresh = next;
    append(writer, 1, 1, 0);
    EventKey key =
        new EventKey(Settings.DESTINATION.eventSourceId(), Payload.type(fresh), Payload.id(fresh));
    if (!judge.endpoint().ledger().await(ledger -> ledger.contains(key), FRESH)) {
      oracle.violate(Rule.LIVENESS, "a fresh event did not arrive within " + FRESH);
    }
  }

  /** Some rolls and deliveries, and what the process holds then. */
  private Map<String, Long> work(WriterProcess writer) throws IOException, InterruptedException {
    append(writer, 3_000, 2, 0);
    writer.join();
    settle(writer);
    return writer.resources();
  }

  /** All is delivered: the duplicate window and the segments around it remain, and dead letters. */
  private void diskGivenBack() throws IOException {
    long allowed =
        settings.longNumber(Setting.WINDOW_ENTRIES) * MOST_USUAL_BYTES
            + 6 * settings.longNumber(Setting.SEGMENT_BYTES);
    oracle.leftOver(
        "bytes in the queue", allowed, DirectoryTree.bytes(settings.directory().resolve("queue")));
  }

  private void nothingOpen(WriterProcess writer) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + RELEASED.toNanos();
    Map<String, Long> open = writer.resources();
    while (System.nanoTime() < deadline && sum(open) > 0) {
      Thread.sleep(50);
      open = writer.resources();
    }
    for (String what : List.of("files", "mappings", "threads")) {
      oracle.leftOver(what + " after close", 0, open.getOrDefault(what, 0L));
    }
  }

  private static long sum(Map<String, Long> open) {
    return open.getOrDefault("files", 0L)
        + open.getOrDefault("mappings", 0L)
        + open.getOrDefault("threads", 0L);
  }

  /** Lets a writer close its buffer and end by itself. */
  void exit(WriterProcess writer) throws IOException, InterruptedException {
    int code = writer.exit();
    note(writer);
    if (code != 0) {
      oracle.violate(Rule.LIVENESS, "the writer ended with " + code);
    }
    run.end(writer);
  }
}
