package io.github.eventbuffer.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.eventbuffer.torture.Violation.Rule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The planted faults show the rest of it. */
class OracleTest {
  private static final Duration BOUND = Duration.ofSeconds(4);

  private final Oracle oracle =
      new Oracle(new Payload(1), new Limits(100, 1, BOUND, Duration.ofSeconds(10)));

  @BeforeEach
  void offer() {
    oracle.offered(0, 10);
  }

  @Test
  void anAppendBeyondItsBoundIsAViolation() {
    oracle.answered(0, Answer.ACCEPTED, BOUND);
    assertEquals(List.of(), oracle.violations());
    oracle.answered(1, Answer.ACCEPTED, BOUND.plusMillis(1));
    assertEquals(
        List.of(new Violation(Rule.LIVENESS, "the append of 1 took PT4.001S of PT4S")),
        oracle.violations());
  }

  @Test
  void whateverTheDiskDidMeanwhileWhichIsSaid() {
    oracle.disk(lately -> lately.multipliedBy(2));
    oracle.answered(1, Answer.ACCEPTED, BOUND.plusMillis(1));
    assertEquals(
        List.of(
            new Violation(
                Rule.LIVENESS,
                "the append of 1 took PT4.001S of PT4S; a plain force took up to PT10.002S"
                    + " meanwhile")),
        oracle.violations());
  }

  @Test
  void whereItIsStalledOnPurposeItIsCounted() {
    oracle.stalled(true);
    oracle.answered(1, Answer.ACCEPTED, BOUND.plusMillis(1));
    assertEquals(List.of(), oracle.violations());
    assertEquals(1, oracle.late());
  }
}
