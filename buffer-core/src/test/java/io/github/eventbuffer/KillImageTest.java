package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a kill would leave: copies of the directory, made on the flusher's own thread between its
 * steps, each opened as the next process would.
 */
class KillImageTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int EVENTS = 60;
  private static final int BATCH = 12;

  @TempDir Path root;
  private final List<Image> images = new ArrayList<>();
  private final Set<String> noted = new HashSet<>();
  private int attempts;

  /** A copy, and what had happened by then. */
  private record Image(
      String moment,
      Path directory,
      Set<String> noted,
      ScriptedTransport.@Nullable Attempt underWay) {}

  private EventBuffer.Builder builder(Path directory, EventTransport transport) {
    return EventBuffer.builder(directory)
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .segmentBytes(1 << 20)
        .maxEventBytes(4 << 10)
        .clock(new FastClock())
        .retryPolicy(
            new RetryPolicy(
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(1)));
  }

  @Test
  void atNoMomentOfADeliveryDoesAKillLoseOrRepeatWhatItNeedNot() throws Exception {
    ScriptedTransport transport = new ScriptedTransport().later(this::answer);
    try (EventBuffer buffer =
        builder(root.resolve("events"), transport)
            .maxBatchEvents(BATCH)
            .maxInFlightBatches(2)
            .listener(new Photographer())
            .open()) {
      buffer.pause();
      for (int i = 0; i < EVENTS; i++) {
        assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("event-" + i)));
      }
      buffer.resume();
      assertTrue(buffer.flush(LONG).complete());
    }
    assertTrue(images.size() > 20, "images: " + images.size());
    for (Image image : images) {
      judge(image);
    }
  }

  private synchronized CompletionStage<DeliveryResult> answer(ScriptedTransport.Attempt attempt) {
    take("attempt " + attempts, attempt);
    DeliveryResult result =
        switch (attempts++) {
          case 1 -> new DeliveryResult.TooLarge();
          case 2 -> new DeliveryResult.Held("held");
          case 3 -> new DeliveryResult.InvalidBatch("CODE", "refused once", List.of());
          case 4 -> new DeliveryResult.Throttled(null);
          case 5 -> new DeliveryResult.Unavailable("down");
          case 6 -> new DeliveryResult.KeyExpired("the key was seen long ago");
          default -> taken(attempt);
        };
    return CompletableFuture.completedFuture(result);
  }

  private static boolean isBad(String id) {
    return id.endsWith("7");
  }

  /** Takes the good ones, refuses the bad ones; names the batch for the listener. */
  private static DeliveryResult.Delivered taken(ScriptedTransport.Attempt attempt) {
    List<RejectedEvent> rejected =
        attempt.ids().stream()
            .filter(KillImageTest::isBad)
            .map(id -> new RejectedEvent(id, "BAD", "refused"))
            .toList();
    return new DeliveryResult.Delivered(
        rejected, attempt.ids(), null, attempt.ids().size() - rejected.size());
  }

  private synchronized void take(String moment, ScriptedTransport.@Nullable Attempt underWay) {
    Path copy = root.resolve("image-" + images.size());
    try (Stream<Path> all = Files.walk(root.resolve("events"))) {
      for (Path from : (Iterable<Path>) all::iterator) {
        Files.copy(from, copy.resolve(root.resolve("events").relativize(from)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    images.add(new Image(moment, copy, Set.copyOf(noted), underWay));
  }

  private final class Photographer implements EventBufferListener {
    @Override
    public void onDelivered(int delivered, int attempt, List<String> ids) {
      noted.addAll(ids);
      take("delivered", null);
    }

    @Override
    public void onDeadLetter(DeadLetter letter) {
      take("dead letter " + letter.eventId(), null);
    }

    @Override
    public void onRetry(String cause, Duration delay) {
      take("retry: " + cause, null);
    }

    @Override
    public void onHeld(String reason) {
      take("held: " + reason, null);
    }
  }

  private void judge(Image image) throws Exception {
    ScriptedTransport transport = new ScriptedTransport().answer(KillImageTest::taken);
    Set<String> letters;
    // Other limits: what was in flight keeps its bounds all the same.
    try (EventBuffer buffer = builder(image.directory, transport).maxBatchEvents(5).open()) {
      assertEquals(EVENTS, buffer.stats().accepted(), image.moment);
      assertTrue(buffer.flush(LONG).complete(), image.moment);
      List<DeadLetter> all = buffer.deadLetters().list(1_000);
      letters = all.stream().map(DeadLetter::eventId).collect(Collectors.toSet());
      assertEquals(letters.size(), all.size(), "a dead letter twice; " + image.moment);
      assertEquals(letters.size(), buffer.stats().deadLettered(), image.moment);
    }
    Set<String> events =
        IntStream.range(0, EVENTS).mapToObj(i -> "event-" + i).collect(Collectors.toSet());
    assertEquals(
        events.stream().filter(KillImageTest::isBad).collect(Collectors.toSet()),
        letters,
        image.moment);
    Set<String> pending = new HashSet<>(events);
    pending.removeAll(image.noted);
    Set<String> sent = new HashSet<>();
    transport.attempts().forEach(attempt -> sent.addAll(attempt.ids()));
    assertEquals(pending, sent, image.moment);
    ScriptedTransport.Attempt underWay = image.underWay;
    if (underWay != null) {
      // The same events, the same bytes, the same key; or the batch that it was only a part of.
      assertTrue(
          transport.attempts().stream()
              .anyMatch(
                  again ->
                      again.key().equals(underWay.key()) && again.body().equals(underWay.body())
                          || underWay.ids().size() < BATCH
                              && again.ids().size() > underWay.ids().size()
                              && again.ids().containsAll(underWay.ids())),
          "not sent again as it was; " + image.moment);
    }
  }
}
