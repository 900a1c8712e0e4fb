package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What an open buffer that has nothing to do takes of a core: what the JVM takes with it, less what
 * the same JVM takes without. All threads count, the JVM's own included; those alone take about as
 * much as the goal allows, so the difference is what says something.
 *
 * <p>Figures in percent of a core: {@code added}; {@code with}, {@code without}.
 */
final class IdleTrial implements Trial {
  private static final int EVENTS = 20_000;

  @Override
  public Report run(Setting setting) throws Exception {
    Duration time = Duration.ofSeconds(setting.choose(6, 60));
    try (ScratchDirectory directory = new ScratchDirectory();
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> "scope3_benchmark")
                .baseUrl(Sink.delayed(setting.sink(), 0))
                .build()) {
      // So that both times the same classes are loaded and compiled.
      try (EventBuffer buffer = buffer(directory, transport)) {
        deliver(buffer, 0);
      }
      double without = percent(time);
      try (EventBuffer buffer = buffer(directory, transport)) {
        deliver(buffer, EVENTS);
        double with = percent(time);
        return Report.of(
            Sink.missing(setting.sink(), 2 * EVENTS),
            Map.of("added", Math.max(0, with - without), "with", with, "without", without));
      }
    }
  }

  private static EventBuffer buffer(ScratchDirectory directory, InterchangeTransport transport) {
    return EventBuffer.builder(directory.path().resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .open();
  }

  private static void deliver(EventBuffer buffer, int first) {
    for (int i = first; i < first + EVENTS; i++) {
      buffer.append(CheckoutEvent.event(CheckoutEvent.id(i)));
    }
    buffer.flush(Duration.ofSeconds(30));
  }

  private static double percent(Duration time) throws IOException, InterruptedException {
    // What was begun before, compilation above all, is done by then.
    TimeUnit.SECONDS.sleep(2);
    cpuNanos();
    long start = System.nanoTime();
    long before = cpuNanos();
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
    return 100.0 * (cpuNanos() - before) / (System.nanoTime() - start);
  }

  /** Of all threads that live; the JDK counts no finer than 10 ms. */
  private static long cpuNanos() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        try {
          String schedule = Files.readString(task.resolve("schedstat"));
          sum += Long.parseLong(schedule.substring(0, schedule.indexOf(' ')));
        } catch (NoSuchFileException e) {
          // Ended meanwhile.
        }
      }
    }
    return sum;
  }
}
