package io.github.eventbuffer.torture;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.torture.Violation.Rule;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Appends to a buffer in the driver's own process and tells the oracle. One for each open of a
 * buffer, because the library's counters of answers begin anew with it. Thread-safe.
 */
final class Caller {
  private final EventBuffer buffer;
  private final Oracle oracle;
  private final Map<Answer, Long> answers = new EnumMap<>(Answer.class);

  Caller(EventBuffer buffer, Oracle oracle) {
    this.buffer = buffer;
    this.oracle = oracle;
  }

  /** Even numbers go through the typed API, odd ones as JSON, which has the buffer's durability. */
  Answer append(long n, Durability durability) {
    oracle.offered(n, 1);
    Payload payload = oracle.payload();
    byte[] json = payload.json(n);
    var event = Appending.event(payload, n);
    long start = System.nanoTime();
    AppendResult result =
        n % 2 == 0 || durability == Durability.POWER
            ? buffer.append(event, durability)
            : buffer.appendJson(json);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Answer answer = Answer.valueOf(result.status().name());
    oracle.answered(n, answer, took);
    synchronized (answers) {
      answers.merge(answer, 1L, Long::sum);
    }
    return answer;
  }

  /** What was accepted before, within the duplicate window. */
  void appendAgain(long n) {
    if (append(n, Durability.PROCESS) != Answer.DUPLICATE) {
      oracle.violate(Rule.DUPLICATES, n + " is in the duplicate window and is not known");
    }
  }

  /** Compares the books, when all is delivered. */
  void settle() {
    oracle.conserved();
    oracle.duplicatesBounded();
    oracle.accountedFor(stats(), answers());
  }

  long answered(Answer answer) {
    return answers().getOrDefault(answer, 0L);
  }

  private Map<Answer, Long> answers() {
    synchronized (answers) {
      return new EnumMap<>(answers);
    }
  }

  Map<String, Long> stats() {
    return Stats.of(buffer.stats());
  }
}
