package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A control group of its own, of either version, for one controller. What it does to its processes
 * ends when it is closed. Needs root and a hierarchy that may be written.
 */
final class ControlGroup implements AutoCloseable {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private final Path directory;
  private final boolean first;
  private final List<Long> taken = new ArrayList<>();

  private ControlGroup(Path directory, boolean first) {
    this.directory = directory;
    this.first = first;
  }

  /** One for {@code freezer}, {@code cpu} or {@code pids}; null where none can be had. */
  static @Nullable ControlGroup of(String controller) {
    String name = "torture-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    Path old = ROOT.resolve(controller);
    boolean first = Files.exists(old.resolve("cgroup.procs"));
    Path directory = (first ? old : ROOT).resolve(name);
    try {
      Files.createDirectory(directory);
      ControlGroup group = new ControlGroup(directory, first);
      if (Files.isWritable(directory.resolve(group.file(controller)))) {
        return group;
      }
      Files.delete(directory);
    } catch (IOException e) {
      // No such hierarchy, or not ours to write.
      return null;
    }
    return null;
  }

  private String file(String controller) {
    return switch (controller) {
      case "freezer" -> first ? "freezer.state" : "cgroup.freeze";
      case "cpu" -> first ? "cpu.cfs_quota_us" : "cpu.max";
      default -> "pids.max";
    };
  }

  void take(long pid) throws IOException {
    write(directory.resolve("cgroup.procs"), pid);
    taken.add(pid);
  }

  void freeze() throws IOException {
    write(directory.resolve(file("freezer")), first ? "FROZEN" : "1");
  }

  /** So many percent of one processor. */
  void quota(int percent) throws IOException {
    write(directory.resolve(file("cpu")), first ? 1_000 * percent : 1_000 * percent + " 100000");
  }

  /** So many threads and processes at most. */
  void tasks(long most) throws IOException {
    write(directory.resolve(file("pids")), most);
  }

  /** How many there are. */
  long tasks() throws IOException {
    return Long.parseLong(Files.readString(directory.resolve("pids.current")).strip());
  }

  private static void write(Path file, Object value) throws IOException {
    Files.writeString(file, value.toString());
  }

  /** Lets go of what it took. Idempotent. */
  @Override
  public void close() throws IOException {
    Path freezer = directory.resolve(file("freezer"));
    if (Files.exists(freezer)) {
      write(freezer, first ? "THAWED" : "0");
    }
    Path above = directory.resolveSibling("cgroup.procs");
    for (long pid : taken) {
      if (ProcessHandle.of(pid).isPresent()) {
        write(above, pid);
      }
    }
    taken.clear();
    for (int i = 0; i < 50 && Files.exists(directory); i++) {
      try {
        Files.delete(directory);
      } catch (IOException e) {
        // A process that ended is still in it for a moment.
        LockSupport.parkNanos(20_000_000);
      }
    }
  }
}
