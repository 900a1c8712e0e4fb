package io.github.eventbuffer.examples;

import io.github.eventbuffer.testkit.EventKey;
import io.github.eventbuffer.testkit.Ledger;
import io.github.eventbuffer.testkit.RecordedRequest;
import java.io.PrintStream;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What became of every event that was promised, from the endpoint's books and the receipts; the
 * library is asked for its dead letters and, should an accepted event not have come, for how many
 * it still holds.
 *
 * @param accepted different events whose acceptance reached this process
 * @param delivered different events that the endpoint stored
 * @param duplicates arrivals at the endpoint beyond the first of each event
 * @param deadLettered events that the endpoint refused for good
 * @param pending accepted events that did not come and that the buffer still holds
 * @param lost accepted events that did not come and that nobody holds
 */
record Verdict(
    long accepted, long delivered, long duplicates, long deadLettered, long pending, long lost) {

  /**
   * Compares.
   *
   * @param held how many events the buffer held when it closed; negative when it did not say
   */
  static Verdict of(Receipts receipts, Ledger ledger, Set<String> deadLetters, long held) {
    BitSet accepted = receipts.numbers();
    long missing =
        accepted.stream()
            .filter(number -> !ledger.contains(key(number)))
            .filter(number -> !deadLetters.contains(deadLetter(number)))
            .count();
    long pending = held < 0 ? missing : Math.min(missing, held);
    return new Verdict(
        accepted.cardinality(),
        ledger.count(),
        ledger.duplicates(),
        deadLetters.size(),
        pending,
        missing - pending);
  }

  private static EventKey key(int number) {
    return new EventKey(
        CheckoutService.DESTINATION.eventSourceId(),
        SampleEvents.type(number).value(),
        SampleEvents.id(number));
  }

  private static String deadLetter(int number) {
    return SampleEvents.type(number).value() + " " + SampleEvents.id(number);
  }

  /** Whether all that was offered arrived. */
  boolean isGood(long offered) {
    return lost == 0 && pending == 0 && accepted == offered && delivered + deadLettered == accepted;
  }

  /** A table for people, and one line for programs at its end. */
  void print(PrintStream out, long offered, Receipts receipts, Ledger ledger) {
    out.println();
    row(out, "offered", offered, "different events, one in twenty of them twice");
    row(out, "accepted", accepted, "their acceptance reached the shop");
    row(
        out,
        "filtered",
        receipts.filtered(),
        "answered with DUPLICATE: the twice, and those whose answer the kill cut off");
    row(out, "delivered", delivered, "different events stored by the endpoint");
    row(out, "duplicates", duplicates, "came again: sent before, and the answer was lost");
    row(out, "dead-lettered", deadLettered, "refused by the endpoint for good");
    row(out, "pending", pending, "still in the buffer");
    row(out, "lost", lost, "accepted, and nowhere to be found");
    row(out, "requests", ledger.requestCount(), answers(ledger.requests()));
    out.println();
    out.println(this);
  }

  private static void row(PrintStream out, String name, long count, String remark) {
    out.printf(Locale.ROOT, "  %-14s %,9d   %s%n", name, count, remark);
  }

  private static String answers(List<RecordedRequest> requests) {
    return String.format(
        Locale.ROOT,
        "200: %d, 503: %d, 429: %d, no answer: %d",
        count(requests, 200),
        count(requests, 503),
        count(requests, 429),
        count(requests, RecordedRequest.NO_STATUS));
  }

  private static long count(List<RecordedRequest> requests, int status) {
    return requests.stream().filter(request -> request.status() == status).count();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "accepted=%d delivered=%d duplicates=%d dead_lettered=%d pending=%d lost=%d",
        accepted,
        delivered,
        duplicates,
        deadLettered,
        pending,
        lost);
  }
}
