package io.github.eventbuffer.torture;

import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs scenarios, one after the other, and says what came of each. */
final class Campaign {
  private static final int SHOWN = 20;

  private final Path base;
  private final PrintStream out;
  private final boolean terminal;
  private volatile boolean stopped;
  private volatile @Nullable Run current;

  /**
   * What came of a scenario.
   *
   * @param line the last line
   * @param violations none when the oracle agrees
   * @param evidence the run's directory; deleted when there are no violations
   */
  record Outcome(String line, List<Violation> violations, Path evidence) {}

  /**
   * Plans a campaign.
   *
   * @param base where each run gets a directory
   */
  Campaign(Path base, PrintStream out, boolean terminal) {
    this.base = base;
    this.out = out;
    this.terminal = terminal;
  }

  Outcome run(Scenario scenario, long seed, int cycles) throws IOException {
    return run(scenario, seed, cycles, Program.WRITER);
  }

  /** The same with another program for a writer. */
  Outcome run(Scenario scenario, long seed, int cycles, Program writer) throws IOException {
    Files.createDirectories(base);
    Path directory = Files.createTempDirectory(base, "torture-" + scenario.name() + "-");
    Progress progress = new Progress(out, scenario.name(), terminal);
    List<Violation> violations = new ArrayList<>();
    Run run = new Run(scenario.name(), seed, cycles, directory, progress, writer);
    current = run;
    try {
      run.done(0);
      scenario.run(run);
    } catch (Exception e) {
      violations.add(new Violation(Rule.RUN, e.toString()));
      Files.writeString(directory.resolve("exception.txt"), trace(e));
    } finally {
      run.close();
    }
    violations.addAll(0, run.violations());
    String line = run.line();
    if (stopped) {
      violations.clear();
    } else if (!violations.isEmpty()) {
      accuse(scenario, seed, cycles, directory, violations, progress);
    }
    if (violations.isEmpty()) {
      DirectoryTree.delete(directory);
    }
    if (!stopped) {
      progress.note(line);
    }
    return new Outcome(line, violations, directory);
  }

  private static void accuse(
      Scenario scenario,
      long seed,
      int cycles,
      Path directory,
      List<Violation> violations,
      Progress progress)
      throws IOException {
    String all = violations.stream().map(Violation::toString).collect(Collectors.joining("\n"));
    String repeat =
        "bin/torture --scenario " + scenario.name() + " --cycles " + cycles + " --seed " + seed;
    Files.writeString(directory.resolve("violations.txt"), all + "\n\n" + repeat + "\n");
    violations.stream().limit(SHOWN).forEach(one -> progress.note("VIOLATION " + one));
    if (violations.size() > SHOWN) {
      progress.note("… and " + (violations.size() - SHOWN) + " more");
    }
    progress.note("evidence: " + directory);
    progress.note("again:    " + repeat);
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  boolean isStopped() {
    return stopped;
  }

  /** Ends what runs, children and mounts included; for Ctrl-C. */
  void stop() {
    stopped = true;
    Run running = current;
    if (running != null) {
      running.close();
    }
  }
}
