package io.github.eventbuffer.benchmarks;

import java.util.Arrays;

/** The middle of some values. */
final class Median {
  private Median() {}

  /**
   * The value in the middle, or the mean of the two that are.
   *
   * @throws IllegalArgumentException if there are none
   */
  static double of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
