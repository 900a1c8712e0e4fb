package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlushRaceTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  @TempDir Path root;

  @Test
  @Tag("slow")
  void noFlushIsOverlookedHoweverManyAreAskedForAtOnce() throws InterruptedException {
    AtomicInteger overlooked = new AtomicInteger();
    try (EventBuffer buffer =
        EventBuffer.builder(root.resolve("events"))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new ScriptedTransport())
            .segmentBytes(2 << 20)
            .flushInterval(Duration.ofDays(1))
            .open()) {
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String name = "caller-" + i + "-";
        Thread caller =
            new Thread(
                () -> {
                  for (int n = 0; n < 10_000 && overlooked.get() == 0; n++) {
                    buffer.append(Events.purchase(name + n));
                    if (!buffer.flush(LONG).complete()) {
                      overlooked.incrementAndGet();
                    }
                  }
                });
        callers.add(caller);
        caller.start();
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(0, overlooked.get());
    }
  }
}
