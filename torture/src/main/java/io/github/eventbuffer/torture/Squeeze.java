package io.github.eventbuffer.torture;

import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;

/** One writer's life on a file system that fills up and is freed again. */
final class Squeeze {
  private static final int PHASES = 2;

  /** Slow enough to outlast a phase. */
  private static final int EVENTS_OF_A_PHASE = 8_000;

  private static final int PAUSE_MICROS = 100;

  /** As many appends may be under way. */
  private static final int THREADS = 2;

  /** No accept for so long, and appends go on: they are refused, or they wait. */
  private static final long REFUSED_NANOS = 80_000_000;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration MOST_RESUME = Duration.ofSeconds(1);
  private static final Duration DRAINED = Duration.ofSeconds(60);

  private final Run run;
  private final Random random;
  private final OpenTimes opens = new OpenTimes();
  private final OpenTimes resumes = new OpenTimes();
  private long dropped;
  private long refused;

  /** What an append does without space. */
  enum Policy {
    REJECT,
    BLOCK,
    DROP_OLDEST
  }

  Squeeze(Run run, Random random) {
    this.run = run;
    this.random = random;
  }

  /** Fills and frees, and starts again on the full disk; then all is delivered and compared. */
  Oracle squeeze(Policy policy, String name) throws IOException, InterruptedException {
    boolean drops = policy == Policy.DROP_OLDEST;
    Judge judge = run.own(drops ? Judge.calm() : Judge.moody(run.random("judge " + name), 15, 499));
    Settings settings =
        run.settings(name + "/events", judge)
            .with(Setting.WHEN_FULL, policy)
            .with(Setting.WHEN_FULL_MILLIS, policy == Policy.BLOCK ? 1_500 : 0);
    Oracle oracle = run.oracle(Limits.of(settings));
    Victim victim = new Victim(run, settings, judge, oracle, opens);
    Hog hog = new Hog(run.directory().resolve(name));
    WriterProcess writer = victim.start();
    writer.awaitOpen();
    int restartAt = random.nextInt(PHASES);
    for (int phase = 0; phase < PHASES; phase++) {
      // Delivery would make room; and what is under way is counted as dropped and may arrive.
      drain(writer, oracle);
      writer.ask("pause");
      victim.append(writer, EVENTS_OF_A_PHASE, drops ? 1 : THREADS, PAUSE_MICROS);
      Thread.sleep(random.nextInt(150));
      boolean full = fill(writer, hog);
      if (phase == restartAt) {
        refused += writer.answers().getOrDefault(Answer.FULL, 0L);
        writer = restart(victim, writer, policy);
        hog.eat();
        full = false;
      }
      Thread.sleep(random.nextInt(200));
      free(writer, hog, oracle, full);
      writer.join();
      writer.ask("resume");
      refused += writer.answers().getOrDefault(Answer.FULL, 0L);
      if (drops) {
        settleDropped(writer, judge, oracle);
      } else {
        victim.settle(writer);
      }
    }
    victim.exit(writer);
    dropped += drops ? oracle.missing().cardinality() : 0;
    run.end(judge);
    return oracle;
  }

  private static void drain(WriterProcess writer, Oracle oracle)
      throws IOException, InterruptedException {
    if (!writer.flush(DRAINED)) {
      oracle.violate(
          Rule.LIVENESS, "not delivered within " + DRAINED + ": " + writer.ask("health"));
    }
  }

  /** Eats until no append is accepted any more for want of space; whether it came to that. */
  private static boolean fill(WriterProcess writer, Hog hog)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long since = System.nanoTime();
    long accepted = accepted(writer);
    while (System.nanoTime() < end) {
      hog.eat();
      Thread.sleep(5);
      long now = accepted(writer);
      if (now != accepted) {
        accepted = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > REFUSED_NANOS
          && writer.ask("health").contains("state=FULL")) {
        return true;
      }
    }
    return false;
  }

  private static long accepted(WriterProcess writer) {
    return writer.answers().getOrDefault(Answer.ACCEPTED, 0L);
  }

  private static long answers(WriterProcess writer) {
    return writer.answers().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Gives the space back, and takes the time until something is accepted. */
  private void free(WriterProcess writer, Hog hog, Oracle oracle, boolean full)
      throws IOException, InterruptedException {
    // Others may have been accepted since: what an eviction freed, and nobody ate.
    long before = accepted(writer);
    long answered = answers(writer);
    hog.free();
    long start = System.nanoTime();
    if (!full) {
      return;
    }
    while (accepted(writer) == before && System.nanoTime() - start < PATIENCE.toNanos()) {
      Thread.sleep(1);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (accepted(writer) == before && answers(writer) == answered) {
      // Nothing was left to append; a writer that hangs is found when it is waited for.
      return;
    }
    resumes.add(took);
    if (took.compareTo(MOST_RESUME) > 0) {
      oracle.violate(Rule.LIVENESS, "the first accept came " + took + " after the space");
    }
  }

  /** A new writer on the full disk. One that drops is not killed, so that the books are exact. */
  private static WriterProcess restart(Victim victim, WriterProcess writer, Policy policy)
      throws IOException, InterruptedException {
    if (policy == Policy.DROP_OLDEST) {
      writer.ask("close 0");
      victim.exit(writer);
    } else {
      victim.kill(writer);
    }
    WriterProcess next = victim.start();
    next.awaitOpen();
    next.ask("pause");
    victim.append(next, 500, 1, 0);
    return next;
  }

  /** Each event is delivered or dropped, and of those that waited the oldest were dropped. */
  private static void settleDropped(WriterProcess writer, Judge judge, Oracle oracle)
      throws IOException, InterruptedException {
    BitSet pending = oracle.missing();
    drain(writer, oracle);
    judge.report(oracle);
    BitSet missing = oracle.missing();
    // Nothing accepted is excused but what was dropped; what was refused must not arrive.
    oracle.conserved(missing);
    oracle.duplicatesBounded();
    Map<String, Long> stats = writer.stats();
    oracle.balanced(stats);
    long counted = stats.getOrDefault("dropped", -1L);
    if (counted != missing.cardinality()
        || stats.getOrDefault("delivered", -1L) != delivered(oracle)) {
      oracle.violate(
          Rule.ACCOUNTING,
          missing.cardinality() + " did not arrive of " + oracle.accepted() + ": " + stats);
    }
    pending.andNot(missing);
    int oldestKept = pending.nextSetBit(0);
    int newestDropped = missing.length() - 1;
    if (oldestKept >= 0 && newestDropped > oldestKept) {
      oracle.violate(
          Rule.CONSERVATION, newestDropped + " was dropped, the older " + oldestKept + " not");
    }
  }

  private static long delivered(Oracle oracle) {
    return oracle.accepted() - oracle.missing().cardinality();
  }

  void report() {
    run.figure("refused", refused);
    run.figure("dropped", dropped);
    run.figure("resumes", resumes.count());
    run.figure("p50_resume_ms", resumes.millis(50));
    run.figure("worst_resume_ms", resumes.millis(100));
    opens.report(run);
  }
}
