package io.github.eventbuffer.benchmarks;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Results as pictures: latencies as curves, events per second as bars. */
final class Plots {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 500;
  private static final Pattern LONG_FRACTION = Pattern.compile("(\\d\\.\\d)\\d+");

  private Plots() {}

  /**
   * Writes those pictures that there are figures for, beside {@code base} with a suffix.
   *
   * @return the files
   */
  static List<Path> write(Results results, Path base) throws IOException {
    List<Path> files = new ArrayList<>();
    Map<String, List<Report.Point>> curves = new LinkedHashMap<>();
    curve(curves, "append", "latency", results);
    curve(curves, "raw Chronicle, sparse files", "raw-latency", results);
    if (!curves.isEmpty()) {
      files.add(save(latency(curves), base, "-latency.svg"));
    }
    Map<String, Double> rates = rates(results);
    if (rates.size() > 1) {
      files.add(save(throughput(rates), base, "-throughput.svg"));
    }
    return files;
  }

  private static void curve(
      Map<String, List<Report.Point>> curves, String name, String trial, Results results) {
    List<Report.Point> median = median(results.trials().getOrDefault(trial, List.of()));
    if (!median.isEmpty()) {
      curves.put(name, median);
    }
  }

  /** The median of the repetitions at each percentile. */
  static List<Report.Point> median(List<Report> reports) {
    List<Report.Point> points = new ArrayList<>();
    if (reports.isEmpty()) {
      return points;
    }
    List<Report.Point> first = reports.get(0).curve();
    for (int i = 0; i < first.size(); i++) {
      int point = i;
      double[] nanos =
          reports.stream().mapToDouble(report -> report.curve().get(point).nanos()).toArray();
      points.add(new Report.Point(first.get(i).percentile(), Median.of(nanos)));
    }
    return points;
  }

  /**
   * The horizontal axis is one in so many appends, on a logarithmic scale, so that the tail has the
   * room that it needs: 100 is p99, 10,000 is p99.99.
   */
  private static XYChart latency(Map<String, List<Report.Point>> curves) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Latency of append while all is drained")
            .xAxisTitle("one append in so many takes longer (10,000 = p99.99)")
            .yAxisTitle("microseconds")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    curves.forEach(
        (name, points) -> {
          List<Report.Point> shown =
              points.stream().filter(point -> point.percentile() < 100).toList();
          chart
              .addSeries(
                  name,
                  shown.stream().mapToDouble(point -> 100 / (100 - point.percentile())).toArray(),
                  // The logarithm of nothing cannot be drawn.
                  shown.stream().mapToDouble(point -> Math.max(1, point.nanos()) / 1e3).toArray())
              .setMarker(SeriesMarkers.NONE);
        });
    return chart;
  }

  private static Map<String, Double> rates(Results results) {
    Map<String, Double> rates = new LinkedHashMap<>();
    rate(rates, "append, 1 thread", "append-1", results);
    rate(rates, "append, 4 threads", "append-4", results);
    rate(rates, "append, 16 threads", "append-16", results);
    rate(rates, "raw, preallocated", "raw-preallocated", results);
    rate(rates, "raw, sparse", "raw-1", results);
    rate(rates, "Fluency (memory)", "fluency", results);
    rate(rates, "Segment offer (memory)", "segment", results);
    rate(rates, "MVStore", "mvstore", results);
    rate(rates, "FileChannel", "file", results);
    rate(rates, "RocksDB", "rocksdb", results);
    rate(rates, "SQLite", "sqlite", results);
    rate(rates, "OpenTelemetry", "otel", results);
    rate(rates, "Tape (forced)", "tape", results);
    rate(rates, "append, POWER, 16", "power-16", results);
    return rates;
  }

  private static void rate(Map<String, Double> rates, String name, String trial, Results results) {
    double[] values =
        results.trials().getOrDefault(trial, List.of()).stream()
            .mapToDouble(report -> report.figures().getOrDefault("rate", Double.NaN))
            .toArray();
    if (values.length > 0) {
      rates.put(name, Median.of(values));
    }
  }

  private static CategoryChart throughput(Map<String, Double> rates) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Events taken per second")
            .yAxisTitle("events/s")
            .build();
    chart.getStyler().setYAxisLogarithmic(true);
    double least = rates.values().stream().mapToDouble(Double::doubleValue).min().orElse(1);
    // A bar begins somewhere; on this axis not at nothing.
    chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setXAxisLabelRotation(90);
    chart.getStyler().setXAxisMaxLabelCount(rates.size());
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.addSeries("events/s", List.copyOf(rates.keySet()), List.copyOf(rates.values()));
    return chart;
  }

  private static Path save(IChart chart, Path base, String suffix) throws IOException {
    Path file = base.resolveSibling(base.getFileName() + suffix);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ChartEncoder.saveChart(chart, out, "svg");
    // Labels are drawn as outlines; a tenth of a pixel is enough, and half of the size.
    String svg = LONG_FRACTION.matcher(out.toString(StandardCharsets.UTF_8)).replaceAll("$1");
    Files.writeString(file, svg);
    return file;
  }
}
