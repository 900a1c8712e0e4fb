package io.github.eventbuffer.torture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Somebody else's file, which takes all the space of a file system and gives it back. */
final class Hog {
  private static final byte[] LARGE = new byte[256 << 10];
  private static final byte[] PAGE = new byte[4 << 10];

  private final Path file;

  /** {@code fileSystem}: where it grows. */
  Hog(Path fileSystem) {
    file = fileSystem.resolve("hog");
  }

  /** Takes what there is, to the last page. */
  void eat() {
    write(LARGE);
    write(PAGE);
  }

  private void write(byte[] block) {
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      // Full: what it is here for.
      return;
    }
  }

  /** Gives all of it back. */
  void free() throws IOException {
    Files.deleteIfExists(file);
  }
}
