package io.github.eventbuffer.interchange;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A batch whose bytes the test makes; counts the streams that are open. */
public record TestBatch(
    Destination destination,
    int count,
    long byteSize,
    Supplier<InputStream> events,
    AtomicInteger openStreams)
    implements EventBatch {

  public static TestBatch of(int count, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return of(count, bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  public static TestBatch of(int count, long byteSize, Supplier<InputStream> events) {
    return new TestBatch(
        Destination.of("12345", "website_pixel"), count, byteSize, events, new AtomicInteger());
  }

  public TestBatch to(Destination other) {
    return new TestBatch(other, count, byteSize, events, openStreams);
  }

  @Override
  public String idempotencyKey() {
    return "00000000-0000-4000-8000-000000000000";
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public InputStream openEvents() {
    openStreams.incrementAndGet();
    return new FilterInputStream(events.get()) {
      private boolean closed;

      @Override
      public void close() throws IOException {
        if (!closed) {
          closed = true;
          openStreams.decrementAndGet();
        }
        super.close();
      }
    };
  }
}
