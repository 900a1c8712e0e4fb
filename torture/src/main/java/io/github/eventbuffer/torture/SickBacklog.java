package io.github.eventbuffer.torture;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A backlog of several segments, some pages of which the disk fails to read, for good or for a
 * while. Delivery waits, then goes on behind them; what comes back in time is not lost.
 */
final class SickBacklog {
  private static final int EVENTS = 4_000;
  private static final int PAGE = 4096;
  private static final Duration DRAINED = Duration.ofSeconds(30);

  /** A minute of patience in a fifth of a second, or in three. */
  private static final int FAST = 300;

  private static final int SLOW = 20;
  private static final int MOST_HEALING_MILLIS = 1_000;

  private final Run run;
  private final Random random;
  private long lost;
  private long healed;

  SickBacklog(Run run, Random random) {
    this.run = run;
    this.random = random;
  }

  /** One disk, from its file system to its end. */
  void deliver(int cycle, boolean heals) throws IOException, InterruptedException {
    BadSectorDisk disk = run.own(new BadSectorDisk(run.directory().resolve("disk" + cycle)));
    Settings settings =
        Settings.of(disk.mountWhole().resolve("events"), run.seed(), URI.create("http://none"))
            .with(Setting.MAX_BATCH_EVENTS, 100)
            .with(Setting.WINDOW_ENTRIES, 100)
            .with(Setting.FLUSH_INTERVAL_MILLIS, 1);
    Oracle oracle = run.oracle(Limits.of(settings).anyAppend());
    fill(settings, oracle);
    List<EntryExtent> entries = Survey.of(settings.directory(), oracle.payload());
    // Not in the newest segment, which an open reads.
    EntryExtent hit = entries.get(100 + random.nextInt(800));
    long from = hit.from() / PAGE * PAGE;
    long to = from + PAGE * (1L + random.nextInt(3));
    disk.fail(settings.directory().resolve(hit.file()), from, to - from);
    disk.unmount();
    disk.mountFailing();
    judge(settings, oracle, disk, entries, hit.file(), heals);
    if (!oracle.violations().isEmpty()) {
      oracle.violate(
          Rule.RUN, "that was disk " + cycle + ": " + hit.file() + " " + from + "-" + to);
    }
    run.end(disk);
  }

  private static void fill(Settings settings, Oracle oracle) throws IOException {
    Collector nobody = new Collector(0);
    nobody.fallSilent();
    oracle.offered(0, EVENTS + 1);
    try (EventBuffer buffer = settings.buffer(nobody).open()) {
      for (int n = 0; n < EVENTS; n++) {
        AppendResult result = buffer.appendJson(oracle.payload().json(n));
        oracle.answered(n, Answer.valueOf(result.status().name()), Duration.ZERO);
      }
      buffer.close(Duration.ZERO);
    }
  }

  private void judge(
      Settings settings,
      Oracle oracle,
      BadSectorDisk disk,
      List<EntryExtent> entries,
      Path hit,
      boolean heals)
      throws IOException, InterruptedException {
    Collector collector = new Collector(0);
    Ear ear = new Ear();
    try (EventBuffer buffer =
        settings
            .buffer(collector)
            .listener(ear)
            .clock(new HurriedClock(heals ? SLOW : FAST))
            .open()) {
      if (heals) {
        Thread.sleep(random.nextInt(MOST_HEALING_MILLIS));
        disk.heal();
        healed++;
      }
      AppendResult result = buffer.appendJson(oracle.payload().json(EVENTS));
      oracle.answered(EVENTS, Answer.valueOf(result.status().name()), Duration.ZERO);
      if (!buffer.flush(DRAINED).complete()) {
        oracle.violate(Rule.LIVENESS, "not delivered within " + DRAINED + ": " + buffer.health());
      }
      collector.report(oracle);
      BufferStats stats = buffer.stats();
      oracle.balanced(Stats.of(stats));
      BitSet missing = oracle.missing();
      lost += missing.cardinality();
      oracle.conserved(heals ? new BitSet() : unreadable(settings, entries, hit));
      long gone = missing.cardinality();
      if (stats.damaged() != gone || ear.damaged() != gone) {
        oracle.violate(Rule.ACCOUNTING, gone + " lost, told " + ear + ", counted " + stats);
      }
    }
  }

  /**
   * The events in pages that this process cannot read either. Those are more than the bad ones at
   * times: the kernel reads many pages at once, and then calls all of them unreadable.
   */
  private static BitSet unreadable(Settings settings, List<EntryExtent> entries, Path hit)
      throws IOException, InterruptedException {
    BitSet events = new BitSet();
    try (RandomAccessFile file =
        new RandomAccessFile(inQuarantine(settings.directory(), hit).toFile(), "r")) {
      byte[] page = new byte[PAGE];
      for (long at = 0; at < file.length(); at += PAGE) {
        file.seek(at);
        try {
          file.read(page);
        } catch (IOException e) {
          for (EntryExtent entry : entries) {
            if (entry.file().equals(hit) && entry.from() < at + PAGE && at < entry.to()) {
              events.set(entry.number());
            }
          }
        }
      }
    }
    return events;
  }

  /** It goes there when it is done with, which is a moment after the last delivery. */
  private static Path inQuarantine(Path directory, Path hit)
      throws IOException, InterruptedException {
    Path quarantine = directory.resolve("quarantine");
    for (int i = 0; i < 500 && !Files.isDirectory(quarantine); i++) {
      Thread.sleep(10);
    }
    if (Files.isDirectory(quarantine)) {
      try (Stream<Path> files = Files.list(quarantine)) {
        Path found =
            files
                .filter(file -> file.toString().endsWith(hit.getFileName().toString()))
                .findFirst()
                .orElse(null);
        if (found != null) {
          return found;
        }
      }
    }
    throw new IOException("a segment with bad sectors is not in quarantine: " + hit);
  }

  void report() {
    run.figure("healed_disks", healed);
    run.figure("lost_in_bad_sectors", lost);
  }
}
