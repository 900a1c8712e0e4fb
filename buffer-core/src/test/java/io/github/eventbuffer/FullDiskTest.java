package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 24 MB, filled by the buffer and by somebody else. */
@Tag("root")
class FullDiskTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path mountPoint;
  private final ScriptedTransport transport = new ScriptedTransport();
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "none", mountPoint.toString());
    Assumptions.assumeTrue(mounted, "needs the right to mount a tmpfs");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      // Chronicle unmaps files in the background.
      boolean unmounted = false;
      for (long end = System.nanoTime() + LONG.toNanos(); !unmounted && System.nanoTime() < end; ) {
        unmounted = run("umount", mountPoint.toString());
      }
      assertTrue(unmounted, "umount");
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private EventBuffer open() {
    return EventBuffer.builder(mountPoint.resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .segmentBytes(2 << 20)
        .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)))
        .open();
  }

  private static int fill(EventBuffer buffer, String prefix) {
    for (int accepted = 0; ; accepted++) {
      AppendResult result = buffer.append(Events.purchase(prefix + accepted));
      if (result != AppendResult.ACCEPTED) {
        assertEquals(AppendResult.FULL, result);
        return accepted;
      }
    }
  }

  @Test
  void aFullDiskRefusesAndWhatWasAcceptedArrives() {
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    int accepted;
    try (EventBuffer buffer = open()) {
      accepted = fill(buffer, "a");
      assertTrue(accepted > 10_000, "accepted " + accepted);
      for (int i = 0; i < 1_000; i++) {
        assertEquals(AppendResult.FULL, buffer.append(Events.purchase("refused" + i)));
      }
      assertEquals(BufferHealth.State.FULL, buffer.health().state());
      buffer.close(Duration.ZERO);
    }
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(accepted, transport.arrivals().size());
    }
  }

  @Test
  void whenSomebodyElseFillsTheDiskAppendsComeBackWithTheSpace() throws Exception {
    Path hog = mountPoint.resolve("hog");
    try (EventBuffer buffer = open()) {
      for (int cycle = 0; cycle < 5; cycle++) {
        fillDisk(hog);
        buffer.pause();
        int accepted = fill(buffer, "cycle" + cycle + "-");
        Files.delete(hog);
        AppendResult result = AppendResult.FULL;
        for (long end = System.nanoTime() + LONG.toNanos();
            result == AppendResult.FULL && System.nanoTime() < end; ) {
          result = buffer.append(Events.purchase("back" + cycle));
        }
        assertEquals(AppendResult.ACCEPTED, result, "after " + accepted);
        buffer.resume();
        assertTrue(buffer.flush(LONG).complete());
      }
      BufferStats stats = buffer.stats();
      assertEquals(stats.accepted(), stats.delivered());
      assertEquals(stats.accepted(), transport.arrivals().size());
    }
  }

  @Test
  void aBufferOnAFullDiskOpensAndDeliversWhatItHasAndThenAcceptsAgain() throws Exception {
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    int accepted;
    try (EventBuffer buffer = open()) {
      accepted = fill(buffer, "a");
      buffer.close(Duration.ZERO);
    }
    fillDisk(mountPoint.resolve("hog"));
    // The first open gives back what full segments did not use; take that, too.
    try (EventBuffer buffer = open()) {
      accepted += fill(buffer, "b");
      buffer.close(Duration.ZERO);
    }
    fillDisk(mountPoint.resolve("hog2"));
    transport.later(attempt -> new CompletableFuture<>());
    try (EventBuffer buffer = open()) {
      assertEquals(AppendResult.FULL, buffer.append(Events.purchase("refused")));
      assertEquals(BufferHealth.State.FULL, buffer.health().state());
      buffer.close(Duration.ZERO);
    }
    transport.answer(attempt -> DeliveryResult.Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(accepted, transport.arrivals().size());
      AppendResult result = AppendResult.FULL;
      for (long end = System.nanoTime() + LONG.toNanos();
          result == AppendResult.FULL && System.nanoTime() < end; ) {
        result = buffer.append(Events.purchase("again"));
      }
      assertEquals(AppendResult.ACCEPTED, result);
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  @Test
  void aDiskThatIsFullFromTheBeginningIsAReasonNotToOpen() throws Exception {
    fillDisk(mountPoint.resolve("hog"));
    try (EventBuffer buffer = open()) {
      throw new AssertionError("opened " + buffer.stats());
    } catch (EventBufferException e) {
      assertEquals(EventBufferException.Reason.NO_SPACE, e.reason(), e.getMessage());
    }
  }

  private static void fillDisk(Path hog) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(hog)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("No space"), e.toString());
    }
  }
}
