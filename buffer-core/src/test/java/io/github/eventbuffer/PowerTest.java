package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Without a power cut: what a process asked the kernel to force, and when, as strace saw it.
 * Skipped, aloud, where there is no strace or where it may not look.
 */
class PowerTest {
  /** The descriptor's path is in angle brackets; other threads' calls may come in between. */
  private static final Pattern FORCE =
      Pattern.compile("^(\\d+) .*(?:fsync|fdatasync)\\(\\d+<([^>]+)>(?:\\) += 0$|( <unfinished))");

  private static final Pattern RESUMED =
      Pattern.compile("^(\\d+) .*<\\.\\.\\. (?:fsync|fdatasync) resumed>\\) += 0$");

  private static final String[] STRACE = {
    "strace", "-f", "-y", "-s", "64", "-e", "trace=fsync,fdatasync,write", "-o"
  };

  @TempDir Path root;

  /** Appends with POWER and says so; delivers and says so. */
  static final class Program {
    private Program() {}

    private static DeliveryResult answer(ScriptedTransport.Attempt attempt) {
      List<RejectedEvent> rejected = List.of(new RejectedEvent("event-1", "BAD", "refused"));
      return new DeliveryResult.Delivered(rejected, List.of(), null, 2);
    }

    public static void main(String[] arguments) {
      try (EventBuffer buffer =
          EventBuffer.builder(Path.of(arguments[0]))
              .destination(Destination.of("12345", "website_pixel"))
              .transport(new ScriptedTransport().answer(Program::answer))
              .segmentBytes(1 << 20)
              .maxEventBytes(4 << 10)
              .durability(Durability.valueOf(arguments[1]))
              .open()) {
        buffer.pause();
        for (int i = 0; i < 3; i++) {
          System.out.println("appending");
          System.out.println(buffer.append(Events.purchase("event-" + i)).status());
        }
        buffer.resume();
        System.out.println("delivered " + buffer.flush(Duration.ofSeconds(30)).complete());
      }
    }
  }

  @Test
  void everyPowerAppendForcesItsSegmentAndTheNamesOnTheWayToIt() throws Exception {
    List<String> trace = trace(Durability.POWER);
    Path events = root.toRealPath().resolve("events");
    List<Integer> accepted = linesWith(trace, "\"ACCEPTED");
    List<Integer> appending = linesWith(trace, "\"appending");
    assertEquals(3, accepted.size(), trace.toString());
    for (int i = 0; i < 3; i++) {
      List<Path> forced = forced(trace.subList(appending.get(i), accepted.get(i)));
      assertTrue(
          forced.stream().anyMatch(path -> path.toString().endsWith(".cq4")),
          "append " + i + " forced " + forced);
    }
    // A file whose name is not on the device is not there after a power cut.
    List<Path> before = forced(trace.subList(0, accepted.get(0)));
    Path segment =
        before.stream().filter(path -> path.toString().endsWith(".cq4")).findFirst().orElseThrow();
    for (Path name = segment; !name.equals(root.toRealPath()); name = name.getParent()) {
      assertTrue(before.contains(name.getParent()), "not forced: the name of " + name);
    }
    int delivered = linesWith(trace, "\"delivered true").get(0);
    List<String> committed =
        forced(trace.subList(accepted.get(2), delivered)).stream()
            .map(path -> events.relativize(path).toString())
            .toList();
    int letter = -1;
    for (int i = 0; i < committed.size(); i++) {
      if (committed.get(i).matches("dead-letters/.*\\.cq4")) {
        letter = i;
      }
    }
    assertTrue(letter >= 0, "the dead letter is not forced: " + committed);
    assertTrue(
        committed.lastIndexOf("checkpoint") > letter,
        "committed before its dead letter: " + committed);
  }

  @Test
  void aProcessAppendForcesNothing() throws Exception {
    List<String> trace = trace(Durability.PROCESS);
    int first = linesWith(trace, "\"appending").get(0);
    int last = linesWith(trace, "\"ACCEPTED").get(2);
    assertEquals(List.of(), forced(trace.subList(first, last)));
  }

  private List<String> trace(Durability durability) throws Exception {
    Path file = root.resolve("trace");
    Assumptions.assumeTrue(mayTrace(), "needs strace and the right to use it");
    ChildJvm.Result result =
        ChildJvm.current()
            .under(STRACE)
            .under(file.toString())
            .run(Program.class, root.resolve("events").toString(), durability.name());
    assertEquals(0, result.exit(), result.all());
    return Files.readAllLines(file);
  }

  private boolean mayTrace() throws Exception {
    List<String> command = new ArrayList<>(List.of(STRACE));
    command.addAll(List.of("/dev/null", "true"));
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

  private static List<Integer> linesWith(List<String> trace, String text) {
    return IntStream.range(0, trace.size())
        .filter(i -> trace.get(i).contains(text))
        .boxed()
        .toList();
  }

  /** By a force that was over. */
  private static List<Path> forced(List<String> trace) {
    List<Path> forced = new ArrayList<>();
    Map<String, Path> underWay = new HashMap<>();
    for (String line : trace) {
      Matcher force = FORCE.matcher(line);
      Matcher resumed = RESUMED.matcher(line);
      if (force.find() && force.group(3) == null) {
        forced.add(Path.of(force.group(2)));
      } else if (force.find(0)) {
        underWay.put(force.group(1), Path.of(force.group(2)));
      } else if (resumed.find() && underWay.containsKey(resumed.group(1))) {
        forced.add(underWay.remove(resumed.group(1)));
      }
    }
    return forced;
  }
}
