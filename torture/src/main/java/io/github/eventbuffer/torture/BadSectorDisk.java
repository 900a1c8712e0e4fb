package io.github.eventbuffer.torture;

import io.github.eventbuffer.torture.Mounts.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk image behind a program that fails to read some bytes of it, for as long as it is told to:
 * nbdkit serves the image, nbdfuse makes a file of that again, and the file is mounted.
 */
final class BadSectorDisk implements AutoCloseable {
  /** One extent of {@code filefrag -v}: where it begins in the file, on the disk, and how long. */
  private static final Pattern EXTENT =
      Pattern.compile("\\s*\\d+:\\s*(\\d+)\\.\\.\\s*\\d+:\\s*(\\d+)\\.\\.\\s*\\d+:\\s*(\\d+):.*");

  private static final int BLOCK = 4096;
  private static final int SECONDS = 60;

  private final Path directory;
  private final Path image;
  private final Path bad;
  private @Nullable Process fuse;
  private @Nullable Mount fuseMount;
  private @Nullable Mount mount;

  /** An empty ext4 in {@code directory}. */
  BadSectorDisk(Path directory) throws IOException, InterruptedException {
    this.directory = Files.createDirectories(directory);
    image = directory.resolve("disk.img");
    bad = directory.resolve("bad");
    Mounts.command("truncate", "-s", "64M", image.toString());
    Mounts.command("mkfs.ext4", "-q", "-F", "-m", "0", "-b", "" + BLOCK, image.toString());
  }

  static @Nullable String obstacle() {
    return Requirement.first(
        Requirement.program("nbdkit", "nbdkit"),
        Requirement.program("nbdfuse", "libnbd-bin"),
        Requirement.program("fusermount3", "fuse3"),
        Requirement.program("filefrag", "e2fsprogs"),
        Files.exists(Path.of("/dev/fuse")) ? null : "needs /dev/fuse");
  }

  /** Mounts it without the program between. */
  Path mountWhole() throws IOException, InterruptedException {
    Mount whole = Mounts.loop(image, directory.resolve("mnt"));
    mount = whole;
    return whole.point();
  }

  /** From now on these bytes of a file cannot be read; asked while it is mounted whole. */
  void fail(Path file, long offset, long length) throws IOException, InterruptedException {
    Mounts.command("sync", file.toString());
    Process process = new ProcessBuilder("filefrag", "-e", "-v", file.toString()).start();
    String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    for (String line : all.split("\n", -1)) {
      Matcher extent = EXTENT.matcher(line);
      if (extent.matches()) {
        long from = Long.parseLong(extent.group(1)) * BLOCK;
        long physical = Long.parseLong(extent.group(2)) * BLOCK;
        if (offset >= from && offset + length <= from + Long.parseLong(extent.group(3)) * BLOCK) {
          long start = physical + offset - from;
          Files.writeString(bad, start + " " + (start + length) + "\n");
          return;
        }
      }
    }
    throw new IOException("not found on the disk: " + file + " " + offset + " in " + all);
  }

  /** All can be read again. */
  void heal() throws IOException {
    Files.deleteIfExists(bad);
  }

  void unmount() throws IOException {
    Mount mounted = mount;
    if (mounted != null) {
      mounted.close();
      mount = null;
    }
  }

  /** Mounts it with the program between. */
  Path mountFailing() throws IOException, InterruptedException {
    String failing =
        "if [ -s '%s' ]; then read a b <'%s'; if [ $4 -lt $b ] && [ $(($4 + $3)) -gt $a ]; then"
                .formatted(bad, bad)
            + " echo 'EIO bad sector' >&2; exit 1; fi; fi; ";
    String dd = "dd bs=128k status=none conv=notrunc ";
    Path point = Files.createDirectories(directory.resolve("fuse"));
    // In brackets: nbdfuse makes the socket, listens, and hands it to the server it starts. One
    // that nbdkit makes can be seen before nbdkit listens to it.
    start(
        point,
        "[",
        "nbdkit",
        "--exit-with-parent",
        "eval",
        "get_size=stat -c %s '" + image + "'",
        "pread="
            + failing
            + dd
            + "if='"
            + image
            + "' skip=$4 count=$3 iflag=skip_bytes,count_bytes",
        "pwrite=" + dd + "of='" + image + "' seek=$4 oflag=seek_bytes",
        "can_write=exit 0",
        "can_flush=exit 0",
        "flush=exit 0",
        "]");
    fuseMount = new Mount(point);
    Mount failingMount = Mounts.loop(point.resolve("nbd"), directory.resolve("mnt"));
    mount = failingMount;
    return failingMount.point();
  }

  /** Starts nbdfuse and waits until its file is there. */
  private void start(Path point, String... command) throws IOException, InterruptedException {
    Path log = directory.resolve("disk.log");
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of("nbdfuse", point.toString()), Stream.of(command)).toList())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    fuse = process;
    Path file = point.resolve("nbd");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(file)) {
      boolean ended = !process.isAlive();
      if (ended || System.nanoTime() > end) {
        throw new IOException(
            "nbdfuse "
                + (ended ? "ended" : "hangs")
                + " before "
                + file
                + ": "
                + Files.readString(log));
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    heal();
    unmount();
    Mount served = fuseMount;
    if (served != null) {
      served.close();
    }
    Process process = fuse;
    if (process != null) {
      process.destroy();
      process.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }
  }
}
