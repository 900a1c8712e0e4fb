package io.github.eventbuffer.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a run came to, as it is kept.
 *
 * @param trials the reports of every repetition, by trial: what the rows were made from
 * @param failures why a trial has fewer repetitions than it should, or none, by trial
 */
record Results(
    Environment environment,
    List<Row> rows,
    Map<String, List<Report>> trials,
    Map<String, String> failures) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  long measures() {
    return rows.stream().filter(row -> row.met() != null).count();
  }

  long met() {
    return rows.stream().filter(row -> Boolean.TRUE.equals(row.met())).count();
  }

  /** Events lost, each trial counted once. */
  long lost() {
    return trials.values().stream().flatMap(List::stream).mapToLong(Report::lost).sum();
  }

  String lastLine() {
    return "measures="
        + measures()
        + " met="
        + met()
        + " missed="
        + (measures() - met())
        + " lost="
        + lost();
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, JSON.writeValueAsString(this) + "\n");
  }

  static Results read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Results.class);
  }
}
