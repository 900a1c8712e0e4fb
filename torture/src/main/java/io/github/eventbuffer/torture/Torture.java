package io.github.eventbuffer.torture;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the campaign. */
@Command(
    name = "torture",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Breaks a buffer on purpose, again and again, and judges what is left of its promises.",
      "",
      "A seed repeats the plan of a run: what is appended, which faults come when, how long the"
          + " driver waits before each. What the operating system does in that time is not"
          + " repeatable, so a kill with the same seed strikes near the same place, not at the same"
          + " instruction."
    },
    footer = {
      "",
      "Exit status: 0 the oracle agrees, 1 it does not (the evidence is kept), 2 wrong usage,"
          + " 130 ended by Ctrl-C."
    })
final class Torture implements Callable<Integer> {
  @Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(
      names = "--scenario",
      paramLabel = "S",
      description = "Run this scenario; may be given several times.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "Run all scenarios.")
  private boolean all;

  @Option(
      names = "--cycles",
      paramLabel = "N",
      description = "How often to bring about the fault. Default: the long dose of --list.")
  private @Nullable Integer cycles;

  @Option(names = "--seed", paramLabel = "X", description = "Default: a new one each time.")
  private @Nullable Long seed;

  @Option(
      names = "--directory",
      paramLabel = "D",
      description = "Where the buffers lie. Default: the system's temporary directory.")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));

  @Option(names = "--list", description = "Name the scenarios and end.")
  private boolean list;

  private final CountDownLatch ended = new CountDownLatch(1);

  private Torture() {}

  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Torture());
    line.setExecutionExceptionHandler(
        (thrown, command, parsed) -> {
          System.err.println("torture: " + thrown);
          return 1;
        });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      for (Scenario scenario : Scenarios.all()) {
        System.out.printf(
            "%-10s %6d cycles  %s%n", scenario.name(), scenario.longDose(), scenario.description());
      }
      return 0;
    }
    List<Scenario> chosen = chosen();
    long base = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
    Campaign campaign =
        new Campaign(
            directory.toAbsolutePath(), System.out, Boolean.getBoolean("torture.terminal"));
    endOnInterrupt(campaign);
    boolean agreed = true;
    try {
      System.out.println("seed " + base + ", below " + directory);
      for (Scenario scenario : chosen) {
        String obstacle = scenario.obstacle();
        if (obstacle != null) {
          System.out.println("skipped: " + scenario.name() + ": " + obstacle);
        } else if (!campaign.isStopped()) {
          int count = cycles == null ? scenario.longDose() : cycles;
          agreed &= campaign.run(scenario, base, count).violations().isEmpty();
        }
      }
    } finally {
      ended.countDown();
    }
    return agreed ? 0 : 1;
  }

  private List<Scenario> chosen() {
    if (all == !names.isEmpty()) {
      throw usage("name scenarios with --scenario, or ask for --all");
    }
    if (cycles != null && cycles < 1) {
      throw usage("--cycles must be 1 or more, is " + cycles);
    }
    if (all) {
      return Scenarios.all();
    }
    return names.stream()
        .map(name -> Scenarios.named(name).orElseThrow(() -> usage("no scenario " + name)))
        .toList();
  }

  private ParameterException usage(String what) {
    CommandLine.Model.CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return new ParameterException(known.commandLine(), what + "; see --list");
  }

  private void endOnInterrupt(Campaign campaign) {
    Thread hook =
        new Thread(
            () -> {
              campaign.stop();
              try {
                // So that the run's directory is deleted, too.
                ended.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "ctrl-c");
    Runtime.getRuntime().addShutdownHook(hook);
  }
}
