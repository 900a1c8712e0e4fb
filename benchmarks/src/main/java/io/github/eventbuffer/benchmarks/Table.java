package io.github.eventbuffer.benchmarks;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Results as Markdown. */
final class Table {
  private Table() {}

  static String of(Results results) {
    StringBuilder text = new StringBuilder();
    results.environment().lines().forEach(line -> text.append("- ").append(line).append('\n'));
    List<Row> measures = results.rows().stream().filter(row -> row.survives() == null).toList();
    if (!measures.isEmpty()) {
      text.append(
          """

          | measure | ours | reference | ratio | goal | met | lost |
          |---|---:|---:|---:|---:|---|---:|
          """);
      for (Row row : measures) {
        line(
            text,
            row.name(),
            figure(row.ours(), row.unit()),
            row.reference() == null ? "" : figure(row.reference(), row.unit()),
            ratio(row.ratio()),
            row.goal() == null ? "" : row.goal().text(row.unit()),
            row.met() == null ? "" : row.met() ? "yes" : "**no**",
            Long.toString(row.lost()));
      }
    }
    peers(text, results);
    results
        .failures()
        .forEach(
            (trial, why) ->
                text.append("\nFailed: ")
                    .append(trial)
                    .append(": ")
                    .append(why.lines().limit(2).map(String::strip).collect(joining(", ")))
                    .append('\n'));
    return text.toString();
  }

  /** The same event with each peer, the strongest promise first. */
  private static void peers(StringBuilder text, Results results) {
    List<Row> peers = results.rows().stream().filter(row -> row.survives() != null).toList();
    if (peers.isEmpty()) {
      return;
    }
    text.append(
        """

        | an event survives | peer | ns per event | ours | ratio | goal | met | lost |
        |---|---|---:|---:|---:|---:|---|---:|
        """);
    for (Survives survives : Survives.values()) {
      for (Row row : peers) {
        if (row.survives() == survives) {
          line(
              text,
              survives.text(),
              row.name(),
              figure(row.reference(), row.unit()),
              figure(row.ours(), row.unit()),
              ratio(row.ratio()),
              row.goal() == null ? "" : row.goal().text(row.unit()),
              row.met() == null ? "" : row.met() ? "yes" : "**no**",
              Long.toString(row.lost()));
        }
      }
    }
  }

  private static void line(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  static String figure(@Nullable Double value, Unit unit) {
    if (value == null) {
      return "failed";
    }
    String digits = Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 1 ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, digits, value) + " " + unit.symbol();
  }

  static String ratio(@Nullable Double ratio) {
    if (ratio == null) {
      return "";
    }
    return String.format(Locale.ROOT, ratio < 0.1 ? "%.3f" : "%.2f", ratio);
  }
}
