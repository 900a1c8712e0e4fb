package io.github.eventbuffer.torture;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Which ids a duplicate window must know after steps of the wall clock: the newest ones, unless
 * some run of the buffer since has seen a time at which they were too old. Ages are by the wall
 * clock as it was when a run began, carried on by monotonic time. Not thread-safe.
 */
final class KnownIds {
  /** Where rounding may decide. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private final int entries;
  private final Duration age;
  private final List<Long> latestSeen = new ArrayList<>();
  private final List<Accepted> accepted = new ArrayList<>();

  private record Accepted(long number, int life, Instant at) {}

  /** For a window of so many entries, of which the caller offers no more than half again. */
  KnownIds(int entries, Duration age) {
    this.entries = entries;
    this.age = age;
  }

  /** A run of the buffer begins, and sees this time. */
  void begin(Instant time) {
    latestSeen.add(time.getEpochSecond());
  }

  /** The run sees this time. */
  void see(Instant time) {
    int life = latestSeen.size() - 1;
    latestSeen.set(life, Math.max(latestSeen.get(life), time.getEpochSecond()));
  }

  /** An event was accepted at this time. */
  void accepted(long number, Instant at) {
    accepted.add(new Accepted(number, latestSeen.size() - 1, at));
    if (accepted.size() > entries) {
      accepted.remove(0);
    }
  }

  /** Some of the ids that must be known now. */
  List<Long> some(int count, Random random) {
    List<Long> known = new ArrayList<>();
    for (int i = 0; i < count && !accepted.isEmpty(); i++) {
      // The older half may be pushed out by what is appended meanwhile.
      int newest = Math.min(accepted.size(), entries / 2);
      Accepted one = accepted.get(accepted.size() - 1 - random.nextInt(newest));
      if (mustBeKnown(one)) {
        known.add(one.number);
      }
    }
    return known;
  }

  private boolean mustBeKnown(Accepted one) {
    long until = one.at.plus(age).minus(MARGIN).getEpochSecond();
    return latestSeen.subList(one.life, latestSeen.size()).stream().allMatch(t -> t <= until);
  }
}
