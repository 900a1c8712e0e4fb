package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a JVM with an open buffer that has nothing to do takes of a core, or, for comparison, one
 * without: all its threads, the JVM's own included.
 *
 * <p>Figure: {@code percent} of a core.
 */
final class IdleTrial implements Trial {
  private final boolean open;

  IdleTrial(boolean open) {
    this.open = open;
  }

  @Override
  public Report run(Setting setting) throws Exception {
    Duration time = Duration.ofSeconds(setting.choose(6, 60));
    if (!open) {
      return Report.of(0, Map.of("percent", percent(time)));
    }
    int events = 20_000;
    try (ScratchDirectory directory = new ScratchDirectory();
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> "scope3_benchmark")
                .baseUrl(Sink.delayed(setting.sink(), 0))
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory.path().resolve("events"))
                .destination(Destination.of("12345", "website_pixel"))
                .transport(transport)
                .open()) {
      for (int i = 0; i < events; i++) {
        buffer.append(CheckoutEvent.event(CheckoutEvent.id(i)));
      }
      buffer.flush(Duration.ofSeconds(30));
      double percent = percent(time);
      return Report.of(Sink.missing(setting.sink(), events), Map.of("percent", percent));
    }
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
        } catch (java.nio.file.NoSuchFileException e) {
          // Ended meanwhile.
        }
      }
    }
    return sum;
  }
}
