package io.github.eventbuffer.torture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Damages the files of a copy at random, as disks and memory do. */
final class BadDisk {
  private static final int PAGE = 4096;

  private final Random random;
  private final Path directory;
  private final List<Path> files;
  private final List<Path> segments;
  private final Wound wound;

  /** For one copy; all that is random comes from {@code random}. */
  BadDisk(Path directory, Random random) throws IOException {
    this.directory = directory;
    this.random = random;
    try (Stream<Path> walk = Files.walk(directory)) {
      // In an order that does not depend on the file system, so that a seed repeats it.
      files = walk.filter(file -> Files.isRegularFile(file)).sorted().toList();
    }
    segments = files.stream().filter(file -> file.toString().endsWith(".cq4")).toList();
    wound = new Wound(directory);
  }

  /** One kind of damage; most often a single bit. */
  Wound strike() throws IOException {
    switch (random.nextInt(10)) {
      case 0 -> page("zeroed", new byte[PAGE]);
      case 1 -> page("garbage", garbage());
      case 2 -> swap();
      case 3 -> tail();
      case 4 -> {
        for (int bits = 2 + random.nextInt(6); bits > 0; bits--) {
          bit();
        }
      }
      default -> bit();
    }
    return wound;
  }

  /** Half of all hits fall on segments, which hold the events; the rest on any file. */
  private Path file() throws IOException {
    for (int i = 0; i < 20; i++) {
      List<Path> among = random.nextBoolean() ? segments : files;
      Path file = among.get(random.nextInt(among.size()));
      if (Files.size(file) > 0) {
        return file;
      }
    }
    return directory.resolve("buffer.json");
  }

  private void bit() throws IOException {
    Path file = file();
    long at = place(file);
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      open.seek(at);
      byte[] other = {(byte) (open.read() ^ 1 << random.nextInt(8))};
      wound.write("bit", file, at, other);
    }
  }

  private byte[] garbage() {
    byte[] bytes = new byte[PAGE];
    random.nextBytes(bytes);
    return bytes;
  }

  private void page(String how, byte[] bytes) throws IOException {
    Path file = file();
    long at = place(file) / PAGE * PAGE;
    int length = (int) Math.min(PAGE, Files.size(file) - at);
    wound.write(how, file, at, Arrays.copyOf(bytes, length));
  }

  /** Two pages of one segment, or of two, each where the other should be. */
  private void swap() throws IOException {
    Path one = segments.get(random.nextInt(segments.size()));
    Path other = random.nextBoolean() ? one : segments.get(random.nextInt(segments.size()));
    long at = wholePage(one);
    long otherAt = wholePage(other);
    if (at < 0 || otherAt < 0) {
      page("zeroed", new byte[PAGE]);
      return;
    }
    byte[] page = read(one, at);
    byte[] otherPage = read(other, otherAt);
    wound.write("swapped", one, at, otherPage);
    wound.write("swapped", other, otherAt, page);
  }

  private long wholePage(Path file) throws IOException {
    long at = place(file) / PAGE * PAGE;
    return at + PAGE <= Files.size(file) ? at : -1;
  }

  private static byte[] read(Path file, long at) throws IOException {
    byte[] page = new byte[PAGE];
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      open.seek(at);
      open.readFully(page);
    }
    return page;
  }

  /** All of a segment from some place on, as after a power cut. */
  private void tail() throws IOException {
    Path file = segments.get(random.nextInt(segments.size()));
    long at = place(file);
    wound.write("zeroed", file, at, new byte[(int) (Files.size(file) - at)]);
  }

  /** A byte of a file, mostly one of its used part. */
  private long place(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int used = bytes.length;
    while (used > 0 && bytes[used - 1] == 0) {
      used--;
    }
    return random.nextInt(used == 0 || random.nextInt(10) == 0 ? Math.max(1, bytes.length) : used);
  }
}
