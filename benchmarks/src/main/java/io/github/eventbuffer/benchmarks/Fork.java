package io.github.eventbuffer.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A JVM of its own for one trial, with the flags that every trial gets. Killed when closed. */
final class Fork implements AutoCloseable {
  /**
   * The two packages are for a bare Chronicle Queue, which cannot open them itself. The heap is
   * touched beforehand, so that no side pays for its first pages.
   */
  static final List<String> FLAGS =
      List.of(
          "-Xms1g",
          "-Xmx1g",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseG1GC",
          "-XX:-UsePerfData",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

  private static final int LAST_LINES = 15;

  private final Process process;
  private final Path log;

  /** Starts a trial whose files all go below {@code directory}. */
  Fork(String trial, Setting setting, Path directory) throws IOException {
    log = directory.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-Djava.io.tmpdir=" + directory);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ForkedTrial.class.getName());
    command.addAll(List.of(trial, Boolean.toString(setting.quick()), setting.sink().toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
    process = builder.start();
    process.getOutputStream().close();
  }

  /**
   * Waits for the report.
   *
   * @throws IOException if the trial failed, with the end of what it wrote
   */
  Report await(Duration timeout) throws IOException, InterruptedException {
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      close();
      throw new IOException("not done after " + timeout.toSeconds() + " s");
    }
    Deque<String> last = new ArrayDeque<>();
    String report = report(last);
    if (process.exitValue() != 0 || report == null) {
      throw new IOException(
          "exit status " + process.exitValue() + "\n  " + String.join("\n  ", last));
    }
    return new ObjectMapper().readValue(report, Report.class);
  }

  private @Nullable String report(Deque<String> last) throws IOException {
    String report = null;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(log), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(ForkedTrial.MARK)) {
          report = line.substring(ForkedTrial.MARK.length());
        } else {
          last.add(line);
          if (last.size() > LAST_LINES) {
            last.remove();
          }
        }
      }
    }
    return report;
  }

  @Override
  public void close() {
    // Its files must not be deleted while it still writes some.
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
