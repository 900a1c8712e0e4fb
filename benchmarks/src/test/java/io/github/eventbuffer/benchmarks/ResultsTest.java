package io.github.eventbuffer.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  private static final Environment ENVIRONMENT =
      new Environment(
          "2026-11-21 12:00",
          "quick",
          "0123456789ab",
          "Linux",
          "a processor",
          2,
          1_024,
          "a JVM",
          "ext4 on sda",
          "0.00",
          List.of("-Xmx1g"));

  /** Append with a goal that is missed from 150 on, heap with one that is met, a peer without. */
  private static Results results(double append) {
    Map<String, List<Report>> trials =
        Map.of(
            "append",
            List.of(new Report(Map.of("nanos", append, "heap", 100.0), 3, curve())),
            "raw",
            List.of(RowTest.report(0, "nanos", 100)),
            "peer",
            List.of(RowTest.report(0, "nanos", 1_000)));
    List<Measure> measures =
        List.of(
            new Measure(
                "append",
                "append : raw",
                Unit.NANOS,
                new Figure("append", "nanos"),
                new Figure("raw", "nanos"),
                Goal.atMostTimes(1.5),
                null),
            new Measure(
                "heap",
                "heap",
                Unit.BYTES,
                new Figure("append", "heap"),
                null,
                Goal.atMost(160),
                null),
            new Measure(
                "peer",
                "a peer",
                Unit.NANOS,
                new Figure("append", "nanos"),
                new Figure("peer", "nanos"),
                null,
                Survives.PROCESS));
    List<Row> rows = measures.stream().map(measure -> Row.of(measure, trials)).toList();
    return new Results(ENVIRONMENT, rows, trials, Map.of("other", "exit status 1\n  at line 1"));
  }

  private static List<Report.Point> curve() {
    return List.of(
        new Report.Point(50, 100), new Report.Point(99, 300), new Report.Point(100, 900));
  }

  @Test
  void resultsAreReadAsTheyWereWritten(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("results").resolve("a.json");
    results(200).write(file);
    assertEquals(results(200), Results.read(file));
  }

  @Test
  void theLastLineCountsRowsWithAGoalAndEachTrialsLossOnce() {
    assertEquals("measures=2 met=1 missed=1 lost=3", results(200).lastLine());
    assertEquals("measures=2 met=2 missed=0 lost=3", results(150).lastLine());
  }

  @Test
  void theTableHasALineForEachRowAndEachFailure() {
    String table = Table.of(results(200));
    assertTrue(
        table.contains("| append : raw | 200 ns | 100 ns | 2.00 | ≤ 1.5 × | **no** | 3 |"), table);
    assertTrue(table.contains("| heap | 100 B |  |  | ≤ 160 B | yes | 3 |"), table);
    assertTrue(
        table.contains("| process crash | a peer | 1,000 ns | 200 ns | 0.20 |  |  | 3 |"), table);
    assertTrue(table.contains("Failed: other: exit status 1, at line 1\n"), table);
    assertTrue(table.contains("commit 0123456789ab"), table);
  }

  @Test
  void aComparisonTellsOursFromTheMachine() {
    String same = Comparison.of(results(100), results(100));
    assertTrue(
        same.contains("| append : raw | 100 ns | 100 ns | 1.00 | 1.00 | 1.00 | 1.00 |  |"), same);
    String slower = Comparison.of(results(100), results(130));
    assertTrue(
        slower.contains(
            "| append : raw | 100 ns | 130 ns | 1.30 | 1.00 | 1.30 | 1.30 | **worse** |"),
        slower);
    assertTrue(slower.contains("| heap | 100 B | 100 B | 1.00 |  |  |  |  |"), slower);
    assertTrue(slower.contains("append, 1 thread : a peer"), slower);
  }

  @Test
  void lessIsWorseWhereMoreIsBetter() {
    assertEquals("**worse**", Comparison.verdict(1.2, Unit.NANOS));
    assertEquals("better", Comparison.verdict(1.2, Unit.EVENTS_PER_SECOND));
    assertEquals("better", Comparison.verdict(0.8, Unit.NANOS));
    assertEquals("**worse**", Comparison.verdict(0.8, Unit.EVENTS_PER_SECOND));
    assertEquals("", Comparison.verdict(1.05, Unit.NANOS));
    assertEquals("unknown", Comparison.verdict(null, Unit.NANOS));
  }

  @Test
  void aCurveIsTheMedianAtEachPercentile() {
    Report other =
        new Report(
            Map.of(),
            0,
            List.of(
                new Report.Point(50, 300), new Report.Point(99, 500), new Report.Point(100, 700)));
    assertEquals(
        List.of(new Report.Point(50, 200), new Report.Point(99, 400), new Report.Point(100, 800)),
        Plots.median(List.of(new Report(Map.of(), 0, curve()), other)));
  }

  @Test
  void picturesAreWrittenForWhatWasMeasured(@TempDir Path directory) throws IOException {
    Results measured =
        new Results(
            ENVIRONMENT,
            List.of(),
            Map.of(
                "latency", List.of(new Report(Map.of(), 0, curve())),
                "append-1", List.of(RowTest.report(0, "rate", 1e6)),
                "raw-1", List.of(RowTest.report(0, "rate", 2e6))),
            Map.of());
    List<Path> files = Plots.write(measured, directory.resolve("a"));
    assertEquals(
        List.of("a-latency.svg", "a-throughput.svg"),
        files.stream().map(file -> file.getFileName().toString()).toList());
    for (Path file : files) {
      assertTrue(Files.readString(file).contains("<svg"), file.toString());
    }
    assertTrue(Plots.write(results(1), directory.resolve("b")).isEmpty());
    assertFalse(Files.exists(directory.resolve("b-latency.svg")));
  }
}
