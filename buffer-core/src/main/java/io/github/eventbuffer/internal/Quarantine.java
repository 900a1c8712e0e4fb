package io.github.eventbuffer.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where files go, untouched, in which nothing can be read. */
final class Quarantine {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

  private Quarantine() {}

  static void move(Path file, Path quarantine) throws IOException {
    if (!Files.isDirectory(quarantine)) {
      Files.createDirectory(quarantine, PrivateFiles.DIRECTORY);
    }
    Path run = Objects.requireNonNull(file.getParent(), "a file of a run");
    String name = run.getFileName() + "-" + file.getFileName();
    Path to = quarantine.resolve(name);
    // Numbers may come again when nothing could be read in any file.
    for (int i = 2; Files.exists(to); i++) {
      to = quarantine.resolve(name + "." + i);
    }
    Files.move(file, to);
    LOG.error("Nothing could be read in {}; it was moved to {}", file, to);
  }

  /** What the quarantine takes on disk. */
  static long bytes(Path quarantine) throws IOException {
    if (!Files.isDirectory(quarantine)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(quarantine)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
