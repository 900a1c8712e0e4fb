package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a buffer must have done, known from the outside alone: what was accepted, what the endpoint
 * stored, and which of its answers the buffer has taken note of. Shares nothing with the library.
 *
 * <p>The strictest part: in a history without damage, an event is stored under a noted answer
 * exactly as often as it was accepted. So it arrives, and twice only where an answer got lost. For
 * an event that the endpoint named, its dead letter may stand for the note.
 */
final class HistoryModel {
  static final Duration WINDOW_AGE = Duration.ofDays(365);

  /** A history is over sooner, on its own fast clock. */
  private static final Duration DOUBT = Duration.ofDays(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Accepted(HistoryEvent event, Instant at) {}

  private record Run(Instant opened, Duration maxEventAge) {
    boolean mayExpire(Instant accepted) {
      return !maxEventAge.isZero()
          && Duration.between(accepted, opened).compareTo(maxEventAge.minus(DOUBT)) > 0;
    }

    boolean mustExpire(Instant accepted) {
      return !maxEventAge.isZero()
          && Duration.between(accepted, opened).compareTo(maxEventAge.plus(DOUBT)) > 0;
    }
  }

  private record Stored(String tag, List<HistoryEvent> events) {}

  private final int window;
  private final List<Accepted> accepted = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private final Map<HistoryEvent, Integer> offered = new HashMap<>();
  private final Map<HistoryEvent, Instant> newestOffer = new HashMap<>();
  private final List<Stored> stored = new ArrayList<>();
  private final Set<String> noted = new HashSet<>();
  private final Set<String> doubtful = new HashSet<>();
  private static final String REFUSED = "REFUSED";

  private final Map<String, String> bodies = new HashMap<>();
  private final Map<HistoryEvent, String> keys = new HashMap<>();

  /**
   * Whether a batch was refused: its parts have keys of their own, and after a kill other bounds.
   */
  private boolean parted;

  private Instant earliest = Instant.MAX;
  private Instant latest = Instant.MIN;
  private int attempts;
  private String wrong = "";
  private @Nullable RecoveryReport report;
  private boolean harmed;
  private boolean checkpointDeleted;
  private boolean metadataDeleted;
  private boolean checkpointLost;
  private boolean damaged;
  private int mayMiss;

  HistoryModel(int window) {
    this.window = window;
  }

  /** A run begins, by this wall clock. */
  synchronized void opening(Instant now, Duration maxEventAge) {
    runs.add(new Run(now, maxEventAge));
    earliest = now.isBefore(earliest) ? now : earliest;
    latest = now.isAfter(latest) ? now : latest;
  }

  /** What the open says that it found. */
  synchronized void recovered(RecoveryReport found) {
    assertNull(report, "reported twice");
    report = found;
  }

  /** The open has returned. */
  synchronized void opened() {
    boolean empty = report == null || report.isEmpty();
    assertTrue(harmed || empty, "damage that nobody did: " + report);
    if (!damaged) {
      // A directory in which no entry can be read is like a new one.
      assertTrue(!checkpointDeleted || !empty && report.checkpointDamaged(), "" + report);
      assertTrue(!metadataDeleted || !empty && report.metadataRebuilt(), "" + report);
    }
    report = null;
    checkpointDeleted = false;
    metadataDeleted = false;
  }

  /** Damage to a file, of so many entries at most. */
  synchronized void damaged(HistoryStep.Damage damage, int events) {
    boolean deleted = damage.harm() == HistoryStep.Harm.DELETED;
    harmed = true;
    switch (damage.target()) {
      case CHECKPOINT -> {
        checkpointLost = true;
        checkpointDeleted |= deleted;
      }
      case METADATA -> metadataDeleted |= deleted;
      default -> {
        damaged = true;
        mayMiss += events;
      }
    }
  }

  synchronized int accepted() {
    return accepted.size();
  }

  synchronized HistoryEvent accepted(int ago) {
    return accepted.get(accepted.size() - 1 - ago).event;
  }

  /** About to be appended: from now on the endpoint may see it. */
  synchronized void offering(HistoryEvent event, Instant now) {
    offered.merge(event, 1, Integer::sum);
    newestOffer.merge(event, now, (one, other) -> one.isAfter(other) ? one : other);
  }

  /** What append said. */
  synchronized void answered(HistoryEvent event, AppendResult.Status status, Instant now) {
    if (!damaged) {
      judge(event, status, now);
    }
    if (status == AppendResult.Status.ACCEPTED) {
      accepted.add(new Accepted(event, now));
    } else {
      assertEquals(AppendResult.Status.DUPLICATE, status, event.id());
      assertTrue(
          accepted.stream().anyMatch(one -> one.event.equals(event)),
          "a duplicate, though never accepted: " + event.id());
      offered.merge(event, -1, Integer::sum);
    }
  }

  private void judge(HistoryEvent event, AppendResult.Status status, Instant now) {
    Accepted before = null;
    for (Accepted one : accepted.subList(Math.max(0, accepted.size() - window), accepted.size())) {
      before = one.event.equals(event) ? one : before;
    }
    if (before == null || Duration.between(before.at, now).compareTo(WINDOW_AGE.plus(DOUBT)) > 0) {
      assertEquals(AppendResult.Status.ACCEPTED, status, event.id() + ", not in the window");
    } else if (Duration.between(earliest, latest).compareTo(WINDOW_AGE.minus(DOUBT)) < 0) {
      assertEquals(AppendResult.Status.DUPLICATE, status, event.id() + ", in the window");
    }
    // Else a step of the clock may have put it out of the window for a while.
  }

  /** The endpoint stores an attempt's events; the tag comes back when its answer is noted. */
  synchronized DeliveryResult.Delivered store(ScriptedTransport.Attempt attempt) {
    List<HistoryEvent> events = events(attempt);
    String tag = "answer " + stored.size();
    stored.add(new Stored(tag, events));
    List<RejectedEvent> rejected =
        events.stream()
            .filter(HistoryEvent::bad)
            .map(event -> new RejectedEvent(event.id(), "BAD", "refused"))
            .toList();
    return new DeliveryResult.Delivered(
        rejected, List.of(tag), null, events.size() - rejected.size());
  }

  /** An attempt came in. Its bytes are checked, and that a resend is one. */
  synchronized void attempted(
      ScriptedTransport.Attempt attempt, Instant opened, Duration maxEventAge) {
    attempts++;
    List<HistoryEvent> events = events(attempt);
    String expected =
        "[" + String.join(",", events.stream().map(HistoryEvent::text).toList()) + "]";
    check(attempt.body().equals(expected), "other bytes than were appended");
    check(Set.copyOf(attempt.ids()).size() == attempt.ids().size(), "one id twice in a batch");
    check(offered.keySet().containsAll(events), "events from nowhere");
    Run now = new Run(opened, maxEventAge);
    for (HistoryEvent event : events) {
      // One that the endpoint named before is sent again with its batch, as it was.
      check(event.bad() || !now.mustExpire(newestOffer.get(event)), event + " sent too late");
    }
    if (checkpointLost || damaged) {
      return;
    }
    String before = bodies.putIfAbsent(attempt.key(), attempt.body());
    check(before == null || before.equals(attempt.body()), "other bytes under one key");
    for (HistoryEvent event : events) {
      String key = keys.put(event, attempt.key());
      check(
          key == null
              || key.equals(attempt.key())
              || parted
              || runs.stream().anyMatch(run -> !run.maxEventAge.isZero())
              || offered.getOrDefault(event, 0) > 1,
          event.id() + " under another key");
    }
  }

  private static List<HistoryEvent> events(ScriptedTransport.Attempt attempt) {
    List<HistoryEvent> events = new ArrayList<>();
    try {
      for (JsonNode event : JSON.readTree(attempt.body())) {
        events.add(
            HistoryEvent.of(event.path("event_type").asText(), event.path("event_id").asText()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return events;
  }

  /** The endpoint refuses all of an attempt for its bad events, and names them now and then. */
  synchronized DeliveryResult refuse(ScriptedTransport.Attempt attempt) {
    List<DeliveryResult.InvalidEvent> bad = new ArrayList<>();
    for (HistoryEvent event : events(attempt)) {
      if (event.bad()) {
        bad.add(
            new DeliveryResult.InvalidEvent(
                attempt.ids().indexOf(event.id()), REFUSED, "refused with its batch"));
      }
    }
    if (bad.isEmpty()) {
      return new DeliveryResult.Unavailable("nothing to refuse");
    }
    parted = true;
    return new DeliveryResult.InvalidBatch(REFUSED, "message", attempts % 2 == 0 ? List.of() : bad);
  }

  /** The endpoint finds all of an attempt too large, unless it is one event. */
  synchronized DeliveryResult tooLarge(ScriptedTransport.Attempt attempt) {
    if (attempt.ids().size() < 2) {
      return new DeliveryResult.Unavailable("not too large");
    }
    parted = true;
    return new DeliveryResult.TooLarge();
  }

  /** The buffer has taken note of the answers with these tags. */
  synchronized void noted(List<String> tags) {
    noted.addAll(tags);
  }

  /** A kill: whether the buffer took note of the last answers is not known. */
  synchronized void killed(boolean told) {
    if (told) {
      stored.forEach(one -> doubtful.add(one.tag));
    }
  }

  synchronized int attempts() {
    return attempts;
  }

  private void check(boolean right, String what) {
    if (!right && wrong.isEmpty()) {
      wrong = what;
    }
  }

  static void conserved(BufferStats stats) {
    assertEquals(
        stats.accepted(),
        stats.delivered()
            + stats.deadLettered()
            + stats.expired()
            + stats.dropped()
            + stats.damaged()
            + stats.pending(),
        stats.toString());
    assertTrue(stats.pending() >= 0, stats.toString());
  }

  /** The verdict, when all is delivered. */
  synchronized void judge(BufferStats stats, List<DeadLetter> letters) {
    conserved(stats);
    assertEquals(0, stats.pending());
    assertEquals("", wrong);
    Map<HistoryEvent, Integer> dead = new HashMap<>();
    Map<HistoryEvent, Integer> expired = new HashMap<>();
    Map<HistoryEvent, Integer> refused = new HashMap<>();
    for (DeadLetter letter : letters) {
      HistoryEvent event = HistoryEvent.of(letter.eventType(), letter.eventId());
      assertEquals(event.text(), letter.event());
      if (letter.code().equals("expired")) {
        assertTrue(mayHaveExpired(event), "expired too early: " + event);
        expired.merge(event, 1, Integer::sum);
      } else {
        assertTrue(event.bad(), "a letter of a good event");
        if (letter.code().equals(REFUSED)) {
          refused.merge(event, 1, Integer::sum);
        }
      }
      dead.merge(event, 1, Integer::sum);
    }
    Map<HistoryEvent, Integer> times = new HashMap<>();
    accepted.forEach(one -> times.merge(one.event, 1, Integer::sum));
    int missing = 0;
    for (Map.Entry<HistoryEvent, Integer> one : times.entrySet()) {
      HistoryEvent event = one.getKey();
      int wanted = one.getValue();
      int tooOld = expired.getOrDefault(event, 0);
      int buried = tooOld + refused.getOrDefault(event, 0);
      missing += Math.max(0, wanted - arrived(event, Set.of(), true) - buried);
      if (!damaged) {
        assertEquals(
            event.bad() ? wanted : tooOld, dead.getOrDefault(event, 0), "letters: " + event);
        assertTrue(tooOld <= wanted, event + " expired " + tooOld + " times");
      }
      if (!damaged && !checkpointLost) {
        int surely = arrived(event, noted, false);
        // A letter is a note of its answer, too, where a kill kept the batch from being settled.
        int named = dead.getOrDefault(event, 0) - buried;
        int perhaps =
            Math.max(
                surely + arrived(event, doubtful, false),
                Math.min(named, arrived(event, Set.of(), true)));
        assertTrue(
            surely + buried <= wanted && wanted <= perhaps + buried,
            event
                + (" accepted " + wanted + " times, arrived " + surely + " to " + perhaps)
                + (", expired or refused " + buried));
      }
    }
    assertTrue(missing <= mayMiss, missing + " missing, " + mayMiss + " damaged at most");
    if (!damaged) {
      assertEquals(accepted.size(), stats.accepted());
      assertEquals(0, stats.damaged());
    }
    if (!damaged && !checkpointLost) {
      int tooOld = expired.values().stream().mapToInt(n -> n).sum();
      assertEquals(tooOld, stats.expired());
      assertEquals(letters.size() - tooOld, stats.deadLettered());
    }
    if (!checkpointLost) {
      // A sequence is used up, too, whose entry can no longer be read.
      int apart = (int) Math.abs(accepted.size() - stats.accepted());
      assertTrue(apart <= mayMiss, apart + " acceptances apart, " + mayMiss + " damaged at most");
      assertTrue(stats.damaged() <= mayMiss, stats.damaged() + " counted, not " + mayMiss);
    }
  }

  private boolean mayHaveExpired(HistoryEvent event) {
    return accepted.stream()
        .filter(one -> one.event.equals(event))
        .anyMatch(one -> runs.stream().anyMatch(run -> run.mayExpire(one.at)));
  }

  private int arrived(HistoryEvent event, Set<String> under, boolean any) {
    int times = 0;
    for (Stored one : stored) {
      if (any || under.contains(one.tag)) {
        times += one.events.contains(event) ? 1 : 0;
      }
    }
    return times;
  }
}
