package io.github.eventbuffer.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Two runs beside each other, row by row.
 *
 * <p>The last column tells a change of ours from a change of the machine: it compares the ratios to
 * the reference, which the same run took on the same machine, or the figures where there is none.
 */
final class Comparison {
  /** From which change on a row is called better or worse; less is the noise of a quiet machine. */
  private static final double NOTABLE = 0.1;

  private Comparison() {}

  /** A Markdown table with the rows that both have. */
  static String of(Results before, Results after) {
    StringBuilder text = new StringBuilder();
    text.append("A: ").append(before.environment().lines().get(0)).append('\n');
    text.append("B: ").append(after.environment().lines().get(0)).append('\n');
    text.append(
        """

        | measure | ours A | ours B | B/A | ratio A | ratio B | B/A | |
        |---|---:|---:|---:|---:|---:|---:|---|
        """);
    for (Row a : before.rows()) {
      for (Row b : after.rows()) {
        if (a.id().equals(b.id())) {
          Double figures = quotient(a.ours(), b.ours());
          Double ratios = quotient(a.ratio(), b.ratio());
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %s | %s | %s | %s | %s | %s | %s |%n",
                  a.survives() == null ? a.name() : "append, 1 thread : " + a.name(),
                  Table.figure(a.ours(), a.unit()),
                  Table.figure(b.ours(), b.unit()),
                  Table.ratio(figures),
                  Table.ratio(a.ratio()),
                  Table.ratio(b.ratio()),
                  Table.ratio(ratios),
                  verdict(ratios == null ? figures : ratios, a.unit())));
        }
      }
    }
    return text.toString();
  }

  private static @Nullable Double quotient(@Nullable Double a, @Nullable Double b) {
    return a == null || b == null || a == 0 ? null : b / a;
  }

  /** {@code change}: of B to A; null when it is not known. */
  static String verdict(@Nullable Double change, Unit unit) {
    if (change == null) {
      return "unknown";
    }
    double worse = unit.lessIsBetter() ? change : 1 / change;
    return worse > 1 + NOTABLE ? "**worse**" : worse < 1 / (1 + NOTABLE) ? "better" : "";
  }
}
