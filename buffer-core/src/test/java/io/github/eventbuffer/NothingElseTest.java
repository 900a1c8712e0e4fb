package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing is written outside of the directory, and no socket is opened by anyone but a transport.
 */
@Tag("slow")
class NothingElseTest {
  /** Opened for writing or made, and not refused. */
  private static final Pattern WRITTEN =
      Pattern.compile("(?:openat\\(AT_FDCWD, |mkdir\\(|rename\\(|creat\\()\"([^\"]*)\"(.*)= \\d+$");

  @TempDir Path root;

  private Path directory;
  private Path surroundings;
  private ChildJvm jvm;

  @BeforeEach
  void surround() throws IOException {
    directory = root.resolve("events");
    surroundings = Files.createDirectory(root.resolve("surroundings"));
    Path home = Files.createDirectory(surroundings.resolve("home"));
    Path temporary = Files.createDirectory(surroundings.resolve("tmp"));
    Path working = Files.createDirectory(surroundings.resolve("cwd"));
    jvm =
        ChildJvm.current()
            .flags("-Duser.home=" + home, "-Djava.io.tmpdir=" + temporary)
            // The JVM's own file in /tmp.
            .flags("-XX:-UsePerfData")
            .in(working);
  }

  private static List<Path> tree(Path top) throws IOException {
    try (Stream<Path> all = Files.walk(top)) {
      return all.sorted().toList();
    }
  }

  @Test
  void noFileIsWrittenOutsideOfTheDirectory() throws Exception {
    List<Path> before = tree(surroundings);
    ChildJvm.Result result = jvm.run(ChildProgram.class, directory.toString());
    assertEquals(0, result.exit(), result.all());
    assertEquals(before, tree(surroundings));
    try (Stream<Path> left = Files.list(root)) {
      assertEquals(List.of(directory, surroundings), left.sorted().toList());
    }
  }

  @Test
  void anOpenBufferHoldsNoSocket() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no /proc on this machine");
    try (ChildJvm.Running running = jvm.start(ChildProgram.class, directory.toString(), "wait")) {
      assertEquals("ACCEPTED complete=true delivered=1", running.line());
      assertEquals("open", running.line());
      List<String> open = descriptors(running.pid());
      assertTrue(open.stream().anyMatch(file -> file.endsWith(".cq4")), open.toString());
      Set<String> network = networkSockets(running.pid());
      assertEquals(List.of(), open.stream().filter(network::contains).toList());
      running.goOn();
      assertEquals(0, running.end().exit());
    }
  }

  /** The JVM keeps one end of a local socket pair as a mark; only those of a network count. */
  private static Set<String> networkSockets(long pid) throws IOException {
    Set<String> found = new HashSet<>();
    for (String family : List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6")) {
      Path table = Path.of("/proc/" + pid + "/net/" + family);
      if (Files.exists(table)) {
        for (String line : Files.readAllLines(table)) {
          found.add("socket:[" + line.strip().split(" +")[9] + "]");
        }
      }
    }
    return found;
  }

  private static List<String> descriptors(long pid) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : all) {
        found.add(Files.readSymbolicLink(descriptor).toString());
      }
    }
    return found;
  }

  @Test
  void theSystemCallsTellTheSame() throws Exception {
    assumeTrue(canTrace(), "strace is not here or may not trace");
    Path trace = root.resolve("trace");
    ChildJvm.Result result =
        jvm.under("strace", "-f", "-qq", "-o", trace.toString())
            .under("-e", "trace=network,openat,creat,mkdir,rename")
            .run(ChildProgram.class, directory.toString());
    assertEquals(0, result.exit(), result.all());
    List<String> calls = Files.readAllLines(trace);
    assertTrue(calls.stream().anyMatch(call -> call.contains(".cq4")), "it traced nothing");
    assertEquals(List.of(), calls.stream().filter(NothingElseTest::talks).toList());
    assertEquals(List.of(), calls.stream().filter(this::writesElsewhere).toList());
  }

  /** The JVM's network library opens sockets to see which families there are, and closes them. */
  private static boolean talks(String call) {
    boolean connects = call.contains("connect(") || call.contains("sendto(");
    return connects && call.contains("AF_INET")
        || call.contains("bind(")
        || call.contains("\"/etc/resolv.conf\"");
  }

  private boolean writesElsewhere(String call) {
    var matcher = WRITTEN.matcher(call);
    if (!matcher.find() || call.contains("openat(") && !call.matches(".*O_(WRONLY|RDWR|CREAT).*")) {
      return false;
    }
    Path path = Path.of(matcher.group(1));
    return !path.startsWith(directory) && !path.startsWith("/proc") && !path.startsWith("/dev");
  }

  private static boolean canTrace() {
    try {
      return new ProcessBuilder("strace", "-f", "-o", "/dev/null", "true").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  @Test
  void chroniclesTelemetryIsNotOnTheClassPath() {
    assertTrue(ChildJvm.bareClassPath().contains("chronicle-queue"), "the path is the real one");
    // The build refuses asm, too, which a test's own library brings along.
    for (String absent : List.of("analytics", "affinity", "jna", "jffi", "jnr-", "compiler")) {
      assertTrue(
          Stream.of(ChildJvm.bareClassPath().split(":"))
              .map(entry -> Path.of(entry).getFileName().toString())
              .noneMatch(jar -> jar.contains(absent)),
          absent);
    }
    assertThrows(
        ClassNotFoundException.class,
        () -> Class.forName("net.openhft.chronicle.analytics.Analytics"));
  }
}
