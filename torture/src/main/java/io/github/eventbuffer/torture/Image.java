package io.github.eventbuffer.torture;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.FlushResult;
import io.github.eventbuffer.torture.Violation.Rule;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;

/**
 * A copy of a buffer's directory, taken while its process was stopped: what a kill at that moment
 * would have left. Opened in the driver, it has to bring out all that was accepted and not stored.
 */
final class Image {
  private static final Duration DRAINED = Duration.ofSeconds(20);

  /** Events offered once more, which the image has to know. */
  private static final int AGAIN = 10;

  private final Settings settings;
  private final Oracle oracle;
  private final Oracle.Snapshot then;
  private final int threads;
  private final Limits limits;
  private final BitSet out = new BitSet();
  private final BitSet dead = new BitSet();

  /**
   * Describes a copy.
   *
   * @param settings of the writer, with the copy as its directory
   * @param oracle the writer's; hears of what is wrong
   * @param then what was known at the moment of the copy
   * @param threads that appended at that moment
   */
  Image(Settings settings, Oracle oracle, Oracle.Snapshot then, int threads) {
    this.settings = settings;
    this.oracle = oracle;
    this.then = then;
    this.threads = threads;
    limits = Limits.of(settings);
  }

  /** Opens it and compares. Deletes it when all is well, or else leaves it as it is by now. */
  void examine(OpenTimes opens) {
    try {
      open(opens);
    } catch (IOException | RuntimeException e) {
      complain(Rule.LIVENESS, "cannot be examined: " + e);
    }
  }

  private void open(OpenTimes opens) throws IOException {
    int before = oracle.violations().size();
    try (ImageTransport transport = new ImageTransport(this::delivered)) {
      long start = System.nanoTime();
      try (EventBuffer buffer = settings.buffer(transport).open()) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        opens.add(took);
        oracle.opened(took);
        examine(buffer);
      }
    }
    if (oracle.violations().size() == before) {
      DirectoryTree.delete(settings.directory());
    }
  }

  private synchronized void delivered(String json) {
    int n = oracle.came(Judge.idOf(json), json, "delivered by an image");
    if (n >= 0) {
      if (out.get(n)) {
        complain(Rule.DUPLICATES, n + " came out twice");
      }
      out.set(n);
    }
  }

  private void examine(EventBuffer buffer) throws IOException {
    long accepted = buffer.stats().accepted();
    int answered = then.accepted().cardinality();
    if (accepted < answered || accepted > answered + threads) {
      complain(
          Rule.ACCOUNTING,
          accepted + " accepted, answered by then: " + answered + ", under way: " + threads);
    }
    knowsAgain(buffer);
    FlushResult flushed = buffer.flush(DRAINED);
    if (!flushed.complete()) {
      complain(Rule.LIVENESS, "not delivered within " + DRAINED + ": " + flushed);
    }
    for (DeadLetter letter : buffer.deadLetters().list(Integer.MAX_VALUE)) {
      int n = oracle.came(letter.eventId(), letter.event(), "a dead letter of an image");
      if (n >= 0) {
        dead.set(n);
      }
    }
    balanced(buffer.stats());
    synchronized (this) {
      BitSet missing = (BitSet) then.missing().clone();
      missing.andNot(out);
      missing.andNot(dead);
      oracle.lost("accepted and not in the image " + name(), missing);
      BitSet twice = (BitSet) then.stored().clone();
      twice.and(out);
      int bound = limits.batchEvents() * limits.inFlight();
      if (twice.cardinality() > bound) {
        complain(Rule.DUPLICATES, twice.cardinality() + " sent again, bound " + bound);
      }
    }
  }

  /**
   * A caller's retry after the crash: what was answered must be known, and what was under way comes
   * out once, known or not.
   */
  private void knowsAgain(EventBuffer buffer) {
    int newest = (int) then.highestAnswered();
    // On a slow machine a writer may be done with all that it was given.
    for (int n = Math.max(0, newest - AGAIN); n <= newest + threads && oracle.isOffered(n); n++) {
      AppendResult result = buffer.appendJson(oracle.payload().json(n));
      if (then.accepted().get(n) && result.status() != AppendResult.Status.DUPLICATE) {
        complain(Rule.DUPLICATES, n + " was accepted, and is now " + result.status());
      }
    }
  }

  private void balanced(BufferStats stats) {
    long sum =
        stats.delivered()
            + stats.deadLettered()
            + stats.expired()
            + stats.dropped()
            + stats.pending();
    if (sum != stats.accepted() || stats.damaged() != 0 || stats.pending() != 0) {
      complain(Rule.ACCOUNTING, "the counters do not add up: " + stats);
    }
  }

  private void complain(Rule rule, String what) {
    oracle.violate(rule, "image " + name() + ": " + what);
  }

  private String name() {
    return String.valueOf(settings.directory().getFileName());
  }
}
