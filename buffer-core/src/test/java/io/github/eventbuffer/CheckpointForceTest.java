package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A force of the checkpoint that fails, as strace makes it fail. Skipped, aloud, where there is no
 * strace or where it may not look.
 */
class CheckpointForceTest {
  private static final int EVENTS = 10_000;

  @TempDir Path root;

  /** Delivers more than one segment, so that one can be removed once the checkpoint is forced. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try (EventBuffer buffer =
          EventBuffer.builder(Path.of(arguments[0]))
              .destination(Destination.of("12345", "website_pixel"))
              .transport(new ScriptedTransport())
              .segmentBytes(1 << 20)
              .maxEventBytes(4 << 10)
              .duplicateWindow(1, Duration.ofDays(1))
              .open()) {
        for (int i = 0; i < EVENTS; i++) {
          buffer.append(Events.purchase("event-" + i));
        }
        // strace counts for each thread: the flusher's own second force is to succeed.
        boolean delivered = true;
        for (int i = 0; i < 5; i++) {
          delivered &= buffer.flush(Duration.ofSeconds(30)).complete();
          buffer.append(Events.purchase("later-" + i));
        }
        delivered &= buffer.flush(Duration.ofSeconds(30)).complete();
        System.out.println("delivered " + delivered);
      }
    }
  }

  private List<String> strace(Path trace, Path checkpoint) {
    return List.of(
        "strace",
        "-f",
        "-y",
        "-o",
        trace.toString(),
        "-P",
        checkpoint.toString(),
        "-P",
        checkpoint + ".new",
        "-e",
        "trace=fsync,rename",
        "-e",
        "inject=fsync:error=EIO:when=1");
  }

  @Test
  void theNextForceIsMadeOnANewFile() throws Exception {
    Path trace = root.resolve("trace");
    Path checkpoint = root.toRealPath().resolve("events/checkpoint");
    Assumptions.assumeTrue(mayTrace(), "needs strace and the right to use it");
    ChildJvm.Result result =
        ChildJvm.current()
            .under(strace(trace, checkpoint).toArray(new String[0]))
            .run(Program.class, checkpoint.getParent().toString());
    assertEquals(0, result.exit(), result.all());
    assertTrue(result.all().contains("delivered true"), result.all());
    List<String> calls =
        Files.readAllLines(trace).stream().filter(line -> line.contains("checkpoint")).toList();
    assertTrue(calls.size() > 2, calls.toString());
    assertTrue(calls.get(0).contains("EIO"), calls.toString());
    // A second force of the same file would say that all is well.
    assertTrue(calls.get(1).contains("/checkpoint.new>"), calls.toString());
    assertTrue(calls.get(2).contains("rename("), calls.toString());
    try (EventBuffer buffer =
        EventBuffer.builder(checkpoint.getParent())
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new ScriptedTransport())
            .open()) {
      assertEquals(EVENTS + 5, buffer.stats().delivered());
      assertEquals(0, buffer.stats().pending());
    }
  }

  private boolean mayTrace() throws Exception {
    List<String> command =
        new ArrayList<>(strace(Path.of("/dev/null"), root.resolve("checkpoint")));
    command.add("true");
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
}
