package io.github.eventbuffer;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Starts a program of the tests in a JVM of its own, bare: no flags but those given, no logging
 * provider, no options from the environment.
 */
final class ChildJvm {
  private static final int SECONDS = 60;

  private final List<String> prefix = new ArrayList<>();
  private final List<String> flags = new ArrayList<>();
  private final Path home;
  private @Nullable Path workingDirectory;
  private String classPath = bareClassPath();

  private ChildJvm(Path home) {
    this.home = home;
  }

  /** The JDK that runs the tests. */
  static ChildJvm current() {
    return of(Path.of(System.getProperty("java.home")));
  }

  static ChildJvm of(Path javaHome) {
    return new ChildJvm(javaHome);
  }

  /** A JDK 25 beside the one that runs the tests, from JAVA_25_HOME or where Linux puts them. */
  static Optional<Path> jdk25() throws IOException {
    List<Path> candidates = new ArrayList<>();
    String named = System.getenv("JAVA_25_HOME");
    if (named != null) {
      candidates.add(Path.of(named));
    }
    Path usual = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(usual)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(usual, "*25*")) {
        found.forEach(candidates::add);
      }
    }
    return candidates.stream()
        .filter(home -> Files.isExecutable(home.resolve("bin/java")))
        .findFirst();
  }

  /** The class path of a user of the library, and the tests' classes. */
  static String bareClassPath() {
    return Arrays.stream(classPathWithLogging().split(File.pathSeparator))
        .filter(entry -> !entry.contains("slf4j-simple"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The same with a logging provider, which prints warnings and errors to stderr. */
  static String classPathWithLogging() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** In front of the java command: {@code strace …}, {@code setpriv …}. */
  ChildJvm under(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  ChildJvm flags(String... more) {
    flags.addAll(List.of(more));
    return this;
  }

  ChildJvm in(Path directory) {
    workingDirectory = directory;
    return this;
  }

  ChildJvm classPath(String value) {
    classPath = value;
    return this;
  }

  /** What the program left behind. */
  record Result(int exit, List<String> out, List<String> err) {
    String all() {
      return "exit "
          + exit
          + "\nout "
          + String.join("\n    ", out)
          + "\nerr "
          + String.join("\n    ", err);
    }
  }

  /** Runs the program to its end. */
  Result run(Class<?> program, String... arguments) throws Exception {
    try (Running running = start(program, arguments)) {
      return running.end();
    }
  }

  Running start(Class<?> program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(home.resolve("bin/java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")
        .forEach(environment::remove);
    Path directory = workingDirectory;
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    return new Running(builder.start());
  }

  /** A program that runs; killed when this is closed. */
  static final class Running implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final CompletableFuture<List<String>> err;

    private Running(Process process) {
      this.process = process;
      out = reader(process.getInputStream());
      BufferedReader errors = reader(process.getErrorStream());
      err = CompletableFuture.supplyAsync(() -> errors.lines().toList());
    }

    private static BufferedReader reader(InputStream in) {
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    long pid() {
      return process.pid();
    }

    /** The next line that the program prints. */
    String line() throws IOException {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("the program ended: " + String.join("\n", err.join()));
      }
      return line;
    }

    /** Lets a program that waits for its standard input go on. */
    void goOn() throws IOException {
      OutputStream in = process.getOutputStream();
      in.write('\n');
      in.flush();
    }

    Result end() throws Exception {
      CompletableFuture<List<String>> lines =
          CompletableFuture.supplyAsync(() -> out.lines().toList());
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the program did not end within " + SECONDS + " s");
      }
      return new Result(process.exitValue(), lines.get(), err.get());
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
