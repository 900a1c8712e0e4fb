package io.github.eventbuffer.torture;

import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;

/**
 * Opens damaged copies of stocks and judges what comes out of them: all that was not touched, as it
 * was; and of what was, each loss is told.
 *
 * <p>One loss cannot be told: where zeros, or the end of the file, stand in the place of the newest
 * entries, the disk looks as if they had never been written. Those are counted as {@code untold}.
 */
final class Examination {
  private static final Duration DRAINED = Duration.ofSeconds(20);

  private final Run run;
  private final OpenTimes opens = new OpenTimes();
  private long touched;
  private long lostEvents;
  private long lostLetters;
  private long counted;
  private long untold;

  Examination(Run run) {
    this.run = run;
  }

  /** Opens a copy that is damaged, takes all out of it, and compares. */
  void examine(Stock stock, Path copy, Wound wound) throws IOException {
    Oracle oracle = run.branch(stock.oracle());
    BitSet events = wound.touched(stock, false);
    BitSet letters = wound.touched(stock, true);
    // Before the open, which tidies up.
    Wound.Blank blank = wound.blank(stock);
    Ear ear = new Ear();
    BufferStats stats;
    try {
      stats = drained(stock, copy, oracle, ear);
    } catch (EventBufferException e) {
      oracle.violate(Rule.LIVENESS, "refused to open: " + e + " after " + wound);
      return;
    }
    BitSet missing = oracle.missing();
    touched += events.cardinality();
    BitSet allowed = (BitSet) events.clone();
    allowed.or(letters);
    oracle.conserved(allowed);
    told(stock, oracle, missing, blank, stats.damaged(), ear);
    counted += stats.damaged();
    // The newest entry's place may be damaged though no entry is in it.
    if (stats.damaged() > events.cardinality() + 1) {
      oracle.violate(
          Rule.ACCOUNTING, stats.damaged() + " damaged, touched " + events.cardinality());
    }
    if (stats.damaged() != ear.damaged()) {
      oracle.violate(Rule.ACCOUNTING, stats.damaged() + " damaged, told of " + ear.damaged());
    }
    if (!oracle.violations().isEmpty()) {
      oracle.violate(
          Rule.RUN, "that was " + copy.getFileName() + ": " + wound + ear + ", " + stats);
    }
  }

  private BufferStats drained(Stock stock, Path copy, Oracle oracle, Ear ear) throws IOException {
    Collector collector = new Collector(0);
    long start = System.nanoTime();
    try (EventBuffer buffer =
        stock.settings().with(Setting.DIRECTORY, copy).buffer(collector).listener(ear).open()) {
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      opens.add(took);
      oracle.opened(took);
      fresh(buffer, oracle, stock.events());
      if (!buffer.flush(DRAINED).complete()) {
        oracle.violate(Rule.LIVENESS, "not delivered within " + DRAINED + ": " + buffer.health());
      }
      collector.report(oracle);
      for (DeadLetter letter : buffer.deadLetters().list(Integer.MAX_VALUE)) {
        oracle.deadLettered(letter.eventId(), letter.event());
      }
      BufferStats stats = buffer.stats();
      oracle.balanced(Stats.of(stats));
      return stats;
    }
  }

  /** What is appended after the damage is accepted, and comes out like the rest. */
  private static void fresh(EventBuffer buffer, Oracle oracle, int number) {
    oracle.offered(number, 1);
    long start = System.nanoTime();
    Answer answer =
        Answer.valueOf(buffer.appendJson(oracle.payload().json(number)).status().name());
    oracle.answered(number, answer, Duration.ofNanos(System.nanoTime() - start));
    if (answer != Answer.ACCEPTED) {
      oracle.violate(Rule.LIVENESS, "a fresh event was answered " + answer);
    }
  }

  /** Each loss was counted, or reported as a place or a file, or left nothing to be seen. */
  private void told(
      Stock stock, Oracle oracle, BitSet missing, Wound.Blank blank, long damaged, Ear ear) {
    BitSet letters = (BitSet) missing.clone();
    letters.and(stock.letters());
    lostLetters += letters.cardinality();
    BitSet events = (BitSet) missing.clone();
    events.andNot(letters);
    lostEvents += events.cardinality();
    if (ear.heardOfPlaces()) {
      return;
    }
    BitSet silent = newest(events, events.cardinality() - damaged);
    untold += silent.cardinality() + letters.cardinality();
    if (!silent.isEmpty() && !isTail(silent.nextSetBit(0), blank.events(), stock, missing)) {
      oracle.violate(Rule.ACCOUNTING, "lost and not told: " + silent + ", " + ear);
    }
    if (!letters.isEmpty() && !blank.letters().get(letters.nextSetBit(0))) {
      oracle.violate(Rule.ACCOUNTING, "lost letters and not told: " + letters + ", " + ear);
    }
  }

  /** Whether nothing is to be seen where an event was, and none that is pending came behind it. */
  private static boolean isTail(int first, BitSet blank, Stock stock, BitSet missing) {
    for (int n = first; n < stock.events(); n++) {
      if (!missing.get(n) && !stock.oracle().isStored(n) && !stock.letters().get(n)) {
        return false;
      }
    }
    return blank.get(first);
  }

  private static BitSet newest(BitSet events, long count) {
    BitSet newest = new BitSet();
    int at = events.length();
    for (long left = count; left > 0; left--) {
      at = events.previousSetBit(at - 1);
      newest.set(at);
    }
    return newest;
  }

  /** The figures of all examinations. */
  void report() {
    run.figure("touched_entries", touched);
    run.figure("lost_of_them", lostEvents);
    run.figure("lost_letters", lostLetters);
    run.figure("counted_damaged", counted);
    run.figure("untold_blank_tail", untold);
    opens.report(run);
  }
}
