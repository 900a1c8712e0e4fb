package io.github.eventbuffer.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle is tested first: it finds every bug that is put into the library on purpose. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class PlantedFaultTest {
  private static final long SEED = 1;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void theOracleFindsWhatIsPlantedAndNothingElse(PlantedFault fault) throws Exception {
    String obstacle = Requirement.linux();
    assumeTrue(obstacle == null, () -> fault + ": " + obstacle);
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Program writer = new Program(PlantedWriter.class.getName(), List.of("-Dplanted=" + fault));
    List<Violation> found =
        new Campaign(directory, nowhere, false)
            .run(new PlantedScenario(fault.weather), SEED, 1, writer)
            .violations();
    if (fault.broken == null) {
      assertEquals(List.of(), found);
    } else {
      assertTrue(
          found.stream().anyMatch(violation -> violation.rule() == fault.broken),
          () -> fault + " should break " + fault.broken + ", found: " + found);
    }
  }
}
