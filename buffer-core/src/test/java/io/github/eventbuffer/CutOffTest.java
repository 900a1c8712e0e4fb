package io.github.eventbuffer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that breaks while a batch is sent: a refusal in disguise, or an outage. */
class CutOffTest extends BufferTestCase {
  private static final int PASSES_BYTES = 256 << 10;
  private static final Unavailable CUT_OFF = new Unavailable("connection reset", null, true);

  private final AtomicInteger backoffs = new AtomicInteger();

  /** Answers the first attempts, and takes what comes after them. */
  private void first(int attempts, Function<Integer, DeliveryResult> answers) {
    int[] number = {0};
    transport.answer(
        attempt ->
            number[0]++ < attempts
                ? answers.apply(number[0] - 1)
                : Delivered.all(attempt.ids().size()));
  }

  private void resetAbove(int bytes) {
    transport.answer(
        attempt -> attempt.body().length() > bytes ? CUT_OFF : Delivered.all(attempt.ids().size()));
  }

  private EventBuffer.Builder counting() {
    return builder()
        .listener(
            new EventBufferListener() {
              @Override
              public void onRetry(String cause, Duration delay) {
                backoffs.incrementAndGet();
              }
            });
  }

  private EventBuffer filled(EventBuffer.Builder builder, int events) {
    EventBuffer buffer = builder.open();
    buffer.pause();
    append(buffer, 0, events);
    return buffer;
  }

  /** An event of so many bytes. */
  private static void appendSized(EventBuffer buffer, String id, int bytes) {
    String event =
        "{\"event_id\":\""
            + id
            + "\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00Z\","
            + "\"user_match\":{\"click_id\":\"c\",\"click_id_type\":\"fbclid\"},\"note\":\"\"}";
    String padding = "x".repeat(bytes - event.length());
    String padded = event.substring(0, event.length() - 2) + padding + "\"}";
    assertEquals(AppendResult.ACCEPTED, buffer.appendJson(padded.getBytes(UTF_8)));
  }

  private void deliver(EventBuffer buffer, int events) throws Exception {
    buffer.resume();
    assertTrue(buffer.flush(LONG).complete(), buffer.health().toString());
    assertEquals(events, transport.arrivals().size());
    assertTrue(transport.arrivals().values().stream().allMatch(times -> times == 1));
    assertEquals(events, buffer.stats().delivered());
    assertEquals(0, buffer.stats().deadLettered());
    assertEquals(0, buffer.deadLetters().list(1).size());
    assertConserved(buffer.stats());
  }

  private List<Integer> sizes() {
    return transport.attempts().stream().map(attempt -> attempt.ids().size()).toList();
  }

  @Test
  void aLargeBatchThatIsCutOffTwiceIsPartedAndAllOfItArrives() throws Exception {
    int bytes = 300_000;
    resetAbove(bytes);
    try (EventBuffer buffer = filled(counting(), 2_000)) {
      deliver(buffer, 2_000);
    }
    assertEquals(List.of(2_000, 2_000), sizes().subList(0, 2));
    assertEquals(transport.attempts().get(0), withNumber(transport.attempts().get(1), 1));
    assertTrue(sizes().get(2) < 2_000, sizes().toString());
    long cutOff =
        transport.attempts().stream().filter(attempt -> attempt.body().length() > bytes).count();
    assertEquals(cutOff, backoffs.get(), "it backs off all the same");
    assertTrue(cutOff <= 8, sizes().toString());
  }

  private static ScriptedTransport.Attempt withNumber(ScriptedTransport.Attempt of, int number) {
    return new ScriptedTransport.Attempt(of.key(), number, of.ids(), of.body());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void onlyABatchOfMoreThan256KibIsParted(int more) throws Exception {
    first(9, number -> CUT_OFF);
    int half = PASSES_BYTES / 2 - 2;
    try (EventBuffer buffer = filled(builder(), 0)) {
      appendSized(buffer, "one", half);
      appendSized(buffer, "two", half + 1 + more);
      deliver(buffer, 2);
    }
    assertEquals(PASSES_BYTES + more, transport.attempts().get(0).body().length());
    assertEquals(more > 0, sizes().contains(1), sizes().toString());
  }

  @Test
  void cutOffsThatAreNotInARowDoNotPartABatch() throws Exception {
    first(9, number -> number % 2 == 0 ? CUT_OFF : new Unavailable("HTTP 503"));
    try (EventBuffer buffer = filled(builder(), 1_000)) {
      deliver(buffer, 1_000);
    }
    assertTrue(sizes().stream().allMatch(size -> size == 1_000), sizes().toString());
  }

  @Test
  void aFailureOfAnotherKindDoesNotPartABatch() throws Exception {
    first(9, number -> new Unavailable("connection refused", null));
    try (EventBuffer buffer = filled(builder(), 1_000)) {
      deliver(buffer, 1_000);
    }
    assertTrue(sizes().stream().allMatch(size -> size == 1_000), sizes().toString());
  }

  @Test
  void aLoneLargeEventIsTriedAgainAndNoDeadLetter() throws Exception {
    first(20, number -> CUT_OFF);
    EventBuffer.Builder wide = builder().maxEventBytes(512 << 10).segmentBytes(8 << 20);
    try (EventBuffer buffer = filled(wide, 0)) {
      appendSized(buffer, "large", 300 << 10);
      deliver(buffer, 1);
    }
    assertEquals(21, transport.attempts().size());
  }

  @Test
  void aCutOffMakesNoEventSuspect() throws Exception {
    first(3, number -> number < 2 ? CUT_OFF : new TooLarge());
    try (EventBuffer buffer = filled(builder(), 0)) {
      appendSized(buffer, "one", 200 << 10);
      appendSized(buffer, "two", 200 << 10);
      deliver(buffer, 2);
    }
    assertEquals(List.of(2, 2, 1, 1, 1), sizes());
  }

  @Test
  void aBatchIsPartedBeforeItsAttemptsAreUsedUp() throws Exception {
    resetAbove(300_000);
    try (EventBuffer buffer = filled(builder().maxAttempts(2), 2_000)) {
      deliver(buffer, 2_000);
    }
  }

  @Test
  void inAnOutageNothingIsLostAndBatchesGrowAgainAfterIt() throws Exception {
    first(40, number -> CUT_OFF);
    try (EventBuffer buffer = filled(builder().maxBatchBytes(1 << 20).flushInterval(LONG), 2_000)) {
      deliver(buffer, 2_000);
      transport
          .attempts()
          .forEach(attempt -> assertTrue(attempt.ids().size() > 200, sizes().toString()));
      int before = sizes().size();
      buffer.pause();
      append(buffer, 2_000, 8_000);
      deliver(buffer, 8_000);
      List<Integer> after = sizes().subList(before, sizes().size());
      assertTrue(after.size() <= 5, after.toString());
    }
  }
}
