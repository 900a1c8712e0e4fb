package io.github.eventbuffer;

import static io.github.eventbuffer.SampleAnswers.all;
import static io.github.eventbuffer.SampleAnswers.unnamed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A limit of attempts, over restarts, kills, parts of a batch and holds. */
class MaxAttemptsTest extends BufferTestCase {
  private static final int EVENTS = 6;
  private static final Unavailable DOWN = new Unavailable("down");

  private EventBuffer.Builder limited(int maxAttempts) {
    return builder().flushInterval(Duration.ofMillis(1)).maxAttempts(maxAttempts);
  }

  /** All in one batch. */
  private static void fill(EventBuffer buffer) {
    buffer.pause();
    append(buffer, 0, EVENTS);
    buffer.resume();
  }

  private static void assertEachIsDeadOnce(EventBuffer buffer) throws IOException {
    assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
    List<DeadLetter> letters = buffer.deadLetters().list(1_000);
    assertEquals(EVENTS, letters.size());
    assertEquals(EVENTS, letters.stream().map(DeadLetter::eventId).distinct().count());
    assertEquals(EVENTS, buffer.stats().deadLettered());
    assertEquals(0, buffer.stats().delivered());
    assertConserved(buffer.stats());
  }

  @Test
  void whatWasTriedBeforeARestartDoesNotCount() throws Exception {
    CountDownLatch third = new CountDownLatch(1);
    transport.later(
        attempt -> {
          if (attempt.number() < 3) {
            return CompletableFuture.completedFuture(DOWN);
          }
          third.countDown();
          return new CompletableFuture<>();
        });
    try (EventBuffer buffer = limited(3).open()) {
      fill(buffer);
      assertTrue(third.await(30, TimeUnit.SECONDS));
      buffer.close(Duration.ZERO);
      assertEquals(0, buffer.stats().deadLettered());
    }
    transport.answer(attempt -> DOWN);
    try (EventBuffer buffer = limited(3).open()) {
      assertEachIsDeadOnce(buffer);
      assertEquals(3, buffer.stats().attempts());
    }
  }

  @Test
  void whatIsOverTheLimitWhenTheBufferClosesIsOneDeadLetterAndNotSentAgain() throws Exception {
    transport.answer(attempt -> DOWN);
    CountDownLatch dead = new CountDownLatch(EVENTS);
    EventBufferListener listener =
        new EventBufferListener() {
          @Override
          public void onDeadLetter(DeadLetter letter) {
            dead.countDown();
          }
        };
    // A backoff so long that the letters are there and their batch is not committed yet.
    RetryPolicy slow = RetryPolicy.exponential(Duration.ofHours(1), Duration.ofHours(1));
    try (EventBuffer buffer = limited(1).retryPolicy(slow).listener(listener).open()) {
      fill(buffer);
      assertTrue(dead.await(30, TimeUnit.SECONDS));
      buffer.close(Duration.ZERO);
    }
    try (EventBuffer buffer = limited(1).open()) {
      assertEachIsDeadOnce(buffer);
      assertEquals(0, buffer.stats().attempts());
    }
  }

  @Test
  void aKillBetweenTwoLettersMakesNoneTwice() throws Exception {
    transport.answer(attempt -> DOWN);
    List<Path> images = new ArrayList<>();
    EventBufferListener photographer =
        new EventBufferListener() {
          @Override
          public void onDeadLetter(DeadLetter letter) {
            images.add(
                copy(directory.resolve("events"), directory.resolve("image-" + images.size())));
          }
        };
    try (EventBuffer buffer = limited(1).listener(photographer).open()) {
      fill(buffer);
      assertEachIsDeadOnce(buffer);
    }
    assertEquals(EVENTS, images.size());
    // While the service is down still, and when it is back and takes the others.
    for (int letters = 1; letters <= EVENTS; letters++) {
      Path image = images.get(letters - 1);
      Path second = copy(image, directory.resolve("second-" + letters));
      try (EventBuffer buffer = reopened(image)) {
        assertEachIsDeadOnce(buffer);
      }
      transport.answer(attempt -> Delivered.all(attempt.ids().size()));
      try (EventBuffer buffer = reopened(second)) {
        assertTrue(buffer.flush(LONG).complete());
        assertEquals(letters, buffer.deadLetters().list(1_000).size());
        assertEquals(letters, buffer.stats().deadLettered());
        assertEquals(EVENTS - letters, buffer.stats().delivered());
      }
      transport.answer(attempt -> DOWN);
    }
  }

  private static Path copy(Path from, Path to) {
    try {
      Scratch.copy(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }

  private EventBuffer reopened(Path image) {
    return EventBuffer.builder(image)
        .destination(DESTINATION)
        .transport(transport)
        .segmentBytes(2 << 20)
        .flushInterval(Duration.ofMillis(1))
        .maxAttempts(1)
        .open();
  }

  @Test
  void aPartGivenUpForItsAttemptsProvesNothingOfTheRest() {
    int[] calls = {0};
    transport.answer(
        a -> {
          int n = calls[0]++;
          return n == 1 || n == 2 ? new Unavailable("down") : unnamed();
        });
    try (EventBuffer buffer = builder().maxAttempts(2).flushInterval(LONG).open()) {
      append(buffer, 0, 200);
      flushUntilHeld(buffer);
      // 100 by the user's wish.
      assertEquals(100, buffer.deadLetters().count());
    }
  }

  @Test
  void attemptsThatWereHeldDoNotCount() {
    int[] calls = {0};
    transport.answer(
        a ->
            switch (calls[0]++) {
              case 0, 1, 2 -> new DeliveryResult.Held("key revoked");
              case 3 -> new Unavailable("one blip");
              default -> all(a);
            });
    try (EventBuffer buffer = builder().maxAttempts(3).flushInterval(LONG).open()) {
      append(buffer, 0, 60);
      // A hold ends with each look at it; how many looks that takes does not matter.
      for (long end = System.nanoTime() + LONG.toNanos();
          !buffer.flush(Duration.ofMillis(20)).complete(); ) {
        assertTrue(System.nanoTime() - end < 0, () -> buffer.health().toString());
        buffer.resume();
      }
      assertEquals(0, buffer.deadLetters().count());
    }
  }
}
