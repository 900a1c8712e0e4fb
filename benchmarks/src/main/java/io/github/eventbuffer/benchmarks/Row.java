package io.github.eventbuffer.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A measure with its figures: medians over the repetitions.
 *
 * @param ours null when the trial failed
 * @param reference null when there is none, or its trial failed
 * @param ratio ours to the reference
 * @param met null without a goal
 * @param lost events lost in all repetitions of both sides
 */
record Row(
    String id,
    String name,
    Unit unit,
    @Nullable Double ours,
    @Nullable Double reference,
    @Nullable Double ratio,
    @Nullable Goal goal,
    @Nullable Boolean met,
    long lost,
    @Nullable Survives survives) {

  /** Evaluates a measure; {@code reports} are those of each trial's repetitions. */
  static Row of(Measure measure, Map<String, List<Report>> reports) {
    Double ours = median(measure.ours(), reports);
    Figure against = measure.reference();
    Double reference = against == null ? null : median(against, reports);
    Double ratio = ours == null || reference == null ? null : ours / reference;
    Goal goal = measure.goal();
    Boolean met = goal == null ? null : Boolean.valueOf(goal.isMet(ours, ratio));
    long lost = lost(measure.ours().trial(), reports);
    if (against != null && !against.trial().equals(measure.ours().trial())) {
      lost += lost(against.trial(), reports);
    }
    return new Row(
        measure.id(),
        measure.name(),
        measure.unit(),
        ours,
        reference,
        ratio,
        goal,
        met,
        lost,
        measure.survives());
  }

  private static @Nullable Double median(Figure figure, Map<String, List<Report>> reports) {
    double[] values =
        reports.getOrDefault(figure.trial(), List.of()).stream()
            .map(report -> report.figures().get(figure.name()))
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .toArray();
    return values.length == 0 ? null : Median.of(values);
  }

  private static long lost(String trial, Map<String, List<Report>> reports) {
    return reports.getOrDefault(trial, List.of()).stream().mapToLong(Report::lost).sum();
  }
}
