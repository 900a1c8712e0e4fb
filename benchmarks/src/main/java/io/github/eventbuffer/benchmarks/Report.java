package io.github.eventbuffer.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one trial came to.
 *
 * @param figures by name
 * @param lost events that were taken and are not there, by the trial's own account
 * @param curve latency by percentile, rising; empty where it was not measured
 */
record Report(Map<String, Double> figures, long lost, List<Point> curve) {
  /**
   * A point of a latency curve.
   *
   * @param percentile 0 to 100
   */
  record Point(double percentile, double nanos) {}

  Report {
    figures = new TreeMap<>(figures);
    curve = List.copyOf(curve);
  }

  static Report of(long lost, Map<String, Double> figures) {
    return new Report(figures, lost, List.of());
  }
}
