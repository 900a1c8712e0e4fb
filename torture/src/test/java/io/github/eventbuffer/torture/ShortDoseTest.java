package io.github.eventbuffer.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A few cycles of each scenario, by the code of the long dose, with a seed that stays the same. */
@Tag("slow")
class ShortDoseTest {
  private static final long SEED = 20261120;

  @TempDir Path directory;

  static Stream<String> scenarios() {
    return Scenarios.all().stream().map(Scenario::name);
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void theOracleAgrees(String name) throws Exception {
    Scenario scenario = Scenarios.named(name).orElseThrow();
    String obstacle = scenario.obstacle();
    assumeTrue(obstacle == null, () -> name + ": " + obstacle);
    Campaign.Outcome outcome =
        new Campaign(directory, System.out, false).run(scenario, SEED, scenario.shortDose());
    assertEquals(List.of(), outcome.violations(), outcome.line());
  }
}
