package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A directory, under {@code java.io.tmpdir} unless said otherwise, that goes when it is closed,
 * with all that is in it.
 */
final class ScratchDirectory implements AutoCloseable {
  private final Path path;

  ScratchDirectory() throws IOException {
    path = Files.createTempDirectory("event-buffer-benchmark-");
  }

  /** A directory in another place. */
  ScratchDirectory(Path parent, String prefix) throws IOException {
    path = Files.createTempDirectory(parent, prefix);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException thrown)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
