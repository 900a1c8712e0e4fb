package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.EventSourceResult.Action;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Event sources are registered when the buffer opens, and when the endpoint does not know one. */
class EventSourceRegistrationTest extends BufferTestCase {
  private static final EventSource SOURCE = EventSource.of(DESTINATION.eventSourceId());

  private final AtomicInteger registrations = new AtomicInteger();

  private static CompletionStage<List<EventSourceResult>> result(Action action, String error) {
    return CompletableFuture.completedFuture(
        List.of(new EventSourceResult(SOURCE.eventSourceId(), action, error)));
  }

  private CompletionStage<List<EventSourceResult>> created() {
    registrations.incrementAndGet();
    return result(Action.CREATED, null);
  }

  @Test
  void theSourceIsRegisteredBeforeTheFirstBatch() throws Exception {
    CompletableFuture<List<EventSourceResult>> answer = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    transport.registerLater(
        sources -> {
          assertEquals(List.of(SOURCE), sources);
          asked.countDown();
          return answer;
        });
    try (EventBuffer buffer = builder().eventSource(SOURCE).open()) {
      assertTrue(asked.await(30, TimeUnit.SECONDS));
      append(buffer, 0, 10);
      assertEquals(false, buffer.flush(Duration.ofMillis(50)).complete());
      assertEquals(0, buffer.stats().attempts());
      answer.complete(result(Action.CREATED, null).toCompletableFuture().join());
      assertTrue(buffer.flush(LONG).complete());
    }
  }

  private enum Failure {
    FAILED,
    THROWN,
    EXCEPTIONAL,
    SILENT,
    NOT_NAMED,
    NULL,
    UNSUPPORTED
  }

  @ParameterizedTest
  @EnumSource
  void aRegistrationThatFailsKeepsNoEvent(Failure failure) {
    if (failure != Failure.UNSUPPORTED) {
      transport.registerLater(
          sources ->
              switch (failure) {
                case FAILED -> result(Action.FAILED, "no more than 10 sources");
                case THROWN -> throw new IllegalStateException("thrown");
                case EXCEPTIONAL -> CompletableFuture.failedFuture(new OutOfMemoryError("full"));
                case SILENT -> new CompletableFuture<>();
                case NOT_NAMED -> CompletableFuture.completedFuture(List.of());
                case NULL, UNSUPPORTED -> CompletableFuture.completedFuture(null);
              });
    }
    try (EventBuffer buffer =
        builder()
            .eventSource(SOURCE)
            .clock(new FastClock())
            .attemptTimeout(Duration.ofSeconds(5))
            .open()) {
      append(buffer, 0, 10);
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(10, buffer.stats().delivered());
    }
  }

  private enum Refusal {
    HTTP_404,
    EVERY_EVENT,
    WHOLE_BATCH
  }

  private DeliveryResult refusal(Refusal how, ScriptedTransport.Attempt attempt) {
    return switch (how) {
      case HTTP_404 -> new Held("HTTP 404 NOT_FOUND", true);
      case EVERY_EVENT ->
          new Delivered(
              attempt.ids().stream().map(id -> new RejectedEvent(id, "NO_SOURCE", "")).toList(),
              List.of(),
              null,
              0);
      case WHOLE_BATCH -> new InvalidBatch("NO_SOURCE", "", List.of());
    };
  }

  @ParameterizedTest
  @EnumSource
  void aSourceThatTheEndpointForgotIsRegisteredAgain(Refusal how) {
    AtomicBoolean known = new AtomicBoolean();
    transport.registerLater(
        sources -> {
          known.set(true);
          return created();
        });
    transport.answer(
        attempt -> known.get() ? Delivered.all(attempt.ids().size()) : refusal(how, attempt));
    // The probe of a hold would come after a minute of this clock, which does not move by itself.
    try (EventBuffer buffer = builder().eventSource(SOURCE).open()) {
      append(buffer, 0, 60);
      assertTrue(buffer.flush(LONG).complete(), () -> "" + buffer.health());
      known.set(false);
      append(buffer, 60, 120);
      assertTrue(buffer.flush(LONG).complete(), () -> "" + buffer.health());
      assertEquals(120, buffer.stats().delivered());
      assertEquals(0, buffer.stats().deadLettered());
      assertEquals(2, registrations.get());
    }
  }

  /** Then the source is not what is wrong, and registering it over and over would be no probe. */
  @Test
  void whenRegisteringDoesNotHelpItIsDoneOnceAProbe() throws Exception {
    transport.registerLater(sources -> created());
    CountDownLatch held = new CountDownLatch(8);
    transport.answer(attempt -> new Held("HTTP 404 NOT_FOUND", true));
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onHeld(String reason) {
            held.countDown();
          }
        };
    try (EventBuffer buffer =
        builder().eventSource(SOURCE).listener(listener).clock(new FastClock()).open()) {
      append(buffer, 0, 10);
      assertTrue(held.await(60, TimeUnit.SECONDS));
      buffer.pause();
      int attempts = transport.attempts().size();
      // One at open, and one between any two attempts.
      assertTrue(registrations.get() <= attempts + 1, registrations + " for " + attempts);
      assertEquals(BufferHealth.State.HELD, buffer.health().state());
    }
  }

  @Test
  void aHoldSaysWhyTheRegistrationFailed() {
    transport.registerLater(sources -> result(Action.FAILED, "domain taken"));
    transport.answer(attempt -> new Held("HTTP 404 NOT_FOUND", true));
    try (EventBuffer buffer = builder().eventSource(SOURCE).open()) {
      append(buffer, 0, 10);
      buffer.flush(Duration.ofMillis(1));
      while (buffer.health().state() != BufferHealth.State.HELD) {
        Thread.onSpinWait();
      }
      String reason = buffer.health().reason();
      assertTrue(reason.startsWith("HTTP 404 NOT_FOUND; registering"), reason);
      assertTrue(reason.endsWith("domain taken"), reason);
      buffer.close(Duration.ZERO);
    }
  }

  @Test
  void theDestinationsSourceMustBeAmongThem() {
    EventBuffer.Builder other = builder().eventSource(EventSource.of("another"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, other::open)
            .getMessage()
            .contains(DESTINATION.eventSourceId()));
    assertThrows(IllegalArgumentException.class, () -> builder().eventSource());
    assertThrows(IllegalArgumentException.class, () -> builder().eventSource(SOURCE, SOURCE));
  }
}
