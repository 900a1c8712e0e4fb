package io.github.eventbuffer.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small ext4 of its own, which can be frozen. A shell keeps it: should the driver die in whatever
 * way, the shell's input ends, and it thaws and unmounts. Needs root.
 */
final class LoopDisk implements AutoCloseable {
  private static final String KEEPER =
      """
      trap '' INT TERM HUP
      truncate -s "$3" "$1" && mkfs.ext4 -q -F -m 0 "$1" && mkdir -p "$2" &&
        mount -o loop,noatime "$1" "$2" || { echo failed; exit 1; }
      echo ready
      while read -r word; do
        case $word in
          freeze) fsfreeze -f "$2" && echo ready || echo failed ;;
          thaw) fsfreeze -u "$2" && echo ready || echo failed ;;
        esac
      done
      fsfreeze -u "$2"
      for i in $(seq 100); do
        umount "$2" && exit 0
        sleep 0.1
      done
      umount -l "$2"
      """;

  private final Path point;
  private final Process keeper;
  private final Writer in;
  private final BufferedReader out;

  /**
   * Makes and mounts one.
   *
   * @param point where; the image lies beside it
   * @param size as {@code truncate} takes it, for example {@code 64M}
   */
  LoopDisk(Path point, String size) throws IOException {
    this.point = point;
    Path image = point.resolveSibling(point.getFileName() + ".img");
    keeper =
        new ProcessBuilder(
                "bash", "-c", KEEPER, "loop-disk", image.toString(), point.toString(), size)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    in = keeper.outputWriter(StandardCharsets.US_ASCII);
    out =
        new BufferedReader(new InputStreamReader(keeper.getInputStream(), StandardCharsets.UTF_8));
    expectReady("mount");
  }

  static @Nullable String obstacle() {
    return Requirement.first(
        Requirement.linux(),
        Requirement.root(),
        Requirement.program("mkfs.ext4", "e2fsprogs"),
        Requirement.program("fsfreeze", "util-linux"),
        Requirement.works(
            List.of("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"),
            "needs the right to mount"),
        Requirement.works(List.of("losetup", "-f"), "needs a loop device"));
  }

  Path point() {
    return point;
  }

  /** Whatever writes to it waits from now on, until this is closed. */
  AutoCloseable freeze() throws IOException {
    say("freeze");
    return () -> say("thaw");
  }

  private synchronized void say(String word) throws IOException {
    in.write(word + "\n");
    in.flush();
    expectReady(word);
  }

  private void expectReady(String what) throws IOException {
    String line = out.readLine();
    if (!"ready".equals(line)) {
      throw new IOException("cannot " + what + " " + point);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
    keeper.onExit().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
