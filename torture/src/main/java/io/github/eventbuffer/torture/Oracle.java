package io.github.eventbuffer.torture;

import io.github.eventbuffer.torture.Violation.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Knows what was offered to one directory, what the appends were answered and what came out, and
 * says what does not agree. Events are numbers. Nothing here comes from the library.
 *
 * <p>Numbers are below 2³¹ and should be dense. Thread-safe.
 */
final class Oracle {
  /** Events named in a violation. */
  private static final int NAMED = 5;

  /** Violations kept; who sees a thousand needs no more. */
  private static final int MOST = 1_000;

  private static final Duration HEARD_WITHIN = Duration.ofSeconds(1);

  private final Payload payload;
  private final Limits limits;
  private final BitSet offered = new BitSet();
  private final BitSet accepted = new BitSet();
  private final BitSet refused = new BitSet();
  private final BitSet unsure = new BitSet();
  private final BitSet stored = new BitSet();
  private final BitSet dead = new BitSet();
  private final List<Violation> violations = new ArrayList<>();
  private long highestAnswered = -1;
  private long arrivals;
  private long wrong;
  private long lost;
  private long kills;
  private long unknownOutcomes;
  private boolean duplicatesJudged;
  private boolean stalled;
  private @Nullable UnaryOperator<Duration> disk;
  private boolean cutAppends;
  private long late;

  Oracle(Payload payload, Limits limits) {
    this.payload = payload;
    this.limits = limits;
  }

  Payload payload() {
    return payload;
  }

  /** What was accepted up to now. */
  synchronized BitSet acceptedSoFar() {
    return (BitSet) accepted.clone();
  }

  /**
   * Another world, whose past is that of this one up to here and whose future is its own: for a
   * copy of the directory.
   *
   * @param accepted what had been accepted when the copy was taken
   */
  synchronized Oracle branch(BitSet accepted) {
    Oracle other = new Oracle(payload, limits);
    other.offered.or(offered);
    other.accepted.or(accepted);
    other.stored.or(stored);
    other.arrivals = stored.cardinality();
    return other;
  }

  // What happened.

  /** These numbers may be appended from now on. */
  synchronized void offered(long first, long count) {
    offered.set(Math.toIntExact(first), Math.toIntExact(first + count));
  }

  /** Whether this number may be appended. */
  synchronized boolean isOffered(int number) {
    return offered.get(number);
  }

  /** One append returned. */
  synchronized void answered(long number, Answer answer, Duration took) {
    int n = Math.toIntExact(number);
    highestAnswered = Math.max(highestAnswered, n);
    if (took.compareTo(limits.append()) > 0) {
      late(n, took);
    }
    if (!offered.get(n)) {
      violate(Rule.RUN, "an answer for " + n + ", which was never offered");
    }
    switch (answer) {
      case ACCEPTED -> {
        if (accepted.get(n)) {
          violate(Rule.DUPLICATES, n + " was accepted twice within the duplicate window");
        }
        accepted.set(n);
      }
      // "Accepted before": then it is kept like any other.
      case DUPLICATE -> accepted.set(n);
      case INVALID, FULL -> refused.set(n);
      case FAILED -> unsure.set(n);
    }
  }

  private void late(int n, Duration took) {
    if (stalled) {
      late++;
      return;
    }
    // An answer is read some time after the append has returned.
    String meanwhile =
        disk == null
            ? ""
            : "; a plain force took up to " + disk.apply(took.plus(HEARD_WITHIN)) + " meanwhile";
    violate(
        Rule.LIVENESS,
        "the append of " + n + " took " + took + " of " + limits.append() + meanwhile);
  }

  /**
   * A violation of an append's bound says from now on what the disk did meanwhile; it is one all
   * the same.
   *
   * @param slowest how long the longest force of a plain file took of which a part lies in that
   *     time until now
   */
  synchronized void disk(UnaryOperator<Duration> slowest) {
    disk = slowest;
  }

  /**
   * The process or its disk stands still from now on, or no longer: appends that are answered
   * meanwhile may take longer than their bound, and are counted.
   */
  synchronized void stalled(boolean now) {
    stalled = now;
  }

  /**
   * Appends may fail in the middle of a write: the place of each one that FAILED may be used up,
   * and what is in it unreadable.
   */
  synchronized void cutAppends() {
    cutAppends = true;
  }

  /** The endpoint has it, {@code times} times since this was last said. */
  synchronized void stored(String id, String json, int times) {
    arrivals += times;
    int n = came(id, json, "stored");
    if (n >= 0) {
      stored.set(n);
    }
  }

  /** It lies in the dead letters. */
  synchronized void deadLettered(String id, String json) {
    int n = came(id, json, "dead-lettered");
    if (n >= 0) {
      dead.set(n);
    }
  }

  /**
   * An event came out of somewhere: it must have been offered, and be as it was offered.
   *
   * @return its number; -1 when it is wrong
   */
  synchronized int came(String id, String json, String where) {
    int n = (int) Payload.number(id);
    if (n < 0 || !offered.get(n)) {
      wrong(where + " and never offered: " + id);
      return -1;
    }
    if (!payload.matches(n, json)) {
      wrong(where + " with another payload: " + id + ": " + json);
    }
    return n;
  }

  /** Something came out that must not. */
  synchronized void wrong(String what) {
    wrong++;
    violate(Rule.INTEGRITY, what);
  }

  /** The process that owned the directory was killed, or the machine "lost power". */
  synchronized void killed() {
    kills++;
  }

  /** The endpoint stored so many batches without saying so. */
  synchronized void unknownOutcomes(long batches) {
    unknownOutcomes += batches;
  }

  synchronized void opened(Duration took) {
    if (took.compareTo(limits.open()) > 0) {
      violate(Rule.LIVENESS, "an open took " + took + " of " + limits.open());
    }
  }

  /** A promise was broken that only the scenario can see. */
  synchronized void violate(Rule rule, String what) {
    if (violations.size() < MOST) {
      violations.add(new Violation(rule, what));
    }
  }

  /**
   * What is known at one moment.
   *
   * @param missing accepted, and neither stored nor known to be dead-lettered
   * @param stored by the endpoint
   * @param accepted answered so
   * @param highestAnswered the highest number that an append was answered for
   */
  record Snapshot(BitSet missing, BitSet stored, BitSet accepted, long highestAnswered) {}

  synchronized Snapshot snapshot() {
    return new Snapshot(
        missing(), (BitSet) stored.clone(), (BitSet) accepted.clone(), highestAnswered);
  }

  // What follows from it.

  /** Everything that was accepted is at the endpoint or in the dead letters. */
  void conserved() {
    conserved(new BitSet());
  }

  /** The same, some of it still pending. */
  synchronized void conserved(BitSet pending) {
    BitSet missing = missing();
    missing.andNot(pending);
    lost("accepted and gone", missing);
    BitSet traces = (BitSet) refused.clone();
    traces.andNot(accepted);
    traces.andNot(unsure);
    traces.and(stored);
    if (!traces.isEmpty()) {
      violate(Rule.CONSERVATION, "refused and delivered all the same: " + named(traces));
    }
  }

  /** These accepted events are nowhere; none is no trouble. */
  synchronized void lost(String how, BitSet numbers) {
    lost += numbers.cardinality();
    if (!numbers.isEmpty()) {
      violate(Rule.CONSERVATION, how + ": " + named(numbers));
    }
  }

  /** Accepted, and neither stored nor dead-lettered up to now. */
  synchronized BitSet missing() {
    BitSet missing = (BitSet) accepted.clone();
    missing.andNot(stored);
    missing.andNot(dead);
    return missing;
  }

  /** What was sent again is inside of the bound. */
  synchronized void duplicatesBounded() {
    long bound = (long) limits.batchEvents() * limits.inFlight() * (kills + unknownOutcomes);
    if (duplicates() > bound && !duplicatesJudged) {
      duplicatesJudged = true;
      violate(
          Rule.DUPLICATES,
          duplicates()
              + " arrivals too many, bound "
              + bound
              + " after "
              + kills
              + " kills and "
              + unknownOutcomes
              + " unknown outcomes");
    }
  }

  /**
   * The library's counters agree with what is known here, when all is delivered and undamaged.
   *
   * @param stats by the names of {@code BufferStats}
   * @param answers what this process' appends were answered
   */
  synchronized void accountedFor(Map<String, Long> stats, Map<Answer, Long> answers) {
    balanced(stats);
    long damaged = stats.getOrDefault("damaged", 0L);
    long halves = cutAppends ? unsure.cardinality() : 0;
    BitSet all = (BitSet) stored.clone();
    all.or(dead);
    equal(stats, "accepted", all.cardinality() + damaged);
    equal(stats, "deadLettered", dead.cardinality());
    equal(stats, "delivered", all.cardinality() - dead.cardinality());
    equal(stats, "pending", 0);
    if (damaged > halves) {
      violate(Rule.ACCOUNTING, "damaged is " + damaged + ", at most " + halves + " expected");
    }
    equal(stats, "duplicates", answers.getOrDefault(Answer.DUPLICATE, 0L));
    equal(stats, "invalid", answers.getOrDefault(Answer.INVALID, 0L));
    equal(stats, "full", answers.getOrDefault(Answer.FULL, 0L));
    equal(stats, "failed", answers.getOrDefault(Answer.FAILED, 0L));
  }

  /** The library's own equation holds; true at any moment, damage included. */
  synchronized void balanced(Map<String, Long> stats) {
    long sum = 0;
    for (String part :
        List.of("delivered", "deadLettered", "expired", "dropped", "damaged", "pending")) {
      sum += stats.getOrDefault(part, 0L);
    }
    if (sum != stats.getOrDefault("accepted", -1L)) {
      violate(Rule.ACCOUNTING, "the counters do not add up: " + stats);
    }
  }

  private void equal(Map<String, Long> stats, String counter, long expected) {
    long counted = stats.getOrDefault(counter, -1L);
    if (counted != expected) {
      violate(Rule.ACCOUNTING, counter + " is " + counted + ", counted here: " + expected);
    }
  }

  /** Nothing grew beyond what it was at the start. */
  synchronized void leftOver(String what, long before, long after) {
    if (after > before) {
      violate(Rule.LEFTOVERS, after + " " + what + ", " + before + " at the start or allowed");
    }
  }

  // Figures.

  synchronized long accepted() {
    return accepted.cardinality();
  }

  synchronized long deadLettered() {
    return dead.cardinality();
  }

  /** The highest number that an append was answered for; -1 before the first. */
  synchronized long highestAnswered() {
    return highestAnswered;
  }

  synchronized boolean isAccepted(long number) {
    return accepted.get(Math.toIntExact(number));
  }

  synchronized boolean isStored(long number) {
    return stored.get(Math.toIntExact(number));
  }

  /** Appends that took longer than their bound during stalls. */
  synchronized long late() {
    return late;
  }

  /** Events accepted and lost, as far as judged. */
  synchronized long lost() {
    return lost;
  }

  synchronized long wrong() {
    return wrong;
  }

  /** Arrivals beyond the first of each event. */
  synchronized long duplicates() {
    return arrivals - stored.cardinality();
  }

  synchronized List<Violation> violations() {
    return List.copyOf(violations);
  }

  private static String named(BitSet numbers) {
    return numbers.cardinality()
        + " events, the first of them "
        + numbers.stream().limit(NAMED).mapToObj(Payload::id).collect(Collectors.joining(" "));
  }
}
