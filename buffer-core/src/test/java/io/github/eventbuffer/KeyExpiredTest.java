package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.KeyExpired;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.ScriptedTransport.Attempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** A batch whose key the endpoint has forgotten the answer to. */
class KeyExpiredTest extends BufferTestCase {
  private static final KeyExpired EXPIRED = new KeyExpired("IDEMPOTENCY_EXPIRED");
  private static final int EVENTS = 40;

  private final AtomicInteger backoffs = new AtomicInteger();

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

  /** Answers the attempts in turn, and takes what the script has no answer for. */
  private void answers(IntFunction<DeliveryResult> script) {
    int[] number = {0};
    transport.answer(
        attempt -> {
          DeliveryResult answer = script.apply(number[0]++);
          return answer == null ? Delivered.all(attempt.ids().size()) : answer;
        });
  }

  private void deliver(EventBuffer.Builder builder) throws Exception {
    try (EventBuffer buffer = builder.open()) {
      buffer.pause();
      append(buffer, 0, EVENTS);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete(), buffer.health().toString());
      assertEquals(EVENTS, buffer.stats().delivered());
      assertConserved(buffer.stats());
    }
    assertEquals(EVENTS, transport.arrivals().size());
    assertTrue(transport.arrivals().values().stream().allMatch(times -> times == 1));
  }

  @Test
  void theSameEventsAreSentAfterABackoffUnderANewKey() throws Exception {
    answers(number -> number == 0 ? EXPIRED : null);
    deliver(counting());
    List<Attempt> attempts = transport.attempts();
    assertEquals(2, attempts.size());
    assertNotEquals(attempts.get(0).key(), attempts.get(1).key());
    assertEquals(attempts.get(0).body(), attempts.get(1).body());
    assertEquals(2, attempts.get(1).number());
    assertEquals(1, backoffs.get());
  }

  /** The search begins anew with each new key, and its parts with it. */
  @Test
  void aPartWhoseKeyAlwaysExpiresIsTriedAsOftenAsAllowed() throws Exception {
    transport.answer(
        attempt -> attempt.ids().size() == EVENTS ? new DeliveryResult.TooLarge() : EXPIRED);
    try (EventBuffer buffer = builder().maxAttempts(3).open()) {
      buffer.pause();
      append(buffer, 0, EVENTS);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete(), buffer.health().toString());
      assertEquals(EVENTS, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
  }

  /** What one part used up, others have not. */
  @Test
  void aPartThatIsGivenUpLeavesTheOthersTheirAttempts() throws Exception {
    transport.answer(
        attempt ->
            attempt.ids().size() > 2
                ? new DeliveryResult.TooLarge()
                : attempt.ids().contains("event-0")
                        || transport.attempts().stream()
                                .filter(one -> one.ids().equals(attempt.ids()))
                                .count()
                            == 1
                    ? EXPIRED
                    : Delivered.all(attempt.ids().size()));
    try (EventBuffer buffer = builder().maxAttempts(5).open()) {
      buffer.pause();
      append(buffer, 0, EVENTS);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete(), buffer.health().toString());
      assertTrue(buffer.stats().deadLettered() <= 2, buffer.stats().toString());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void theNewKeyStaysAtTheNextFailures() throws Exception {
    answers(
        number ->
            number == 0 ? EXPIRED : number < 4 ? new DeliveryResult.Unavailable("down") : null);
    deliver(counting());
    List<Attempt> attempts = transport.attempts();
    assertEquals(5, attempts.size());
    assertEquals(1, attempts.stream().skip(1).map(Attempt::key).distinct().count());
  }

  /** What the next process would send, had this one been killed at either attempt. */
  @Test
  void theNewKeyIsOnDiskBeforeItIsSent() throws Exception {
    List<Path> images = new ArrayList<>();
    answers(
        number -> {
          images.add(copyOf(directory.resolve("events"), "image-" + number));
          return number == 0 ? EXPIRED : null;
        });
    deliver(builder());
    List<Attempt> attempts = transport.attempts();
    for (int killedAt = 0; killedAt < 2; killedAt++) {
      ScriptedTransport next = new ScriptedTransport();
      try (EventBuffer buffer =
          EventBuffer.builder(images.get(killedAt))
              .destination(DESTINATION)
              .transport(next)
              .segmentBytes(2 << 20)
              .open()) {
        assertTrue(buffer.flush(LONG).complete());
        assertEquals(EVENTS, buffer.stats().delivered());
      }
      assertEquals(1, next.attempts().size());
      assertEquals(attempts.get(killedAt).key(), next.attempts().get(0).key());
      assertEquals(attempts.get(killedAt).body(), next.attempts().get(0).body());
    }
  }

  @Test
  void aPartWithAnExpiredKeyBeginsTheSearchAnew() throws Exception {
    answers(number -> number == 0 ? new TooLarge() : number == 1 ? EXPIRED : null);
    deliver(builder());
    List<Attempt> attempts = transport.attempts();
    assertEquals(EVENTS, attempts.get(0).ids().size());
    assertTrue(attempts.get(1).ids().size() < EVENTS);
    assertEquals(
        attempts.size(), attempts.stream().map(Attempt::key).distinct().count(), "every key once");
  }

  @Test
  void anEndpointThatAlwaysSaysSoIsBoundedByMaxAttempts() throws Exception {
    transport.answer(attempt -> EXPIRED);
    try (EventBuffer buffer = builder().maxAttempts(3).open()) {
      buffer.pause();
      append(buffer, 0, EVENTS);
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete(), buffer.health().toString());
      assertEquals(EVENTS, buffer.stats().deadLettered());
      assertConserved(buffer.stats());
    }
    assertEquals(3, transport.attempts().size());
    assertEquals(3, transport.attempts().stream().map(Attempt::key).distinct().count());
  }

  private Path copyOf(Path from, String name) {
    Path copy = directory.resolve(name);
    try {
      Scratch.copy(from, copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }
}
