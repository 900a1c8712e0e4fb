package io.github.eventbuffer.torture;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Within the driver: acknowledges all and hands over each event as it was sent. */
final class ImageTransport implements EventTransport {
  private final Consumer<String> events;

  ImageTransport(Consumer<String> events) {
    this.events = events;
  }

  @Override
  public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    try {
      EventArray.read(batch).forEach(events);
      return CompletableFuture.completedFuture(DeliveryResult.Delivered.all(batch.count()));
    } catch (IOException e) {
      return CompletableFuture.completedFuture(new DeliveryResult.Unavailable(e.toString()));
    }
  }

  @Override
  public void close() {}
}
