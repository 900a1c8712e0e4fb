package io.github.eventbuffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory for one try of a property, which JUnit's own would not be: it goes with the try. */
public final class Scratch implements Closeable {
  private final Path path;

  /** Makes it where the build keeps its temporary files. */
  public Scratch() throws IOException {
    path = Files.createTempDirectory(Path.of(System.getProperty("java.io.tmpdir")), "scratch-");
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    delete(path);
  }

  /** Deletes a directory, if there is one, and all in it. */
  static void delete(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
