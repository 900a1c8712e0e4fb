package io.github.eventbuffer.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JVM of its own, killed when this is closed. Its standard error goes to a file, which stays with
 * the evidence.
 */
final class Child implements AutoCloseable {
  /** A JVM for a quick start, whose own warnings stay out of its standard output. */
  static final List<String> JVM =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xlog:disable",
          "-Xlog:all=warning:stderr",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xshare:auto",
          "-XX:-UsePerfData",
          "-Xmx256m",
          "-Dorg.slf4j.simpleLogger.log.io.github.eventbuffer=warn");

  private final Process process;
  private List<Long> below = List.of();

  /**
   * Starts a main class of the class path.
   *
   * @param before a command to run it under, such as {@link #SAME_PID}; may be empty
   * @param flags of the JVM, behind the usual ones
   * @param errors where its standard error is appended to
   */
  Child(
      List<String> before,
      List<String> flags,
      String mainClass,
      List<String> arguments,
      Path errors)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    ClassArchive archive = ClassArchive.get();
    command.addAll(JVM);
    command.addAll(archive.flags());
    command.addAll(flags);
    command.addAll(List.of("-cp", archive.classPath()));
    command.add(mainClass);
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(Redirect.appendTo(errors.toFile()));
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
    process = builder.start();
  }

  /** A command that gives its program pid 1 in a namespace of its own. Needs root. */
  static final List<String> SAME_PID =
      List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child=KILL");

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  InputStream output() {
    return process.getInputStream();
  }

  /** Writes one line to its standard input. */
  void say(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
  }

  /** SIGKILL; what it runs under takes it along. Does not wait for the end. */
  void kill() {
    // By its handle: the process itself would close the pipe, and what is in it would be lost.
    below = process.descendants().map(ProcessHandle::pid).toList();
    process.toHandle().destroyForcibly();
  }

  /**
   * Its exit code, or -1 when it does not end in time. What it ran has ended by then, too: under
   * another command it is the grandchild that has the lock.
   */
  int awaitEnd(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      return -1;
    }
    for (long pid : below) {
      while (!hasEnded(pid) && System.nanoTime() < deadline) {
        Thread.sleep(1);
      }
    }
    return process.exitValue();
  }

  /** Whether no thread of it is left but such as wait to be taken note of. */
  private static boolean hasEnded(long pid) {
    try {
      return states(pid).stream().allMatch(state -> state == 'Z' || state == 'X');
    } catch (IOException e) {
      return true;
    }
  }

  /** The states of a process' threads, by the letters of {@code /proc}. */
  private static List<Character> states(long pid) throws IOException {
    List<Character> states = new ArrayList<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : (Iterable<Path>) threads::iterator) {
        // "pid (name) state …"; a name may hold spaces and parentheses.
        String stat = stat(thread);
        if (!stat.isEmpty()) {
          states.add(stat.charAt(stat.lastIndexOf(')') + 2));
        }
      }
    }
    return states;
  }

  /** Nothing for a thread that ended meanwhile; that says nothing of the others. */
  private static String stat(Path thread) {
    try {
      return Files.readString(thread.resolve("stat"));
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether every thread of it is stopped, so that nothing more can happen. */
  boolean isStopped() {
    try {
      List<Character> states = states(pid());
      return !states.isEmpty() && states.stream().allMatch(state -> state == 'T');
    } catch (IOException e) {
      // It ended.
      return false;
    }
  }

  @Override
  public void close() {
    // Its files must not be deleted while it still writes some.
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
