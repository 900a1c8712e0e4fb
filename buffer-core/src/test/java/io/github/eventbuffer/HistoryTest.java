package io.github.eventbuffer;

import io.github.eventbuffer.HistoryStep.Answer;
import io.github.eventbuffer.HistoryStep.Close;
import io.github.eventbuffer.HistoryStep.Damage;
import io.github.eventbuffer.HistoryStep.End;
import io.github.eventbuffer.HistoryStep.Endpoint;
import io.github.eventbuffer.HistoryStep.Fault;
import io.github.eventbuffer.HistoryStep.Flush;
import io.github.eventbuffer.HistoryStep.Harm;
import io.github.eventbuffer.HistoryStep.Kill;
import io.github.eventbuffer.HistoryStep.Look;
import io.github.eventbuffer.HistoryStep.Pause;
import io.github.eventbuffer.HistoryStep.Restart;
import io.github.eventbuffer.HistoryStep.Settings;
import io.github.eventbuffer.HistoryStep.Target;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Random histories of one directory (appends, answers of all kinds, flushes, closes, kills, steps
 * of the clock, expiry, damage) on a real disk, judged by {@link HistoryModel}. What fails is
 * shrunk to a short history that fails, too, and reported with the seed that draws it again ({@link
 * Dose}).
 */
@Tag("slow")
@AddLifecycleHook(Dose.class)
class HistoryTest {
  private static final int TRIES = 30;
  private static final int MOST_STEPS = 30;
  private static final long DAY_SECONDS = 86_400;

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void whatWasAcceptedArrivesWhateverHappens(
      @ForAll("windows") int window,
      @ForAll("settings") Settings first,
      @ForAll("stepsWithoutDamage") List<HistoryStep> steps)
      throws Exception {
    play(window, first, steps);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void aDamagedCheckpointCostsDuplicatesAndNothingElse(
      @ForAll("windows") int window,
      @ForAll("settings") Settings first,
      @ForAll("stepsWithDamageBesideTheQueue") List<HistoryStep> steps)
      throws Exception {
    play(window, first, steps);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void damageCostsTheDamagedEventsAtMostAndNeverDeliversOtherBytes(
      @ForAll("windows") int window,
      @ForAll("settings") Settings first,
      @ForAll("stepsWithDamage") List<HistoryStep> steps)
      throws Exception {
    play(window, first, steps);
  }

  /** The letter of its first refusal is on disk then, and the batch goes out without it. */
  @Example
  void anEventThatWasNamedBeforeAKillMayBeRefusedWithItsBatchAfterIt() throws Exception {
    Settings all = new Settings(40, 1, false, Duration.ofSeconds(1), Duration.ZERO);
    Fault taken = new Fault(true, Answer.TAKEN);
    Fault unavailable = new Fault(false, Answer.UNAVAILABLE);
    Fault refused = new Fault(false, Answer.INVALID_BATCH);
    for (int moments = 0; moments < 40; moments++) {
      play(
          100_000,
          all,
          List.of(
              new Endpoint(List.of(taken, unavailable, refused)),
              new HistoryStep.AppendFresh(11, false),
              new Restart(0, new Kill(moments, true), List.of(), 0, all),
              new Flush(Duration.ofSeconds(1))));
    }
  }

  private static void play(int window, Settings first, List<HistoryStep> steps) throws Exception {
    try (Scratch scratch = new Scratch()) {
      new HistoryPlayer(scratch.path(), window).play(first, steps);
    }
  }

  /** Small: what falls out of it is accepted again, and segments are removed. */
  @Provide
  Arbitrary<Integer> windows() {
    return Arbitraries.of(100_000, 15);
  }

  @Provide
  Arbitrary<Settings> settings() {
    return Combinators.combine(
            Arbitraries.of(10, 1, 3, 40),
            Arbitraries.integers().between(1, 4),
            Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true)),
            Arbitraries.integers().between(1, 10),
            Arbitraries.frequency(Tuple.of(2, 0), Tuple.of(1, 10)))
        .as(
            (events, inFlight, small, seconds, days) ->
                new Settings(
                    events, inFlight, small, Duration.ofSeconds(seconds), Duration.ofDays(days)));
  }

  @Provide
  Arbitrary<List<HistoryStep>> stepsWithoutDamage() {
    return steps(Arbitraries.just(List.of()));
  }

  @Provide
  Arbitrary<List<HistoryStep>> stepsWithDamageBesideTheQueue() {
    return steps(damage(Arbitraries.of(Target.CHECKPOINT, Target.METADATA)));
  }

  @Provide
  Arbitrary<List<HistoryStep>> stepsWithDamage() {
    return steps(
        damage(
            Arbitraries.frequency(
                Tuple.of(6, Target.QUEUE),
                Tuple.of(2, Target.DEAD_LETTERS),
                Tuple.of(1, Target.CHECKPOINT),
                Tuple.of(1, Target.METADATA))));
  }

  private Arbitrary<List<HistoryStep>> steps(Arbitrary<List<Damage>> damage) {
    return Arbitraries.<HistoryStep>frequencyOf(
            Tuple.of(8, fresh()),
            Tuple.of(6, known()),
            Tuple.of(5, endpoint()),
            Tuple.of(3, flush()),
            Tuple.of(2, Arbitraries.of(false, false, true).map(Pause::new)),
            Tuple.of(1, Arbitraries.just(new Look())),
            Tuple.of(7, restart(damage)))
        .list()
        .ofMaxSize(MOST_STEPS)
        // Else most are short: then next to nothing is pending when a run ends.
        .withSizeDistribution(RandomDistribution.uniform());
  }

  private static Arbitrary<HistoryStep> fresh() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 40),
            Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true)))
        .as(HistoryStep.AppendFresh::new);
  }

  private static Arbitrary<HistoryStep> known() {
    return Combinators.combine(
            Arbitraries.oneOf(
                Arbitraries.integers().between(0, 30), Arbitraries.integers().between(0, 1_000)),
            Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true)))
        .as(HistoryStep.AppendKnown::new);
  }

  private static Arbitrary<HistoryStep> endpoint() {
    return Combinators.combine(Arbitraries.of(false, true), Arbitraries.of(Answer.class))
        .as(Fault::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8)
        .map(Endpoint::new);
  }

  private static Arbitrary<HistoryStep> flush() {
    return Arbitraries.integers()
        .between(0, 10)
        .map(millis -> new Flush(Duration.ofMillis(millis)));
  }

  private Arbitrary<HistoryStep> restart(Arbitrary<List<Damage>> damage) {
    Arbitrary<Integer> outage =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.just(0)), Tuple.of(1, Arbitraries.integers().between(1, 15)));
    return Combinators.combine(outage, end(), damage, clockSteps(), settings()).as(Restart::new);
  }

  private static Arbitrary<End> end() {
    return Arbitraries.oneOf(
        Arbitraries.of(0, 0, 50).map(millis -> new Close(Duration.ofMillis(millis))),
        Combinators.combine(Arbitraries.integers().between(0, 150), Arbitraries.of(true, false))
            .as(Kill::new));
  }

  private static Arbitrary<Long> clockSteps() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.just(0L)),
        // Not as old as what expires, and older.
        Tuple.of(4, Arbitraries.of(7 * DAY_SECONDS, 20 * DAY_SECONDS)),
        Tuple.of(2, Arbitraries.longs().between(-100_000, 100_000)),
        Tuple.of(1, Arbitraries.longs().between(-400 * DAY_SECONDS, 400 * DAY_SECONDS)),
        Tuple.of(
            1, Arbitraries.longs().between(-1_000_000 * DAY_SECONDS, 1_000_000 * DAY_SECONDS)));
  }

  private static Arbitrary<List<Damage>> damage(Arbitrary<Target> targets) {
    return Combinators.combine(
            targets,
            Arbitraries.of(Harm.class),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 999),
            Arbitraries.integers().between(1, 5_000))
        .as(Damage::new)
        .list()
        .ofMaxSize(2);
  }
}
