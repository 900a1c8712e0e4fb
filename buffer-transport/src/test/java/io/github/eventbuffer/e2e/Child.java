package io.github.eventbuffer.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A JVM of its own, which a test may kill. */
final class Child implements AutoCloseable {
  private final Process process;
  private final Thread reader;

  /**
   * Starts a main class of the test class path.
   *
   * @param before a command to run it under, such as unshare; may be empty
   * @param lines hears each line that it prints
   */
  Child(List<String> before, Class<?> main, List<String> arguments, Consumer<String> lines)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    reader = new Thread(() -> read(lines), "child-output");
    reader.start();
  }

  private void read(Consumer<String> lines) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.accept(line);
      }
    } catch (IOException e) {
      lines.accept("unreadable " + e);
    }
  }

  /** Ends it with SIGKILL and waits until all that it printed was heard. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    await();
  }

  /** Waits for its end; returns its exit code. */
  int await() throws InterruptedException {
    int code = process.waitFor();
    reader.join();
    return code;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Lets it run for this long. */
  void run(Duration time) throws InterruptedException {
    process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }
}
