package io.github.eventbuffer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A batch that the endpoint refuses as a whole, for the data of some of its events. */
class BadDataTest extends BufferTestCase {
  private static final int LARGE = 10_000;

  private final Set<String> bad = new HashSet<>();
  private final AtomicBoolean everything = new AtomicBoolean();

  /** Refuses a request with a bad event in it, without naming it. */
  private DeliveryResult strict(ScriptedTransport.Attempt attempt) {
    return everything.get() || attempt.ids().stream().anyMatch(bad::contains)
        ? new InvalidBatch("VALIDATION_ERROR", "something is wrong", List.of())
        : Delivered.all(attempt.ids().size());
  }

  /** The same, naming at most so many. */
  private DeliveryResult naming(ScriptedTransport.Attempt attempt, int most) {
    List<InvalidEvent> named = new ArrayList<>();
    for (int i = 0; i < attempt.ids().size() && named.size() < most; i++) {
      if (everything.get() || bad.contains(attempt.ids().get(i))) {
        named.add(new InvalidEvent(i, "BAD_TYPE", "no such type"));
      }
    }
    return named.isEmpty()
        ? Delivered.all(attempt.ids().size())
        : new InvalidBatch("VALIDATION_ERROR", "something is wrong", named);
  }

  private EventBuffer filled(int events) {
    return filled(builder(), events);
  }

  private static EventBuffer filled(EventBuffer.Builder builder, int events) {
    EventBuffer buffer = builder.open();
    buffer.pause();
    append(buffer, 0, events);
    return buffer;
  }

  private static void deliver(EventBuffer buffer) {
    buffer.resume();
    assertTrue(buffer.flush(LONG).complete(), buffer.health().toString());
    assertConserved(buffer.stats());
  }

  private void assertOnlyTheBadAreDead(EventBuffer buffer, int events) throws Exception {
    assertEquals(
        new TreeSet<>(bad),
        buffer.deadLetters().list(LARGE).stream()
            .map(DeadLetter::eventId)
            .collect(Collectors.toCollection(TreeSet::new)));
    assertEquals(bad.size(), buffer.stats().deadLettered());
    assertEquals(events - bad.size(), transport.arrivals().size());
    assertTrue(transport.arrivals().values().stream().allMatch(times -> times == 1));
    assertEquals(events - bad.size(), buffer.stats().delivered());
  }

  @Test
  void namedEventsBecomeDeadLettersAndTheRestIsSentAtOnce() throws Exception {
    bad.addAll(Set.of("event-0", "event-7", "event-99"));
    transport.answer(attempt -> naming(attempt, LARGE));
    try (EventBuffer buffer = filled(100)) {
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 100);
      assertEquals(2, transport.attempts().size());
      DeadLetter letter = buffer.deadLetters().list(1).get(0);
      assertEquals("BAD_TYPE", letter.code());
      assertEquals("no such type", letter.message());
    }
  }

  /** The refused request; halving; the rest. */
  private static int mostRequests(int events, int bad) {
    int halvings = 32 - Integer.numberOfLeadingZeros(events - 1);
    return 1 + bad * (halvings + 1);
  }

  @Test
  void oneUnnamedBadEventOfTenThousandIsFoundWhereverItIs() throws Exception {
    long[] requests = {0};
    long[] arrived = {0};
    String[] name = {""};
    EventTransport searching =
        new EventTransport() {
          @Override
          public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
            requests[0]++;
            boolean refused;
            try (InputStream events = batch.openEvents()) {
              refused = new String(events.readAllBytes(), UTF_8).contains(name[0]);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            arrived[0] += refused ? 0 : batch.count();
            return CompletableFuture.completedFuture(
                refused
                    ? new InvalidBatch("VALIDATION_ERROR", "", List.of())
                    : Delivered.all(batch.count()));
          }

          @Override
          public void close() {}
        };
    List<Integer> positions = new ArrayList<>(List.of(0, 2, 5_000, LARGE - 2, LARGE - 1));
    for (int part = LARGE / 2; part > 1; part /= 2) {
      // The last of a part that is refused before anything is taken: it has to be asked alone.
      positions.add(part - 1);
    }
    for (int i = positions.size(); i < 50; i++) {
      positions.add((int) (i * 7_919L * 104_729 % LARGE));
    }
    try (EventBuffer buffer =
        builder()
            .transport(searching)
            .duplicateWindow(1, Duration.ofHours(1))
            .flushInterval(LONG)
            .open()) {
      for (int round = 0; round < positions.size(); round++) {
        int first = round * LARGE;
        name[0] = "\"event-" + (first + positions.get(round)) + '"';
        long before = requests[0];
        append(buffer, first, first + LARGE);
        assertTrue(buffer.flush(LONG).complete(), buffer.health().toString());
        long made = requests[0] - before;
        System.out.println("MADE " + made + " at " + positions.get(round));
        assertTrue(made <= mostRequests(LARGE, 1), made + " at " + positions.get(round));
        assertEquals(round + 1, buffer.stats().deadLettered());
        assertEquals((LARGE - 1L) * (round + 1), buffer.stats().delivered());
      }
      assertConserved(buffer.stats());
      assertEquals((LARGE - 1L) * positions.size(), arrived[0]);
    }
  }

  @Test
  void severalUnnamedBadEventsAreFound() throws Exception {
    for (int i : new int[] {0, 1, 2, 500, 501, 777, 998, 999}) {
      bad.add("event-" + i);
    }
    transport.answer(this::strict);
    try (EventBuffer buffer = filled(1_000)) {
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 1_000);
      int requests = transport.attempts().size();
      assertTrue(requests <= mostRequests(1_000, bad.size()), requests + " requests");
    }
  }

  @Test
  void aSmallBatchOfBadEventsOnlyIsData() throws Exception {
    IntStream.range(0, 20).forEach(i -> bad.add("event-" + i));
    transport.answer(this::strict);
    try (EventBuffer buffer = filled(20)) {
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 20);
    }
  }

  /** A limit of the endpoint's own, of events or of bytes, that it answers as it does bad data. */
  @Test
  void aLimitThatIsAnsweredAsBadDataCostsNoEvent() throws Exception {
    for (int limit : new int[] {10, 99, 125, 250, 333, 500, 999}) {
      for (boolean bytes : new boolean[] {false, true}) {
        ToLongFunction<ScriptedTransport.Attempt> size =
            attempt -> bytes ? attempt.body().length() : attempt.ids().size();
        long most = bytes ? limit * 300L : limit;
        transport.answer(
            attempt ->
                size.applyAsLong(attempt) > most
                    ? new InvalidBatch("HTTP_400", "", List.of())
                    : Delivered.all(attempt.ids().size()));
        String name = limit + (bytes ? "-bytes" : "-events");
        try (EventBuffer buffer =
            filled(
                EventBuffer.builder(directory.resolve(name))
                    .destination(DESTINATION)
                    .transport(transport),
                1_000)) {
          deliver(buffer);
          assertEquals(0, buffer.stats().deadLettered(), name);
        }
      }
    }
  }

  /** Whatever made it: it does not come again. */
  @Test
  void aRefusalThatComesOnceCostsNoEvent() throws Exception {
    for (int events : new int[] {1, 2, 3, 60}) {
      for (int refused = 0; refused < 4; refused++) {
        int which = refused;
        int[] requests = {0};
        transport.answer(
            attempt ->
                requests[0]++ == which
                    ? new InvalidBatch("HTTP_400", "", List.of())
                    : Delivered.all(attempt.ids().size()));
        String name = "events-" + events + "-" + which;
        try (EventBuffer buffer =
            filled(
                EventBuffer.builder(directory.resolve(name))
                    .destination(DESTINATION)
                    .transport(transport),
                events)) {
          deliver(buffer);
          assertEquals(0, buffer.stats().deadLettered(), name);
          assertEquals(events, buffer.stats().delivered(), name);
        }
      }
    }
  }

  @Test
  void aLargeBatchThatIsRefusedThroughoutIsHeldAndNothingIsBurnt() throws Exception {
    everything.set(true);
    transport.answer(this::strict);
    try (EventBuffer buffer = filled(1_000)) {
      buffer.resume();
      awaitHeld(buffer);
      assertNotNull(buffer.health().reason());
      assertTrue(buffer.health().reason().contains("VALIDATION_ERROR"), buffer.health().reason());
      assertEquals(0, buffer.deadLetters().count());
      int requests = transport.attempts().size();
      assertTrue(requests <= 120, requests + " requests");
      // Probes are few, and burn nothing either.
      for (int probe = 0; probe < 5; probe++) {
        int before = transport.attempts().size();
        buffer.resume();
        awaitAttempts(before + 2);
        awaitHeld(buffer);
        assertTrue(transport.attempts().size() - before <= 2, "a probe of many requests");
      }
      assertEquals(0, buffer.deadLetters().count());
      assertEquals(1_000, buffer.stats().pending());
      // The configuration is put right; one event is bad all the same.
      bad.add("event-3");
      everything.set(false);
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 1_000);
    }
  }

  @Test
  void aRestartWhileEverythingIsRefusedBurnsNothing() throws Exception {
    everything.set(true);
    for (int restart = 0; restart < 5; restart++) {
      int limit = 3 + 7 * restart;
      transport.answer(this::strict);
      EventBuffer buffer = restart == 0 ? filled(1_000) : builder().open();
      int before = transport.attempts().size();
      buffer.resume();
      awaitAttempts(before + limit);
      buffer.close(Duration.ZERO);
    }
    everything.set(false);
    try (EventBuffer buffer = builder().open()) {
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 1_000);
    }
  }

  /** A list of what is wrong that ends after twenty, though all of it is. */
  @Test
  void aListThatEndsBurnsFewUnderABrokenConfiguration() throws Exception {
    everything.set(true);
    transport.answer(attempt -> naming(attempt, 20));
    try (EventBuffer buffer = filled(1_000)) {
      buffer.resume();
      awaitHeld(buffer);
      assertTrue(buffer.deadLetters().count() < 50, buffer.deadLetters().count() + " burnt");
      everything.set(false);
      deliver(buffer);
      assertEquals(1_000 - buffer.deadLetters().count(), transport.arrivals().size());
    }
  }

  @Test
  void aWholeLargeBatchThatIsNamedWithOneCodeIsHeld() throws Exception {
    everything.set(true);
    transport.answer(attempt -> naming(attempt, LARGE));
    try (EventBuffer buffer = filled(1_000)) {
      buffer.resume();
      awaitHeld(buffer);
      assertEquals(0, buffer.deadLetters().count());
      everything.set(false);
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 1_000);
    }
  }

  @Test
  void positionsOutsideOfTheBatchAreNone() throws Exception {
    bad.add("event-2");
    transport.answer(
        attempt ->
            strict(attempt) instanceof InvalidBatch
                ? new InvalidBatch("CODE", "", List.of(new InvalidEvent(1_000_000, "CODE", "")))
                : Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = filled(10)) {
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 10);
    }
  }

  @Test
  void anEventThatIsTooLargeAloneBecomesADeadLetter() throws Exception {
    bad.add("event-5");
    transport.answer(
        attempt ->
            attempt.ids().contains("event-5")
                ? new DeliveryResult.TooLarge()
                : Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = filled(100)) {
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 100);
      assertEquals("too_large", buffer.deadLetters().list(1).get(0).code());
    }
  }

  @Test
  void aPartThatIsSentForTheFirstTimeIsNoRetry() throws Exception {
    transport.answer(
        attempt ->
            switch (transport.attempts().size()) {
              case 1 -> new DeliveryResult.TooLarge();
              case 2 -> new DeliveryResult.Unavailable("down");
              default -> Delivered.all(attempt.ids().size());
            });
    try (EventBuffer buffer = filled(100)) {
      deliver(buffer);
      assertTrue(buffer.stats().attempts() > 3, () -> buffer.stats().toString());
      assertEquals(transport.attempts().size(), buffer.stats().attempts());
      assertEquals(1, buffer.stats().retries());
    }
  }

  /** A proxy with a limit of nothing. */
  @Test
  void anEndpointThatTakesNoBodyAtAllBurnsNothing() throws Exception {
    transport.answer(attempt -> new DeliveryResult.TooLarge());
    try (EventBuffer buffer = filled(1_000)) {
      buffer.resume();
      awaitHeld(buffer);
      assertEquals(0, buffer.deadLetters().count());
      transport.answer(attempt -> Delivered.all(attempt.ids().size()));
      deliver(buffer);
      assertOnlyTheBadAreDead(buffer, 1_000);
    }
  }

  @Test
  void theSizeThatWorksIsRememberedAndGrowsAgain() throws Exception {
    long[] most = {100_000};
    List<Integer> refused = new ArrayList<>();
    transport.answer(
        attempt -> {
          if (attempt.body().length() > most[0]) {
            refused.add(attempt.body().length());
            return new DeliveryResult.TooLarge();
          }
          return Delivered.all(attempt.ids().size());
        });
    try (EventBuffer buffer = builder().flushInterval(LONG).open()) {
      buffer.pause();
      append(buffer, 0, 20_000);
      deliver(buffer);
      int requests = transport.attempts().size();
      int first = refused.size();
      // About 100 requests of 100,000 bytes; of them, few were too large.
      assertTrue(first * 5 < requests, first + " refused of " + requests);
      most[0] = Long.MAX_VALUE;
      buffer.pause();
      append(buffer, 20_000, 60_000);
      deliver(buffer);
      int largest =
          transport.attempts().stream().mapToInt(one -> one.body().length()).max().orElse(0);
      int last = transport.attempts().get(transport.attempts().size() - 2).body().length();
      assertTrue(last > 110_000, "the last but one: " + last + ", the largest: " + largest);
      assertEquals(first, refused.size());
    }
  }

  @Test
  void withALimitOfAttemptsABatchEndsInTheDeadLetters() throws Exception {
    transport.answer(attempt -> new DeliveryResult.Unavailable("down"));
    try (EventBuffer buffer = filled(builder().maxAttempts(3), 10)) {
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(10, buffer.stats().deadLettered());
      assertEquals(3, transport.attempts().size());
      assertEquals("max_attempts", buffer.deadLetters().list(1).get(0).code());
      assertConserved(buffer.stats());
    }
  }

  private void awaitHeld(EventBuffer buffer) {
    await(() -> buffer.health().state() == BufferHealth.State.HELD);
  }

  private void awaitAttempts(int count) {
    await(() -> transport.attempts().size() >= count);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, "waited in vain");
      Thread.onSpinWait();
    }
  }
}
