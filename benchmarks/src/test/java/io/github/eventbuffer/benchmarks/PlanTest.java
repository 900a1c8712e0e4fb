package io.github.eventbuffer.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static Set<String> planned() {
    Set<String> planned = new TreeSet<>();
    for (Section section : Plan.SECTIONS) {
      for (String trial : section.trials()) {
        assertTrue(planned.add(trial), trial + " is planned twice");
      }
    }
    return planned;
  }

  @Test
  void everyTrialThatAMeasureNeedsIsPlannedOnceAndNoOther() {
    assertEquals(Plan.trials(Plan.MEASURES), planned());
  }

  @Test
  void everyPlannedTrialExists() {
    for (String trial : planned()) {
      assertTrue(Trials.exists(trial), trial);
    }
  }

  @Test
  void idsAreUnique() {
    assertEquals(Plan.MEASURES.size(), Plan.MEASURES.stream().map(Measure::id).distinct().count());
  }

  @Test
  void measuresAreNamedByIdOrByItsFirstWords() {
    assertEquals(List.of("duplicate"), ids("duplicate"));
    assertEquals(
        List.of("append-raw", "append-preallocated", "append-4", "append-16", "append-json"),
        ids("append"));
    assertEquals(List.of("latency-p999"), ids("latency-p999"));
    assertEquals(List.of(), ids("app"));
    assertEquals(Plan.MEASURES, Plan.named(List.of()));
  }

  private static List<String> ids(String word) {
    return Plan.named(List.of(word)).stream().map(Measure::id).toList();
  }
}
