package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories of one directory, judged by a model that shares nothing with the library: what
 * was accepted, what the transport stored, and which of its answers the buffer has taken note of.
 *
 * <p>The strictest part: in a history without damage and without a lost checkpoint, an event is
 * stored under a noted answer exactly as often as it was accepted. So it arrives, and it arrives
 * twice only where an answer got lost.
 */
class HistoryTest {
  private static final int HISTORIES = 120;
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path root;

  @Test
  void whatWasAcceptedArrivesWhateverHappens() throws Exception {
    judge(Kind.PLAIN, 1_000_000);
  }

  @Test
  void aLostCheckpointCostsDuplicatesAndNothingElse() throws Exception {
    judge(Kind.CHECKPOINT_LOST, 2_000_000);
  }

  @Test
  void aFlippedByteCostsAtMostOneEventAndNeverDeliversOtherBytes() throws Exception {
    judge(Kind.DAMAGED, 3_000_000);
  }

  private void judge(Kind kind, long firstSeed) throws Exception {
    for (long seed = firstSeed; seed < firstSeed + HISTORIES / Kind.values().length; seed++) {
      History history = new History(kind, seed, root.resolve("events-" + seed));
      try {
        history.play();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            kind + " history with seed " + seed + " failed: " + e + "\n" + history.log, e);
      }
    }
  }

  private enum Kind {
    PLAIN,
    CHECKPOINT_LOST,
    DAMAGED
  }

  /** An event: its text follows from these two and from nothing else. */
  private record Event(String type, String id) {
    /** Refused for good at every attempt. */
    boolean bad() {
      return Math.floorMod(id.hashCode(), 11) == 0;
    }

    String text() {
      Random own = new Random(31L * id.hashCode() + type.hashCode());
      String filler = "x".repeat(id.endsWith("f") ? 6_000 + own.nextInt(8_000) : own.nextInt(300));
      return "{\"event_id\":\""
          + id
          + "\", \"event_type\":\""
          + type
          + "\",\"event_time\":\"2026-04-26T14:30:00Z\",\"action_source\":\"app\","
          + "\"user_match\":{\"click_id\":\"c"
          + own.nextInt()
          + "\",\"click_id_type\":\"gclid\"},\"x\":\""
          + filler
          + "\"}";
    }

    byte[] bytes() {
      return text().getBytes(StandardCharsets.UTF_8);
    }
  }

  /** What one attempt stored. */
  private record Stored(String tag, List<Event> events) {}

  private static final class History implements EventBufferListener {
    private static final ObjectMapper JSON = new ObjectMapper();

    final StringBuilder log = new StringBuilder();
    private final Kind kind;
    private final Random random;
    private final Random faults;
    private final Path directory;
    private final int window;
    private final boolean fat;
    private final ScriptedTransport transport = new ScriptedTransport();
    private EventBuffer buffer;

    // The model. What the flusher writes is guarded by this.
    private final List<Event> accepted = new ArrayList<>();
    private final Set<Event> everAccepted = new HashSet<>();
    private final List<Stored> stored = new ArrayList<>();
    private final Set<String> noted = new HashSet<>();
    private final Map<String, String> bodies = new HashMap<>();
    private final Map<Event, String> keys = new HashMap<>();
    private final Set<String> tooLarge = new HashSet<>();
    private volatile String wrong = "";
    private volatile int faultPercent;
    private int flips;

    History(Kind kind, long seed, Path directory) {
      this.kind = kind;
      this.directory = directory;
      random = new Random(seed);
      faults = new Random(~seed);
      // Small: what falls out of it is accepted again, and segments are removed.
      window = random.nextBoolean() ? 15 : 100_000;
      // Large events: segments are rolled.
      fat = random.nextInt(4) == 0;
      transport.later(this::answer);
    }

    void play() throws Exception {
      int runs = 1 + random.nextInt(4);
      for (int run = 0; run < runs; run++) {
        faultPercent = random.nextInt(4) * 25;
        open();
        int steps = random.nextInt(10);
        for (int step = 0; step < steps; step++) {
          step();
        }
        Duration timeout = random.nextInt(3) == 0 ? Duration.ofMillis(50) : Duration.ZERO;
        log.append("close ").append(timeout).append('\n');
        buffer.close(timeout);
        if (kind == Kind.CHECKPOINT_LOST && random.nextInt(3) == 0) {
          log.append("delete checkpoint\n");
          Files.delete(directory.resolve("checkpoint"));
        }
        if (kind == Kind.DAMAGED && random.nextInt(2) == 0) {
          flip();
        }
      }
      faultPercent = 0;
      open();
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health() + " " + buffer.stats());
      judge(buffer.stats(), buffer.deadLetters().list(100_000));
      buffer.close();
      int attempts = transport.attempts().size();
      open();
      assertEquals(0, buffer.stats().pending());
      buffer.close();
      assertEquals(attempts, transport.attempts().size(), "sent though nothing was pending");
      assertEquals("", wrong);
    }

    private void open() {
      int most = new int[] {1, 3, 10, 40}[random.nextInt(4)];
      int inFlight = 1 + random.nextInt(4);
      log.append("open ").append(most).append(" x ").append(inFlight).append('\n');
      EventBuffer.Builder builder =
          EventBuffer.builder(directory)
              .destination(Destination.of("12345", "website_pixel"))
              .transport(transport)
              .listener(this)
              .clock(new FastClock())
              .segmentBytes(1 << 20)
              .maxEventBytes(16 << 10)
              .maxBatchEvents(most)
              .maxBatchBytes(random.nextInt(4) == 0 ? 4 << 10 : 1 << 20)
              .maxInFlightBatches(inFlight)
              .flushInterval(Duration.ofSeconds(1 + random.nextInt(10)))
              .attemptTimeout(Duration.ofSeconds(5))
              .duplicateWindow(window, Duration.ofDays(365))
              .retryPolicy(
                  new RetryPolicy(
                      Duration.ofMillis(100),
                      Duration.ofSeconds(1),
                      Duration.ofMillis(100),
                      Duration.ofSeconds(1)));
      for (long end = System.nanoTime() + LONG.toNanos(); ; ) {
        try {
          buffer = builder.open();
          return;
        } catch (EventBufferException e) {
          // A slow machine: the last close could not wait for the flusher's end.
          if (e.reason() != EventBufferException.Reason.LOCKED || System.nanoTime() > end) {
            throw e;
          }
          Thread.onSpinWait();
        }
      }
    }

    private void step() {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          int many = 1 + random.nextInt(40);
          log.append("append ").append(many).append('\n');
          for (int i = 0; i < many; i++) {
            append(random.nextInt(4) == 0 ? known() : fresh());
          }
        }
        case 3 -> {
          log.append("flush\n");
          buffer.flush(Duration.ofMillis(random.nextInt(10)));
        }
        case 4 -> {
          log.append("pause\n");
          buffer.pause();
        }
        case 5, 6 -> {
          log.append("resume\n");
          buffer.resume();
        }
        default -> conserved(buffer.stats());
      }
    }

    private Event fresh() {
      return new Event("lead", "e" + random.nextInt(1 << 30) + (fat ? "f" : ""));
    }

    /** One that was accepted before, or its namesake of another type. */
    private Event known() {
      if (accepted.isEmpty()) {
        return fresh();
      }
      Event one =
          accepted.get(
              random.nextBoolean()
                  ? random.nextInt(accepted.size())
                  : Math.max(0, accepted.size() - 1 - random.nextInt(2 * 15)));
      return random.nextInt(4) == 0 ? new Event("purchase", one.id) : one;
    }

    private void append(Event event) {
      AppendResult.Status status = buffer.appendJson(event.bytes()).status();
      boolean inWindow =
          accepted.subList(Math.max(0, accepted.size() - window), accepted.size()).contains(event);
      if (flips == 0) {
        assertEquals(
            inWindow ? AppendResult.Status.DUPLICATE : AppendResult.Status.ACCEPTED,
            status,
            event.id);
      }
      if (status == AppendResult.Status.ACCEPTED) {
        accepted.add(event);
        everAccepted.add(event);
      } else {
        assertEquals(AppendResult.Status.DUPLICATE, status);
        assertTrue(everAccepted.contains(event), "never accepted, yet a duplicate: " + event.id);
      }
    }

    private synchronized CompletionStage<DeliveryResult> answer(ScriptedTransport.Attempt attempt) {
      List<Event> events = events(attempt);
      DeliveryResult.Delivered delivered = delivered(events);
      if (faults.nextInt(100) >= faultPercent) {
        stored.add(new Stored(delivered.warnings().get(0), events));
        return CompletableFuture.completedFuture(delivered);
      }
      if (faults.nextBoolean()) {
        // Stored, and the answer is lost.
        stored.add(new Stored("lost", events));
      } else if (faults.nextInt(4) == 0 && events.size() > 1) {
        tooLarge.add(attempt.key());
        return CompletableFuture.completedFuture(new DeliveryResult.TooLarge());
      }
      return switch (faults.nextInt(8)) {
        case 0 -> new CompletableFuture<>();
        case 1 -> throw new IllegalStateException("thrown by the transport");
        case 2 -> CompletableFuture.completedFuture(null);
        case 3 -> CompletableFuture.failedFuture(new OutOfMemoryError("pretended"));
        case 4 -> CompletableFuture.completedFuture(new DeliveryResult.Held("held"));
        case 5 ->
            CompletableFuture.completedFuture(
                new DeliveryResult.InvalidBatch("CODE", "message", List.of()));
        case 6 ->
            CompletableFuture.completedFuture(
                new DeliveryResult.Throttled(faults.nextBoolean() ? null : Duration.ofSeconds(1)));
        default -> CompletableFuture.completedFuture(new DeliveryResult.Unavailable("down"));
      };
    }

    /** The answer that takes the good events; the tag comes back through the listener. */
    private DeliveryResult.Delivered delivered(List<Event> events) {
      List<RejectedEvent> rejected =
          events.stream()
              .filter(Event::bad)
              .map(event -> new RejectedEvent(event.id, "BAD", "refused"))
              .toList();
      String tag = "answer " + stored.size();
      return new DeliveryResult.Delivered(
          rejected, List.of(tag), null, events.size() - rejected.size());
    }

    /** The events of an attempt; checks their bytes, and that a resend is one. */
    private List<Event> events(ScriptedTransport.Attempt attempt) {
      List<Event> events = new ArrayList<>();
      try {
        for (JsonNode event : JSON.readTree(attempt.body())) {
          events.add(new Event(event.path("event_type").asText(), event.path("event_id").asText()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      String expected = "[" + String.join(",", events.stream().map(Event::text).toList()) + "]";
      check(attempt.body().equals(expected), "wrong bytes");
      check(Set.copyOf(attempt.ids()).size() == attempt.ids().size(), "one id twice in a batch");
      if (kind == Kind.PLAIN) {
        String before = bodies.putIfAbsent(attempt.key(), attempt.body());
        check(before == null || before.equals(attempt.body()), "other bytes under one key");
        for (Event event : events) {
          String key = keys.put(event, attempt.key());
          check(
              window == 15 || key == null || key.equals(attempt.key()) || tooLarge.contains(key),
              event.id + " under another key");
        }
      }
      return events;
    }

    private void check(boolean right, String what) {
      if (!right && wrong.isEmpty()) {
        wrong = what;
      }
    }

    @Override
    public synchronized void onDelivered(int delivered, int attempt, List<String> warnings) {
      noted.addAll(warnings);
    }

    private static void conserved(BufferStats stats) {
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

    private synchronized void judge(BufferStats stats, List<DeadLetter> letters) {
      conserved(stats);
      assertEquals(0, stats.pending());
      Map<Event, Integer> times = new HashMap<>();
      accepted.forEach(event -> times.merge(event, 1, Integer::sum));
      Map<Event, Integer> arrived = new HashMap<>();
      Map<Event, Integer> underNoted = new HashMap<>();
      for (Stored one : stored) {
        for (Event event : one.events) {
          arrived.merge(event, 1, Integer::sum);
          if (noted.contains(one.tag)) {
            underNoted.merge(event, 1, Integer::sum);
          }
        }
      }
      Map<Event, Integer> dead = new HashMap<>();
      for (DeadLetter letter : letters) {
        Event event = new Event(letter.eventType(), letter.eventId());
        assertEquals(event.text(), letter.event());
        dead.merge(event, 1, Integer::sum);
      }
      assertTrue(times.keySet().containsAll(arrived.keySet()), "events from nowhere");
      int missing = 0;
      for (Map.Entry<Event, Integer> one : times.entrySet()) {
        Event event = one.getKey();
        int wanted = one.getValue();
        if (kind == Kind.PLAIN) {
          assertEquals(wanted, underNoted.getOrDefault(event, 0), "arrivals of " + event);
        }
        missing += Math.max(0, wanted - arrived.getOrDefault(event, 0));
        if (kind != Kind.DAMAGED) {
          assertEquals(event.bad() ? wanted : 0, dead.getOrDefault(event, 0), "letters: " + event);
        }
      }
      assertTrue(missing <= flips, missing + " missing, " + flips + " bytes flipped");
      if (kind != Kind.DAMAGED) {
        assertEquals(accepted.size(), stats.accepted());
        assertEquals(0, stats.damaged());
      }
      if (kind == Kind.PLAIN) {
        assertEquals(accepted.stream().filter(Event::bad).count(), stats.deadLettered());
      }
      assertEquals("", wrong);
    }

    private void flip() throws IOException {
      try (Stream<Path> all = Files.walk(directory.resolve("queue"))) {
        List<Path> files =
            all.filter(file -> file.toString().endsWith(".cq4") && file.toFile().length() > 0)
                .sorted()
                .toList();
        if (files.isEmpty()) {
          return;
        }
        Path file = files.get(random.nextInt(files.size()));
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
          long at = random.nextLong(open.length());
          open.seek(at);
          int old = open.read();
          open.seek(at);
          open.write(old ^ 1 << random.nextInt(8));
          log.append("flip ").append(file.getFileName()).append(' ').append(at).append('\n');
          flips++;
        }
      }
    }
  }
}
