package io.github.eventbuffer.torture;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** File systems that are made, mounted and unmounted for a run. Needs root. */
final class Mounts {
  private static final int SECONDS = 60;

  private Mounts() {}

  /** A mounted file system; unmounted when closed. */
  record Mount(Path point) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try {
        // A child that was killed lets go of it in a moment.
        for (int i = 0; i < 50; i++) {
          if (tries(List.of("umount", point.toString()))) {
            return;
          }
          Thread.sleep(20);
        }
        command("umount", "--lazy", point.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Runs a command to its end. */
  static void command(String... command) throws IOException, InterruptedException {
    command(List.of(command));
  }

  static void command(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("did not end: " + command);
    }
    if (process.exitValue() != 0) {
      throw new IOException(command + " ended with " + process.exitValue() + ": " + said);
    }
  }

  private static boolean tries(List<String> command) throws InterruptedException {
    try {
      command(command);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static Mount tmpfs(Path point, String size) throws IOException, InterruptedException {
    Files.createDirectories(point);
    command("mount", "-t", "tmpfs", "-o", "size=" + size, "none", point.toString());
    return new Mount(point);
  }

  /** A file of this size with an empty ext4 in it. */
  static Path ext4Image(Path image, String size) throws IOException, InterruptedException {
    command("truncate", "-s", size, image.toString());
    command("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
    return image;
  }

  /** A file of this size with an empty XFS in it, which can clone files. */
  static Path xfsImage(Path image, String size) throws IOException, InterruptedException {
    command("truncate", "-s", size, image.toString());
    command("mkfs.xfs", "-q", "-f", "-m", "reflink=1", image.toString());
    return image;
  }

  /** Mounts the file system in a file. */
  static Mount loop(Path image, Path point) throws IOException, InterruptedException {
    Files.createDirectories(point);
    command("mount", "-o", "loop,noatime", image.toString(), point.toString());
    return new Mount(point);
  }

  /** Why none of this can be done here, or null. */
  static @Nullable String obstacle() {
    return Requirement.first(
        Requirement.root(),
        Requirement.program("mkfs.ext4", "e2fsprogs"),
        Requirement.works(
            List.of("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"),
            "needs the right to mount"),
        Requirement.works(List.of("losetup", "-f"), "needs a loop device"));
  }
}
