package io.github.eventbuffer.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One run of a scenario: its seed, its directory, its oracles, what it started and what it counted.
 * Thread-safe.
 */
final class Run implements AutoCloseable {
  private final String scenario;
  private final long seed;
  private final int cycles;
  private final Path directory;
  private final Progress progress;
  private final Program writer;
  private final long startNanos = System.nanoTime();
  private final List<Oracle> oracles = new ArrayList<>();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final Map<String, Long> figures = new LinkedHashMap<>();
  private boolean closed;

  Run(String scenario, long seed, int cycles, Path directory, Progress progress, Program writer) {
    this.scenario = scenario;
    this.seed = seed;
    this.cycles = cycles;
    this.directory = directory;
    this.progress = progress;
    this.writer = writer;
  }

  long seed() {
    return seed;
  }

  /** How often to bring about the fault. */
  int cycles() {
    return cycles;
  }

  /** An empty directory for this run alone; kept when a promise was broken. */
  Path directory() {
    return directory;
  }

  /** What is run as a writer. */
  Program writer() {
    return writer;
  }

  /** Random numbers for one purpose: the same in each run with the same seed. */
  Random random(String purpose) {
    return new Random(seed * 0x9e3779b97f4a7c15L + purpose.hashCode());
  }

  /** Settings of a writer in a directory below the run's. */
  Settings settings(String name, Judge judge) {
    return Settings.of(directory.resolve(name), seed, judge.url());
  }

  /** An oracle for one directory of a buffer; its findings are the run's. */
  synchronized Oracle oracle(Limits limits) {
    Oracle oracle = new Oracle(new Payload(seed), limits);
    oracles.add(oracle);
    return oracle;
  }

  /** The same for a copy of a directory, all that was accepted up to now being in it. */
  Oracle branch(Oracle past) {
    return branch(past, past.acceptedSoFar());
  }

  /** The same, with what had been accepted when the copy was taken. */
  synchronized Oracle branch(Oracle past, BitSet accepted) {
    Oracle copy = past.branch(accepted);
    oracles.add(copy);
    return copy;
  }

  /** Closes this when the run ends, however it ends; the last one first. */
  <T extends AutoCloseable> T own(T started) {
    boolean tooLate;
    synchronized (this) {
      tooLate = closed;
      if (!tooLate) {
        owned.push(started);
      }
    }
    if (tooLate) {
      closeQuietly(started);
      throw new IllegalStateException("the run is over");
    }
    return started;
  }

  /** Ends something before the run does. */
  void end(AutoCloseable started) {
    synchronized (this) {
      owned.remove(started);
    }
    closeQuietly(started);
  }

  /** So many cycles are done; shows it now and then. */
  void done(int cycle) {
    progress.show(() -> "%d of %d cycles, %s%s".formatted(cycle, cycles, summary(), broken()));
  }

  /** So that nobody waits an hour for what the first minute showed. */
  private String broken() {
    List<Violation> violations = violations();
    return violations.isEmpty()
        ? ""
        : ", VIOLATIONS " + violations.size() + ", the first: " + violations.get(0);
  }

  /** A line for people that stays: what was left out, and what it would need. */
  void note(String line) {
    progress.note(line);
  }

  /** A figure for the last line, before the seconds. */
  synchronized void figure(String key, long value) {
    figures.put(key, value);
  }

  synchronized List<Violation> violations() {
    return oracles.stream().flatMap(oracle -> oracle.violations().stream()).toList();
  }

  private synchronized String summary() {
    return "accepted=%d lost=%d wrong=%d duplicates=%d"
        .formatted(
            oracles.stream().mapToLong(Oracle::accepted).sum(),
            oracles.stream().mapToLong(Oracle::lost).sum(),
            oracles.stream().mapToLong(Oracle::wrong).sum(),
            oracles.stream().mapToLong(Oracle::duplicates).sum());
  }

  /** The last line. */
  synchronized String line() {
    StringBuilder line = new StringBuilder("scenario=" + scenario + " cycles=" + cycles + " ");
    line.append(summary());
    figures.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
    return line.append(" seconds=").append((took.toMillis() + 500) / 1_000).toString();
  }

  /** Ends all that was started and not ended. Idempotent. */
  @Override
  public void close() {
    while (true) {
      AutoCloseable last;
      synchronized (this) {
        closed = true;
        last = owned.poll();
      }
      if (last == null) {
        return;
      }
      closeQuietly(last);
    }
  }

  private void closeQuietly(AutoCloseable started) {
    try {
      started.close();
    } catch (Exception e) {
      progress.note("could not be ended: " + started + ": " + e);
    }
  }
}
