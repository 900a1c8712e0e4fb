package io.github.eventbuffer.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTest {
  private static final Measure RATIO =
      new Measure(
          "append",
          "append : raw",
          Unit.NANOS,
          new Figure("append", "nanos"),
          new Figure("raw", "nanos"),
          Goal.atMostTimes(1.5),
          null);

  static Report report(long lost, String figure, double value) {
    return Report.of(lost, Map.of(figure, value));
  }

  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheTwoThatAre() {
    assertEquals(3, Median.of(3));
    assertEquals(3, Median.of(100, 3, 1));
    assertEquals(2.5, Median.of(4, 1, 3, 2));
    assertThrows(IllegalArgumentException.class, Median::of);
  }

  @Test
  void oneSlowRepetitionDoesNotMoveTheRow() {
    Row row =
        Row.of(
            RATIO,
            Map.of(
                "append",
                List.of(
                    report(0, "nanos", 300), report(0, "nanos", 9_000), report(0, "nanos", 310)),
                "raw",
                List.of(report(0, "nanos", 190), report(0, "nanos", 210))));
    assertEquals(310, row.ours());
    assertEquals(200, row.reference());
    assertEquals(1.55, row.ratio());
    assertEquals(false, row.met());
  }

  @Test
  void aGoalIsMetAtItsBound() {
    assertTrue(Goal.atMostTimes(1.5).isMet(1.0, 1.5));
    assertFalse(Goal.atMostTimes(1.5).isMet(1.0, 1.5001));
    assertTrue(Goal.atLeastTimes(8).isMet(1.0, 8.0));
    assertFalse(Goal.atLeastTimes(8).isMet(1.0, 7.9999));
    assertTrue(Goal.atMost(160).isMet(160.0, null));
    assertFalse(Goal.atMost(160).isMet(161.0, 0.1));
  }

  @Test
  void aGoalIsNotMetByWhatIsNotKnown() {
    assertFalse(Goal.atMostTimes(1.5).isMet(1.0, null));
    assertFalse(Goal.atLeastTimes(1.5).isMet(1.0, Double.NaN));
    assertFalse(Goal.atMost(1).isMet(null, null));
    Row row = Row.of(RATIO, Map.of("append", List.of(report(0, "nanos", 300))));
    assertEquals(300, row.ours());
    assertNull(row.reference());
    assertNull(row.ratio());
    assertEquals(false, row.met());
  }

  @Test
  void whatEitherSideLosesIsTheRows() {
    Row row =
        Row.of(
            RATIO,
            Map.of(
                "append", List.of(report(1, "nanos", 1), report(2, "nanos", 1)),
                "raw", List.of(report(4, "nanos", 1))));
    assertEquals(7, row.lost());
  }

  @Test
  void aTrialThatIsBothSidesLosesOnce() {
    Measure both =
        new Measure(
            "open",
            "open : pass",
            Unit.MILLIS,
            new Figure("open", "open"),
            new Figure("open", "pass"),
            null,
            null);
    Row row =
        Row.of(
            both,
            Map.of("open", List.of(new Report(Map.of("open", 3.0, "pass", 2.0), 5, List.of()))));
    assertEquals(5, row.lost());
    assertEquals(1.5, row.ratio());
    assertNull(row.met());
  }

  @Test
  void goalsReadAsTheyAreWrittenInTheIssue() {
    assertEquals("≤ 1.5 ×", Goal.atMostTimes(1.5).text(Unit.NANOS));
    assertEquals("≤ 1 ×", Goal.atMostTimes(1).text(Unit.NANOS));
    assertEquals("≤ 1/6", Goal.atMostTimes(1.0 / 6).text(Unit.NANOS));
    assertEquals("≤ 1/10", Goal.atMostTimes(0.1).text(Unit.NANOS));
    assertEquals("≥ 0.8 ×", Goal.atLeastTimes(0.8).text(Unit.NANOS));
    assertEquals("≤ 160 B", Goal.atMost(160).text(Unit.BYTES));
  }
}
