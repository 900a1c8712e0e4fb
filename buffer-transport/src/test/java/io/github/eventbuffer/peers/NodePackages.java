package io.github.eventbuffer.peers;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The packages of npm that tests talk to, in the versions of the lock file among the resources.
 *
 * <p>A test class with this extension is skipped when there is no Node, no npm or no way to its
 * registry. Else it finds the packages in {@link #DIRECTORY}, where they stay until the lock file
 * changes. None of their scripts is run.
 */
class NodePackages implements ExecutionCondition {
  /** Has {@code node_modules}; in the build directory, which is Surefire's java.io.tmpdir. */
  static final Path DIRECTORY = directory("peers");

  private static final int LEAST_NODE = 18;
  private static final long MOST_SECONDS = 180;
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*");
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "\\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH"
              + "|EPROTO|ENOTCACHED|ERR_SOCKET_TIMEOUT|E401|E403|E429|E5\\d\\d)\\b");

  private final Path directory;
  private final String resources;

  /** Prism's. */
  NodePackages() {
    this(DIRECTORY, "");
  }

  /** Those of a lock file in a folder of the resources, for a directory of their own. */
  NodePackages(Path directory, String resources) {
    this.directory = directory;
    this.resources = resources;
  }

  /** A directory in the build directory. */
  static Path directory(String name) {
    return Path.of(System.getProperty("java.io.tmpdir"), name).toAbsolutePath();
  }

  /** Something is not there that no test can bring. */
  private static final class MissingException extends Exception {
    private static final long serialVersionUID = 1;

    MissingException(String reason) {
      super(reason);
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isPresent()) {
      return ConditionEvaluationResult.enabled("the class is");
    }
    try {
      install();
      return ConditionEvaluationResult.enabled("installed");
    } catch (MissingException e) {
      return ConditionEvaluationResult.disabled(e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while installing", e);
    }
  }

  private void install() throws IOException, InterruptedException, MissingException {
    Files.createDirectories(directory);
    requireNode();
    String lock = copy(directory, resources + "package-lock.json");
    copy(directory, resources + "package.json");
    Path installed = directory.resolve("installed.json");
    if (!Files.exists(installed) || !Files.readString(installed).equals(lock)) {
      Files.deleteIfExists(installed);
      installAll();
      Files.writeString(installed, lock);
    }
  }

  private void requireNode() throws IOException, InterruptedException, MissingException {
    Path log = directory.resolve("node.log");
    int code = run(log, "node", "--version");
    String version = Files.readString(log).strip();
    Matcher parts = VERSION.matcher(version);
    if (code != 0 || !parts.matches() || Integer.parseInt(parts.group(1)) < LEAST_NODE) {
      throw new MissingException("needs Node " + LEAST_NODE + " or later, found " + version);
    }
  }

  private void installAll() throws IOException, InterruptedException, MissingException {
    Path log = directory.resolve("npm.log");
    int code =
        run(
            log,
            "npm",
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--fetch-retries=1",
            "--fetch-timeout=30000",
            "--loglevel=error");
    if (code != 0) {
      String said = Files.readString(log);
      Matcher reason = UNREACHABLE.matcher(said);
      if (reason.find()) {
        throw new MissingException("npm cannot reach its registry: " + reason.group());
      }
      fail("npm: exit " + code + "\n" + said);
    }
  }

  private int run(Path log, String... command)
      throws IOException, InterruptedException, MissingException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new MissingException(command[0] + " cannot be started");
    }
    try {
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new MissingException(command[0] + " did not end within " + MOST_SECONDS + " s");
      }
      return process.exitValue();
    } finally {
      end(process);
    }
  }

  /** Ends a process with all that it started, and waits until it is gone. */
  static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Copies a resource into a directory, under its own name; returns its text. */
  static String copy(Path directory, String resource) throws IOException {
    try (InputStream in = NodePackages.class.getResourceAsStream(resource)) {
      byte[] bytes = in.readAllBytes();
      Path name = Path.of(resource).getFileName();
      return Files.readString(Files.write(directory.resolve(name), bytes));
    }
  }
}
