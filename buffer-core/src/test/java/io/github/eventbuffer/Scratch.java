package io.github.eventbuffer;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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

  /** Spoils the payload of the event with this id, which lies in a segment below a directory. */
  static void damage(Path directory, String id) throws IOException {
    List<Path> segments;
    try (Stream<Path> all = Files.walk(directory)) {
      segments = all.filter(file -> file.toString().endsWith(".cq4")).toList();
    }
    for (Path segment : segments) {
      int at = Files.readString(segment, StandardCharsets.ISO_8859_1).indexOf('"' + id + '"');
      if (at >= 0) {
        try (RandomAccessFile disk = new RandomAccessFile(segment.toFile(), "rw")) {
          disk.seek(at + 1);
          disk.write('#');
        }
        return;
      }
    }
    throw new IOException(id + " is in no segment");
  }

  /** Copies a directory, and all in it, to where there is none. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : all.toList()) {
        Files.copy(one, to.resolve(from.relativize(one)), LinkOption.NOFOLLOW_LINKS);
      }
    }
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
