package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library in a JVM as a user starts it: no flags, no logging provider. */
@Tag("slow")
class NoFlagsTest {
  private static final String THIS = "the JDK of this build";
  private static final String JDK_25 = "JDK 25";
  private static final String FORBIDDEN = "-Dio.github.eventbuffer.openModules=false";
  private static final String[] FLAGS = {
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"
  };

  @TempDir Path home;

  private static ChildJvm jvm(String jdk) throws Exception {
    if (jdk.equals(THIS)) {
      return ChildJvm.current();
    }
    Optional<Path> found = ChildJvm.jdk25();
    assumeTrue(found.isPresent(), "no JDK 25 on this machine; JAVA_25_HOME may name one");
    return ChildJvm.of(found.orElseThrow());
  }

  private Path directory() {
    return home.resolve("events");
  }

  @ParameterizedTest
  @ValueSource(strings = {THIS, JDK_25})
  void aBufferWorksWithoutFlags(String jdk) throws Exception {
    ChildJvm.Result result = jvm(jdk).run(ChildProgram.class, directory().toString());
    assertEquals(List.of("ACCEPTED complete=true delivered=1"), result.out(), result.all());
    assertEquals(0, result.exit(), result.all());
  }

  @ParameterizedTest
  @ValueSource(strings = {THIS, JDK_25})
  void theConsoleStaysClean(String jdk) throws Exception {
    ChildJvm.Result result = jvm(jdk).run(ChildProgram.class, directory().toString(), "quiet");
    assertEquals(0, result.exit(), result.all());
    assertEquals(List.of(), result.out());
    assertEquals(
        List.of(), result.err().stream().filter(line -> !isExpected(line)).toList(), result.all());
  }

  @ParameterizedTest
  @ValueSource(strings = {THIS, JDK_25})
  void nothingIsLoggedWhileAllIsWell(String jdk) throws Exception {
    ChildJvm.Result result =
        jvm(jdk)
            .classPath(ChildJvm.classPathWithLogging())
            .run(ChildProgram.class, directory().toString(), "quiet");
    assertEquals(0, result.exit(), result.all());
    assertEquals(List.of(), result.out());
    // The provider of the tests prints what is a warning or worse.
    assertEquals(
        List.of(), result.err().stream().filter(line -> !isExpected(line)).toList(), result.all());
  }

  /** What slf4j says without a provider, and JDK 24 and later of any use of Unsafe. */
  private static boolean isExpected(String line) {
    return line.startsWith("SLF4J(W): ")
        || line.equals("WARNING: A terminally deprecated method in sun.misc.Unsafe has been called")
        || line.startsWith("WARNING: sun.misc.Unsafe::")
        || line.startsWith(
            "WARNING: Please consider reporting this to the maintainers of class"
                + " io.github.eventbuffer.internal.ModuleOpener")
        || line.startsWith(
            "WARNING: Please consider reporting this to the maintainers of class net.openhft.");
  }

  @ParameterizedTest
  @ValueSource(strings = {THIS, JDK_25})
  void whereOpeningIsForbiddenOpenSaysWhatToDoAndTouchesNothing(String jdk) throws Exception {
    ChildJvm.Result result =
        jvm(jdk).flags(FORBIDDEN).run(ChildProgram.class, directory().toString());
    assertEquals("MODULES_CLOSED", result.out().get(0), result.all());
    assertEquals(List.of(), result.err());
    assertFalse(Files.exists(directory()));
    String both = String.join(" ", FLAGS);
    assertTrue(result.out().contains("  " + both), result.all());
    assertTrue(result.out().contains("  JDK_JAVA_OPTIONS=\"" + both + "\""), result.all());
    assertTrue(
        result.out().contains("  Add-Opens: java.base/java.lang.reflect java.base/sun.nio.ch"),
        result.all());
  }

  @ParameterizedTest
  @ValueSource(strings = {THIS, JDK_25})
  void withTheFlagsTheLibraryOpensNothing(String jdk) throws Exception {
    ChildJvm.Result result =
        jvm(jdk).flags(FORBIDDEN).flags(FLAGS).run(ChildProgram.class, directory().toString());
    assertEquals(List.of("ACCEPTED complete=true delivered=1"), result.out(), result.all());
    assertEquals(0, result.exit(), result.all());
  }

  @ParameterizedTest
  @ValueSource(strings = {THIS, JDK_25})
  void oneOfTheTwoFlagsIsNotEnough(String jdk) throws Exception {
    ChildJvm.Result result =
        jvm(jdk).flags(FORBIDDEN, FLAGS[0]).run(ChildProgram.class, directory().toString());
    assertEquals("MODULES_CLOSED", result.out().get(0), result.all());
    assertFalse(Files.exists(directory()));
  }
}
