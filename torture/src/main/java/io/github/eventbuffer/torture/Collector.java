package io.github.eventbuffer.torture;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import io.github.eventbuffer.RejectedEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The endpoint of a buffer that is opened in the driver itself: keeps each event as the bytes that
 * came, or answers nothing at all. Thread-safe.
 */
final class Collector implements EventTransport {
  private final int deadEvery;
  private final List<String> kept = new ArrayList<>();
  private boolean silent;

  /**
   * An endpoint without faults.
   *
   * @param deadEvery each event with a number divisible by this is refused; 0 refuses none
   */
  Collector(int deadEvery) {
    this.deadEvery = deadEvery;
  }

  /** From now on no attempt is ever answered, so that its batch stays in flight. */
  synchronized void fallSilent() {
    silent = true;
  }

  @Override
  public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    byte[] body;
    try (InputStream events = batch.openEvents()) {
      body = events.readAllBytes();
    } catch (IOException e) {
      // Counts as no answer; the batch is read again.
      throw new UncheckedIOException(e);
    }
    return answer(split(body));
  }

  private synchronized CompletionStage<DeliveryResult> answer(List<String> events) {
    if (silent) {
      return new CompletableFuture<>();
    }
    List<RejectedEvent> refused = new ArrayList<>();
    for (String event : events) {
      String id = Judge.idOf(event);
      if (deadEvery > 0 && Payload.number(id) % deadEvery == 0) {
        refused.add(new RejectedEvent(id, "INVALID_VALUE", "refused by the campaign"));
      } else {
        kept.add(event);
      }
    }
    return CompletableFuture.completedFuture(
        new DeliveryResult.Delivered(refused, List.of(), null, events.size() - refused.size()));
  }

  /** The objects of an array, each with the bytes that it came with. */
  private static List<String> split(byte[] array) {
    List<String> objects = new ArrayList<>();
    int depth = 0;
    int start = 0;
    boolean text = false;
    for (int i = 0; i < array.length; i++) {
      byte b = array[i];
      if (text) {
        i += b == '\\' ? 1 : 0;
        text = b != '"';
      } else if (b == '"') {
        text = true;
      } else if (b == '{' && depth++ == 0) {
        start = i;
      } else if (b == '}' && --depth == 0) {
        objects.add(new String(array, start, i + 1 - start, StandardCharsets.UTF_8));
      }
    }
    return objects;
  }

  /** Hands over all that came since the last time, and forgets it. */
  synchronized void report(Oracle oracle) {
    for (String event : kept) {
      oracle.stored(Judge.idOf(event), event, 1);
    }
    kept.clear();
  }

  @Override
  public void close() {}
}
