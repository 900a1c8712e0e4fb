package io.github.eventbuffer.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutEventTest {

  @Test
  void theJsonIsWhatTheBufferStoresForTheEvent(@TempDir Path directory) {
    Recorder recorder = new Recorder();
    String id = CheckoutEvent.id(1);
    try (EventBuffer buffer =
        EventBuffer.builder(directory)
            .destination(Destination.of("12345", "website_pixel"))
            .transport(recorder)
            .open()) {
      buffer.append(CheckoutEvent.event(id));
      buffer.flush(Duration.ofSeconds(10));
    }
    String json = new String(CheckoutEvent.json(id), StandardCharsets.UTF_8);
    assertEquals("[" + json + "]", recorder.body.get());
  }

  private static final class Recorder implements EventTransport {
    final AtomicReference<String> body = new AtomicReference<>();

    @Override
    public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
      try (InputStream events = batch.openEvents()) {
        body.set(new String(events.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return CompletableFuture.completedFuture(DeliveryResult.Delivered.all(batch.count()));
    }

    @Override
    public void close() {}
  }
}
