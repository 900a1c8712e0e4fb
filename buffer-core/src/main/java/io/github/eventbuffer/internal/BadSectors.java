package io.github.eventbuffer.internal;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the queue's files that the device fails to read.
 *
 * <p>Such a failure may pass, so it is met with patience first: delivery waits and tries again.
 * When a page has failed for as long, and as often, as it takes, it counts as damaged: what lies in
 * it is skipped and counted, so that one bad sector does not stop all that comes behind it. A file
 * with such a page is never removed but goes to the {@link Quarantine}. Thread-safe.
 */
final class BadSectors {
  static final int PAGE_BYTES = 4 << 10;

  private static final int LEAST_FAILURES = 5;
  private static final int MOST_PLACES = 10_000;

  private final long patienceNanos;
  private final LongSupplier nanoTime;
  private final Map<Place, Failures> places = new HashMap<>();
  private final Set<Path> files = new HashSet<>();

  private record Place(Path file, long page) {}

  private record Failures(long sinceNanos, int count) {}

  BadSectors(long patienceNanos, LongSupplier nanoTime) {
    this.patienceNanos = patienceNanos;
    this.nanoTime = nanoTime;
  }

  /** For a reader that skips at once what it cannot read: nothing is committed for it. */
  static BadSectors skippedAtOnce() {
    return new BadSectors(0, () -> 0);
  }

  /** The page at this offset could not be read just now; returns whether it is given up. */
  synchronized boolean giveUp(Path file, long offset) {
    if (patienceNanos == 0) {
      files.add(file);
      return true;
    }
    Place place = new Place(file, offset / PAGE_BYTES);
    Failures before = places.get(place);
    if (before == null && places.size() >= MOST_PLACES) {
      places.clear();
    }
    long now = nanoTime.getAsLong();
    Failures after =
        before == null ? new Failures(now, 1) : new Failures(before.sinceNanos, before.count + 1);
    boolean given = isGivenUp(after, now) || isBesideOneGivenUp(place, now);
    places.put(place, given ? new Failures(now - patienceNanos, LEAST_FAILURES) : after);
    if (given) {
      files.add(file);
    }
    return given;
  }

  private boolean isGivenUp(@Nullable Failures failures, long now) {
    return failures != null
        && failures.count >= LEAST_FAILURES
        && now - failures.sinceNanos >= patienceNanos;
  }

  /**
   * A bad place is seldom one page, and a reader meets its pages one after the other: a minute for
   * each would stop delivery for hours.
   */
  private boolean isBesideOneGivenUp(Place place, long now) {
    return isGivenUp(places.get(new Place(place.file, place.page - 1)), now)
        || isGivenUp(places.get(new Place(place.file, place.page + 1)), now);
  }

  /** Whether a page of this file was given up. */
  synchronized boolean isIn(Path file) {
    return files.contains(file);
  }

  /** Whether any page was given up. */
  synchronized boolean areThere() {
    return !files.isEmpty();
  }
}
