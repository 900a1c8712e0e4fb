package io.github.eventbuffer.torture;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * What happens to wall clocks: a dead battery, a typing error, a time server, and years of them.
 */
final class WallSteps {
  private static final List<Instant> PAST =
      List.of(
          Instant.EPOCH,
          Instant.parse("1970-01-01T00:00:07Z"),
          Instant.parse("2000-01-01T00:00:00Z"));
  private static final List<Instant> FUTURE =
      List.of(Instant.parse("2038-01-19T03:14:08Z"), Instant.parse("2047-06-30T23:59:59Z"));
  private static final List<Duration> NEAR =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(90),
          Duration.ofHours(1),
          Duration.ofHours(25),
          Duration.ofDays(40),
          Duration.ofDays(1_100));

  private final Random random;
  private final boolean forward;

  private WallSteps(Random random, boolean forward) {
    this.random = random;
    this.forward = forward;
  }

  /** Either way, by any size. */
  static WallSteps any(Random random) {
    return new WallSteps(random, true);
  }

  /** Never ahead of the right time: then no id may be forgotten for its age, nor hidden by one. */
  static WallSteps back(Random random) {
    return new WallSteps(random, false);
  }

  /**
   * Another time.
   *
   * @param right the right one, which comes back most often
   * @param now what the clock shows
   */
  Instant next(Instant right, Instant now) {
    return switch (random.nextInt(8)) {
      case 0 -> PAST.get(random.nextInt(PAST.size()));
      case 1 -> forward ? FUTURE.get(random.nextInt(FUTURE.size())) : right.minus(near());
      case 2 -> forward ? now.plus(near()) : right;
      case 3 -> now.minus(near());
      default -> right;
    };
  }

  private Duration near() {
    return NEAR.get(random.nextInt(NEAR.size()));
  }
}
