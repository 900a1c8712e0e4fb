package io.github.eventbuffer.torture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** A transport within the driver: acknowledges all and hands over each event as it was sent. */
final class ImageTransport implements EventTransport {
  private static final JsonFactory JSON = new JsonFactory();

  private final BiConsumer<String, String> events;

  /**
   * Made for one buffer.
   *
   * @param events hears id and text of each event
   */
  ImageTransport(BiConsumer<String, String> events) {
    this.events = events;
  }

  @Override
  public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    try (InputStream in = batch.openEvents()) {
      split(in.readAllBytes());
      return CompletableFuture.completedFuture(DeliveryResult.Delivered.all(batch.count()));
    } catch (IOException e) {
      return CompletableFuture.completedFuture(new DeliveryResult.Unavailable(e.toString()));
    }
  }

  /** Cuts the array into the texts of its elements, without a change to any of them. */
  private void split(byte[] array) throws IOException {
    try (JsonParser parser = JSON.createParser(array)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        String id = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean isId = parser.currentName().equals("event_id");
          parser.nextToken();
          if (isId) {
            id = parser.getText();
          }
          parser.skipChildren();
        }
        int to = (int) parser.currentLocation().getByteOffset();
        events.accept(id, new String(array, from, to - from, StandardCharsets.UTF_8));
      }
    }
  }

  @Override
  public void close() {}
}
