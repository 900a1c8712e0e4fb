package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a scenario may need of the machine. Each answers null when it is there, else why not. */
final class Requirement {
  private Requirement() {}

  /** The first that is not met. */
  static @Nullable String first(@Nullable String... obstacles) {
    for (String obstacle : obstacles) {
      if (obstacle != null) {
        return obstacle;
      }
    }
    return null;
  }

  static @Nullable String linux() {
    return Files.isDirectory(Path.of("/proc/self/task")) ? null : "needs Linux with /proc";
  }

  static @Nullable String root() {
    try {
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return uid.equals(0) ? null : "needs root";
    } catch (IOException | UnsupportedOperationException e) {
      return "needs Linux with /proc";
    }
  }

  /** A program on the path. */
  static @Nullable String program(String name, String debianPackage) {
    String path = System.getenv("PATH");
    for (String directory : (path == null ? "/usr/bin:/bin" : path).split(":", -1)) {
      if (Files.isExecutable(Path.of(directory, name))) {
        return null;
      }
    }
    return "needs " + name + " (Debian package " + debianPackage + ")";
  }

  /** That a command, whatever it tries, ends with 0. */
  static @Nullable String works(List<String> command, String why) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return why;
      }
      return process.exitValue() == 0 ? null : why;
    } catch (IOException e) {
      return why;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return why;
    }
  }
}
