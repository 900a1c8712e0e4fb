package io.github.eventbuffer.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way to the events for which the endpoint refuses a batch without naming them, and to a part
 * of a batch that is not too large. It says which part of the batch is sent next, and what an
 * answer to that means. Belongs to the flusher.
 *
 * <p>It goes from the first event to the last:
 *
 * <pre>
 *  refused alone | known: one is refused in here | not known
 * </pre>
 *
 * <p>The first half of the known range is sent. When it is refused, it is the known range. When it
 * is taken, it is delivered, and the second half is the known range without being asked: so each
 * request halves it. Then the rest is sent in one request.
 *
 * <p>A refusal that comes once, or that depends on something else than the events, must not cost a
 * good one. So an event is bad when it was refused twice, and one of these times either alone, or
 * as the only one of its part that was not taken afterwards, where something at least as large as
 * that part was taken, too: then it was not the size.
 *
 * <p>An event that was refused alone is data, and becomes a dead letter, when another part of its
 * batch was taken or its batch is small. Else it is a suspect only: should {@code suspicious} of
 * them, or all that there are, be refused with one code, the configuration is at fault. Until
 * something was taken, the checkpoint names the whole batch, so a restart under a broken
 * configuration burns no event.
 */
final class Search {
  /** After so many suspects in a row, events are asked one by one. */
  private static final int SOME = 2;

  private static final Refusal TOO_LARGE =
      new Refusal("too_large", "the endpoint refuses this event alone as too large");

  private final QueuedBatch all;
  private final BodyLimit limit;
  private final int suspicious;
  private final Map<Long, Refusal> suspects = new HashMap<>();

  /** The first sequence that was not asked alone. */
  private long next;

  private @Nullable QueuedBatch known;
  private int refusals;

  /** The smallest part that was refused and holds the known range. */
  private Size refused = Size.UNKNOWN;

  /** The largest part that was taken since the search began. */
  private Size taken = Size.NONE;

  private boolean doubtful;
  private Refusal last = TOO_LARGE;
  private QueuedBatch part;

  private record Size(int events, long bytes) {
    static final Size NONE = new Size(0, 0);
    static final Size UNKNOWN = new Size(Integer.MAX_VALUE, Long.MAX_VALUE);

    static Size of(QueuedBatch part) {
      return new Size(part.count(), part.payloadBytes());
    }

    boolean holds(Size other) {
      return events >= other.events && bytes >= other.bytes;
    }
  }

  /** What follows from an answer. */
  enum Verdict {
    /** The next part is to be sent. */
    GO_ON,
    /** The suspects are guilty. */
    BURY,
    /** The configuration is at fault. */
    HOLD
  }

  /**
   * Of a batch that is to be sent, as a whole if it is not too large.
   *
   * @param suspicious from how many events on a batch that is refused as a whole speaks against the
   *     configuration
   */
  Search(QueuedBatch all, int suspicious, BodyLimit limit) throws IOException {
    this.all = all;
    this.suspicious = suspicious;
    this.limit = limit;
    next = all.bounds().firstSequence();
    part = limited(all);
  }

  /** What is to be sent next in the place of the batch. */
  QueuedBatch part() {
    return part;
  }

  /** The events that were refused alone, by sequence. */
  Map<Long, Refusal> suspects() {
    return suspects;
  }

  /** Whether the configuration was found at fault, and nothing was taken since. */
  boolean isDoubtful() {
    return doubtful;
  }

  /** Why the last part was refused. */
  Refusal last() {
    return last;
  }

  /** The endpoint refuses the part for its data. */
  Verdict refused(Refusal why) throws IOException {
    if (last.equals(TOO_LARGE)) {
      // What was too large says nothing of the data.
      refusals = 0;
    }
    last = why;
    known = part;
    refused = Size.of(part);
    refusals++;
    return doubtful ? doubt() : narrow(part);
  }

  /** The endpoint refuses the part for its size. */
  Verdict tooLarge() throws IOException {
    if (!last.equals(TOO_LARGE)) {
      refusals = 0;
    }
    last = TOO_LARGE;
    limit.refused(part.payloadBytes());
    if (doubtful) {
      return doubt();
    }
    if (part.count() == 1) {
      refusals++;
      return askAlone(part);
    }
    refusals = 1;
    return shorten();
  }

  /**
   * The connection breaks over the part, which has several events: it may be too large for
   * something on the way. That is a guess, so no event is the more suspect for it.
   */
  Verdict cutOff() throws IOException {
    limit.cutOff(part.payloadBytes());
    return doubtful ? doubt() : shorten();
  }

  private Verdict shorten() throws IOException {
    QueuedBatch less = limited(part);
    part = less.count() < part.count() ? less : part.head((part.count() + 1) / 2);
    return Verdict.GO_ON;
  }

  private Verdict narrow(QueuedBatch guilty) throws IOException {
    if (guilty.count() > 1) {
      // While nothing was taken, an event that is left over needs a request more than one that is
      // refused alone, so what is left over is not the smaller half then.
      int more = taken.equals(Size.NONE) ? 0 : 1;
      part = limited(guilty.head((guilty.count() + more) / 2));
      return Verdict.GO_ON;
    }
    return askAlone(guilty);
  }

  /** Asks for an event alone unless it is known by now that it is bad. */
  private Verdict askAlone(QueuedBatch event) throws IOException {
    boolean found = part == event ? refusals > 1 || !suspects.isEmpty() : taken.holds(refused);
    if (found) {
      return suspect(event);
    }
    part = event;
    return Verdict.GO_ON;
  }

  private Verdict suspect(QueuedBatch alone) throws IOException {
    alone.forEach(
        (sequence, at) -> {
          suspects.put(sequence, last);
          return false;
        });
    next = alone.bounds().lastSequence() + 1;
    if (all.isData(suspicious)) {
      return Verdict.BURY;
    }
    boolean allAsked = next > all.bounds().lastSequence();
    if (allAsked || suspects.size() >= suspicious) {
      return isOneCode() ? hold() : Verdict.BURY;
    }
    known = null;
    refusals = 0;
    QueuedBatch rest = rest();
    part = suspects.size() < SOME ? limited(rest) : rest.head(1);
    return Verdict.GO_ON;
  }

  private boolean isOneCode() {
    return suspects.values().stream().map(Refusal::code).distinct().count() == 1;
  }

  private Verdict hold() {
    doubtful = true;
    suspects.clear();
    part = all;
    return Verdict.HOLD;
  }

  /**
   * Once held, the whole batch is the probe; and when that is refused, one more event alone, each
   * time another: the configuration may have been put right, and the batch hold a bad event, too.
   */
  private Verdict doubt() throws IOException {
    if (part != all) {
      next = part.bounds().lastSequence() + 1;
      return hold();
    }
    if (next > all.bounds().lastSequence()) {
      next = all.bounds().firstSequence();
    }
    part = rest().head(1);
    return Verdict.GO_ON;
  }

  /** Goes on behind a part that was taken, in the batch of the rest. */
  Verdict goOn() throws IOException {
    QueuedBatch guilty = known;
    return guilty == null ? Verdict.GO_ON : narrow(guilty);
  }

  /**
   * The part as a batch of its own, between what lies before it and what lies behind: for the
   * batch's place.
   *
   * @param clean whether all of the part was taken; else the bad one that is known of may have been
   *     in it
   */
  List<QueuedBatch> pieces(boolean clean) throws IOException {
    List<QueuedBatch> pieces = new ArrayList<>();
    InFlight whole = all.bounds();
    InFlight taken = part.bounds();
    if (taken.firstSequence() > whole.firstSequence()) {
      pieces.add(provenSlice(whole.firstSequence(), taken.firstSequence() - 1));
    }
    pieces.add(part);
    if (taken.lastSequence() < whole.lastSequence()) {
      QueuedBatch right = provenSlice(taken.lastSequence() + 1, whole.lastSequence());
      right.search = clean ? behind(right, taken.lastSequence()) : null;
      pieces.add(right);
    }
    return pieces;
  }

  /** The search for what is known of the rest behind a part that was taken, or null. */
  private @Nullable Search behind(QueuedBatch right, long lastTaken) throws IOException {
    QueuedBatch guilty = known;
    if (doubtful || guilty == null || guilty.bounds().lastSequence() <= lastTaken) {
      return null;
    }
    QueuedBatch left = right.slice(lastTaken + 1, guilty.bounds().lastSequence());
    if (left.count() == 0) {
      return null;
    }
    Search search = new Search(right, suspicious, limit);
    search.known = left;
    search.refusals = 1;
    search.refused = refused;
    Size now = Size.of(part);
    search.taken = taken.holds(now) ? taken : now;
    search.last = last;
    return search;
  }

  /** The suspects as a batch of their own, and the rest: for the batch's place. */
  List<QueuedBatch> piecesWithoutSuspects() throws IOException {
    List<QueuedBatch> pieces = new ArrayList<>();
    InFlight whole = all.bounds();
    pieces.add(provenSlice(whole.firstSequence(), next - 1));
    if (next <= whole.lastSequence()) {
      QueuedBatch rest = rest();
      // Refused with more than one code: it is the data.
      rest.proven = all.proven || !all.isData(suspicious);
      pieces.add(rest);
    }
    return pieces;
  }

  private QueuedBatch provenSlice(long first, long last) throws IOException {
    QueuedBatch slice = all.slice(first, last);
    slice.proven = true;
    return slice;
  }

  private QueuedBatch rest() throws IOException {
    return all.slice(next, all.bounds().lastSequence());
  }

  private QueuedBatch limited(QueuedBatch range) throws IOException {
    return limit.isTooLarge(range.payloadBytes()) ? range.headOfBytes(limit.bytes()) : range;
  }
}
