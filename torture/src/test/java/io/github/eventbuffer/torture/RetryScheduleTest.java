package io.github.eventbuffer.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What counts as a wait that was drawn. The planted faults show the rest of it. */
class RetryScheduleTest {
  private static final Duration BASE = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final DeliveryResult TAKEN = DeliveryResult.Delivered.all(1);
  private static final DeliveryResult SILENT = new DeliveryResult.Unavailable("no answer");

  private final Oracle oracle =
      new Oracle(new Payload(1), new Limits(100, 2, BASE, Duration.ofSeconds(10)));
  private final RetrySchedule schedule =
      new RetrySchedule(RetryPolicy.exponential(BASE, BASE.multipliedBy(300)), oracle);
  private final Random random = new Random(1);
  private Duration now = Duration.ZERO;

  private void waits(double share) {
    schedule.attempted(now);
    schedule.answered(now, SILENT);
    now = now.plusNanos((long) (share * BASE.toNanos()));
    schedule.attempted(now);
    schedule.answered(now, TAKEN);
    now = now.plus(HOUR);
  }

  @Test
  void anEvenDrawIsOne() {
    for (int i = 0; i < 1_000; i++) {
      waits(random.nextDouble());
    }
    schedule.judgeJitter();
    assertEquals(List.of(), oracle.violations());
  }

  @Test
  void anotherOneIsNot() {
    for (int i = 0; i < 1_000; i++) {
      waits(0.7 * random.nextDouble());
    }
    schedule.judgeJitter();
    assertEquals(1, oracle.violations().size());
  }

  /** Whichever of the two is answered first. */
  @Test
  void whatTheEndpointAskedForIsNotDrawn() {
    for (int i = 0; i < 1_000; i++) {
      waits(random.nextDouble());
      schedule.attempted(now);
      schedule.attempted(now);
      DeliveryResult asked = new DeliveryResult.Throttled(HOUR);
      schedule.answered(now, i % 2 == 0 ? asked : SILENT);
      schedule.answered(now, i % 2 == 0 ? SILENT : asked);
      now = now.plus(HOUR);
      schedule.attempted(now);
      schedule.answered(now, TAKEN);
    }
    schedule.judgeJitter();
    assertEquals(List.of(), oracle.violations());
  }
}
