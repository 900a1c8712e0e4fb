package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the calling process holds at this moment, read from {@code /proc/self}.
 *
 * @param files descriptors of files in the directory
 * @param descriptors all descriptors but sockets, which come and go with the endpoint's answers
 * @param mappings mapped regions of files in the directory
 * @param threads threads of buffers, transports excepted
 */
record Resources(long files, long descriptors, long mappings, long threads) {

  static Resources of(Path directory) throws IOException {
    String inside = directory.toRealPath() + "/";
    long files = 0;
    long descriptors = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : all) {
        String target = target(descriptor);
        files += target.startsWith(inside) ? 1 : 0;
        descriptors += target.isEmpty() || target.startsWith("socket:") ? 0 : 1;
      }
    }
    long mappings;
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      mappings = lines.filter(line -> line.contains(inside)).count();
    }
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("event-buffer-"))
            .filter(thread -> !thread.getName().startsWith("event-buffer-http"))
            .count();
    return new Resources(files, descriptors, mappings, threads);
  }

  /** Empty when it was closed meanwhile. */
  private static String target(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  @Override
  public String toString() {
    return "files="
        + files
        + " descriptors="
        + descriptors
        + " mappings="
        + mappings
        + " threads="
        + threads;
  }
}
