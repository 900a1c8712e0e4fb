package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs trials, one JVM after the other, and says how far it is. */
final class Rounds {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final boolean quick;
  private final Path directory;
  private final PrintStream out;
  private final Map<String, List<Report>> reports = new LinkedHashMap<>();
  private final Map<String, String> failures = new LinkedHashMap<>();
  private volatile boolean stopped;
  private @Nullable Fork current;

  /** {@code directory}: where each trial gets a directory of its own, removed after it. */
  Rounds(boolean quick, Path directory, PrintStream out) {
    this.quick = quick;
    this.directory = directory;
    this.out = out;
  }

  /** The reports by trial. */
  Map<String, List<Report>> reports() {
    return reports;
  }

  /** Why a trial has no report, by trial. */
  Map<String, String> failures() {
    return failures;
  }

  /** Runs the wanted ones of the sections' trials. */
  void run(List<Section> sections, Set<String> wanted) throws IOException, InterruptedException {
    List<String> steps = new ArrayList<>();
    for (Section section : sections) {
      List<String> trials = section.trials().stream().filter(wanted::contains).toList();
      for (int round = 0; round < section.rounds(quick); round++) {
        List<String> turn = new ArrayList<>(trials);
        if (round % 2 == 1) {
          // So that no trial always follows the same other one.
          Collections.reverse(turn);
        }
        steps.addAll(turn);
      }
    }
    long start = System.nanoTime();
    try (Sink sink = new Sink()) {
      for (int step = 0; step < steps.size() && !stopped; step++) {
        String trial = steps.get(step);
        String found = failures.containsKey(trial) ? "left out" : run(trial, sink);
        if (!stopped) {
          long seconds = Math.round((System.nanoTime() - start) / 1e9);
          out.printf("[%d/%d] %s: %s (%d s)%n", step + 1, steps.size(), trial, found, seconds);
        }
      }
    }
  }

  private String run(String trial, Sink sink) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    sink.forget();
    try (ScratchDirectory scratch = new ScratchDirectory(directory, "bench-" + trial + "-");
        Fork fork = start(trial, new Setting(quick, sink.uri()), scratch.path())) {
      Report report = fork.await(TIMEOUT);
      reports.computeIfAbsent(trial, name -> new ArrayList<>()).add(report);
      return text(report);
    } catch (IOException e) {
      if (!stopped) {
        failures.put(trial, String.valueOf(e.getMessage()));
      }
      return "FAILED, " + e.getMessage();
    }
  }

  private synchronized Fork start(String trial, Setting setting, Path scratch) throws IOException {
    if (stopped) {
      throw new IOException("stopped");
    }
    Fork fork = new Fork(trial, setting, scratch);
    current = fork;
    return fork;
  }

  private static String text(Report report) {
    String figures =
        report.figures().entrySet().stream()
            .map(
                figure -> String.format(Locale.ROOT, "%s=%.4g", figure.getKey(), figure.getValue()))
            .collect(Collectors.joining(" "));
    return figures + " lost=" + report.lost();
  }

  boolean isStopped() {
    return stopped;
  }

  /** Ends the trial that runs, and starts no other; for Ctrl-C. */
  void stop() {
    Fork running;
    synchronized (this) {
      stopped = true;
      running = current;
    }
    if (running != null) {
      running.close();
    }
  }
}
