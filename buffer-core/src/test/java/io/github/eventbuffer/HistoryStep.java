package io.github.eventbuffer;

import java.time.Duration;
import java.util.List;

/** One step of a random history. All that is random about it is in here, so it can be shrunk. */
sealed interface HistoryStep {

  /** Events that were never seen before. */
  record AppendFresh(int many, boolean fat) implements HistoryStep {}

  /** An event that was accepted before, so many acceptances ago, or its namesake. */
  record AppendKnown(int acceptancesAgo, boolean otherType) implements HistoryStep {}

  /** What the endpoint makes of the next attempts; after them, it takes all. */
  record Endpoint(List<Fault> faults) implements HistoryStep {}

  /** Flushes, and goes on after so long whether that was enough or not. */
  record Flush(Duration timeout) implements HistoryStep {}

  /** Pauses delivery, or resumes it. */
  record Pause(boolean pause) implements HistoryStep {}

  /** Looks at the counters. */
  record Look() implements HistoryStep {}

  /**
   * A run ends and the next one begins.
   *
   * @param outage how many events are accepted in the end, that nobody delivers any more
   * @param clockStepSeconds what the wall clock is moved by in between
   */
  record Restart(int outage, End end, List<Damage> damage, long clockStepSeconds, Settings next)
      implements HistoryStep {}

  /** One thing that goes wrong with an attempt. */
  record Fault(boolean storedAllTheSame, Answer answer) {}

  /** What the transport answers. */
  enum Answer {
    /** Nothing goes wrong this time. */
    TAKEN,
    UNAVAILABLE,
    THROTTLED,
    THROTTLED_FOR_A_SECOND,
    HELD,
    INVALID_BATCH,
    TOO_LARGE,
    NOTHING,
    NULL,
    THROWN,
    ERROR
  }

  /** How a run ends. */
  sealed interface End {}

  /** It is closed, in this time. */
  record Close(Duration timeout) implements End {}

  /**
   * It is killed: the next run gets a copy of the directory, made on the flusher's own thread.
   *
   * @param moments after how many of the flusher's looks at the clock, calls and callbacks
   * @param inFlush whether a flush is under way
   */
  record Kill(int moments, boolean inFlush) implements End {}

  /**
   * Damage to one file between two runs.
   *
   * @param file which one, of those that are there
   * @param permille where in it
   * @param length of what is damaged
   */
  record Damage(Target target, Harm harm, int file, int permille, int length) {}

  /** Which kind of file. */
  enum Target {
    QUEUE,
    DEAD_LETTERS,
    CHECKPOINT,
    METADATA
  }

  /** What becomes of it. */
  enum Harm {
    BIT_FLIPPED,
    ZEROED,
    OVERWRITTEN,
    TRUNCATED,
    DELETED,
    PAGES_SWAPPED
  }

  /**
   * The options of a run that may differ from those of the run before.
   *
   * @param maxEventAge zero: nothing expires
   */
  record Settings(
      int maxBatchEvents,
      int maxInFlight,
      boolean smallBatchBytes,
      Duration flushInterval,
      Duration maxEventAge) {}
}
