package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock of a program, set from outside by libfaketime, which reads it from a file at each
 * look. Monotonic time is left alone, and so are waits by it.
 */
final class FakeTime {
  private static final String LIBRARY = "libfaketimeMT.so.1";

  private final Path file;

  FakeTime(Path file) {
    this.file = file;
  }

  /** Null when libfaketime is there, else what to install. */
  static @Nullable String obstacle() {
    return library() == null ? "needs libfaketime (Debian package libfaketime)" : null;
  }

  private static @Nullable Path library() {
    for (String base : List.of("/usr/lib", "/usr/lib64", "/usr/local/lib")) {
      for (Path place : List.of(Path.of(base), Path.of(base, "faketime"))) {
        if (Files.exists(place.resolve(LIBRARY))) {
          return place.resolve(LIBRARY);
        }
      }
      // Debian has it below the architecture's name.
      try (DirectoryStream<Path> below = Files.newDirectoryStream(Path.of(base), "*-linux-gnu*")) {
        for (Path architecture : below) {
          Path library = architecture.resolve("faketime").resolve(LIBRARY);
          if (Files.exists(library)) {
            return library;
          }
        }
      } catch (IOException e) {
        // Not here.
      }
    }
    return null;
  }

  /** The command to run a program under. */
  List<String> command() {
    return List.of(
        "env",
        "LD_PRELOAD=" + library(),
        "FAKETIME_TIMESTAMP_FILE=" + file,
        "FAKETIME_NO_CACHE=1",
        "DONT_FAKE_MONOTONIC=1",
        // Debian's build would turn waits by the monotonic clock into waits by the faked one.
        "FAKETIME_FORCE_MONOTONIC_FIX=0");
  }

  /** From now on the program's clock shows this time, and goes on from there. */
  void set(Instant time) throws IOException {
    long offset = Duration.between(Instant.now(), time).toSeconds();
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, (offset < 0 ? "" : "+") + offset + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
