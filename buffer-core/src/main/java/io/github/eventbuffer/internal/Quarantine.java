package io.github.eventbuffer.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Where files go, untouched, that cannot be read, wholly or in part. Nothing is removed from there;
 * what it takes counts as the buffer's. Written by one thread at a time.
 */
final class Quarantine {
  private final Path directory;
  private volatile long bytes;

  Quarantine(Path directory) throws IOException {
    this.directory = directory;
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        bytes = files.mapToLong(file -> file.toFile().length()).sum();
      }
    }
  }

  /** What it takes on disk. */
  long bytes() {
    return bytes;
  }

  /** Takes a file in; returns where it is now. */
  Path take(Path file) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory, PrivateFiles.DIRECTORY);
    }
    Path parent = Objects.requireNonNull(file.getParent(), "a file of the buffer");
    String name = parent.getFileName() + "-" + file.getFileName();
    Path to = directory.resolve(name);
    // Numbers may come again when nothing could be read in any file.
    for (int i = 2; Files.exists(to); i++) {
      to = directory.resolve(name + "." + i);
    }
    Files.move(file, to);
    bytes += to.toFile().length();
    return to;
  }
}
