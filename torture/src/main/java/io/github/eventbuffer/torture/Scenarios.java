package io.github.eventbuffer.torture;

import java.util.List;
import java.util.Optional;

/** All scenarios, in the order in which {@code --all} runs them. */
final class Scenarios {
  private static final List<Scenario> ALL =
      List.of(
          new ImagesScenario(),
          KillScenario.kill(),
          KillScenario.search(),
          new BirthScenario(),
          new PidScenario(),
          new FullScenario(),
          new PowerScenario(),
          new FlipScenario(),
          new TruncateScenario(),
          new ClockScenario(),
          new EioScenario(),
          new StallScenario(),
          new InterruptScenario(),
          new OomScenario(),
          new OutageScenario());

  private Scenarios() {}

  static List<Scenario> all() {
    return ALL;
  }

  static Optional<Scenario> named(String name) {
    return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
  }
}
