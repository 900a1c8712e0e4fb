package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** The command line of the benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the buffer beside what it is measured against, in one run on one machine: each side"
          + " in JVMs of its own with the same flags, in turn, several times. The figures are the"
          + " medians.",
      "",
      "Writes benchmarks/results/<date>.json, .md and .svg files, and prints the table. A missed goal is a"
          + " result; a lost event is an error."
    },
    footer = {
      "",
      "Exit status: 0 it ran and nothing was lost, 1 an event was lost or a side failed, 2 wrong"
          + " usage, 130 ended by Ctrl-C."
    })
final class Bench implements Callable<Integer> {
  @Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(names = "--quick", description = "Less of everything: under five minutes.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "M",
      split = ",",
      description = "Only these measures, by id or by its first words: append, latency-p999, …")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--compare",
      arity = "2",
      paramLabel = "FILE",
      description =
          "Measure nothing: print the ratio of the second result to the first, by measure.")
  private @Nullable List<Path> compared;

  @Option(
      names = "--directory",
      paramLabel = "D",
      description =
          "Where the events are written: a local disk, not tmpfs. Default: benchmarks/target/scratch.")
  private Path directory =
      Path.of(System.getProperty("bench.scratch", "benchmarks/target/scratch"));

  @Option(names = "--list", description = "Name the measures and end.")
  private boolean list;

  private final CountDownLatch ended = new CountDownLatch(1);

  private Bench() {}

  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Bench());
    line.setExecutionExceptionHandler(
        (thrown, command, parsed) -> {
          System.err.println("bench: " + thrown);
          return 1;
        });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      for (Measure measure : Plan.MEASURES) {
        System.out.printf("%-20s %s%n", measure.id(), measure.name());
      }
      return 0;
    }
    List<Path> files = compared;
    if (files != null) {
      System.out.print(Comparison.of(read(files.get(0)), read(files.get(1))));
      return 0;
    }
    for (String word : only) {
      if (Plan.named(List.of(word)).isEmpty()) {
        throw usage("no measure " + word + "; see --list");
      }
    }
    return measure(Plan.named(only));
  }

  private Results read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw usage("cannot read " + file);
    }
    return Results.read(file);
  }

  private int measure(List<Measure> measures) throws IOException, InterruptedException {
    Path scratch = Files.createDirectories(directory.toAbsolutePath());
    Environment environment = Environment.of(quick, scratch);
    environment.lines().forEach(System.out::println);
    Rounds rounds = new Rounds(quick, scratch, System.out);
    endOnInterrupt(rounds);
    try {
      rounds.run(Plan.SECTIONS, Plan.trials(measures));
    } finally {
      ended.countDown();
    }
    if (rounds.isStopped()) {
      return 130;
    }
    List<Row> rows = measures.stream().map(each -> Row.of(each, rounds.reports())).toList();
    Results results = new Results(environment, rows, rounds.reports(), rounds.failures());
    keep(results);
    System.out.println("\n" + Table.of(results));
    System.out.println(results.lastLine());
    return results.lost() == 0 && results.failures().isEmpty() ? 0 : 1;
  }

  private void keep(Results results) throws IOException {
    String name =
        results.environment().date().replace(":", "").replace(' ', '-') + (quick ? "-quick" : "");
    Path base = Path.of(System.getProperty("bench.results", "benchmarks/results"));
    Path file = base.resolve(name);
    results.write(base.resolve(name + ".json"));
    Files.writeString(base.resolve(name + ".md"), Table.of(results));
    List<Path> plots = Plots.write(results, file);
    System.out.println("\nwritten: " + file + ".json, .md" + (plots.isEmpty() ? "" : ", .svg"));
  }

  private ParameterException usage(String what) {
    CommandLine.Model.CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return new ParameterException(known.commandLine(), what);
  }

  private void endOnInterrupt(Rounds rounds) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  rounds.stop();
                  try {
                    // So that the trial's directory is deleted, too.
                    ended.await(20, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "ctrl-c"));
  }
}
