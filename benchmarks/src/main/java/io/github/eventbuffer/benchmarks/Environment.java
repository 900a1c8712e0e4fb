package io.github.eventbuffer.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where and of what a run was.
 *
 * @param date when it began, UTC
 * @param mode {@code quick} or {@code full}
 * @param load the machine's load when it began: what else went on
 * @param flags of every forked JVM, ours and the references'
 */
record Environment(
    String date,
    String mode,
    String commit,
    String system,
    String processor,
    int processors,
    long memoryMegabytes,
    String java,
    String disk,
    String load,
    List<String> flags) {

  static Environment of(boolean quick, Path directory) throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Environment(
        ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")),
        quick ? "quick" : "full",
        System.getProperty("bench.commit", "unknown"),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        first("/proc/cpuinfo", "model name", "unknown"),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize() >> 20,
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        disk(directory),
        String.format(Locale.ROOT, "%.2f", system.getSystemLoadAverage()),
        Fork.FLAGS);
  }

  private static String disk(Path directory) throws IOException {
    FileStore store = Files.getFileStore(directory);
    return store.type() + " on " + Path.of(store.name()).getFileName();
  }

  private static String first(String file, String key, String otherwise) throws IOException {
    if (!Files.isReadable(Path.of(file))) {
      return otherwise;
    }
    for (String line : Files.readAllLines(Path.of(file))) {
      if (line.startsWith(key)) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return otherwise;
  }

  /** The header of the table, line by line. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(date + " UTC, " + mode + ", commit " + commit);
    lines.add(
        system
            + ", "
            + processors
            + " × "
            + processor
            + ", "
            + memoryMegabytes
            + " MB, load "
            + load
            + " at the start");
    lines.add(java);
    lines.add(disk);
    lines.add("flags of each forked JVM: " + String.join(" ", flags));
    return lines;
  }
}
