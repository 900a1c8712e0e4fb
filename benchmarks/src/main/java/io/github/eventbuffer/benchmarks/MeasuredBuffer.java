package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import java.io.IOException;
import java.time.Duration;

/** A buffer with default options in a directory of its own, and the account of its events. */
final class MeasuredBuffer implements AutoCloseable {
  private final ScratchDirectory directory = new ScratchDirectory();
  private final Delivery delivery;
  final EventBuffer buffer;

  MeasuredBuffer(Delivery delivery) throws IOException {
    this.delivery = delivery;
    buffer =
        EventBuffer.builder(directory.path().resolve("events"))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new AcknowledgingTransport())
            .open();
    if (delivery == Delivery.PAUSED) {
      buffer.pause();
    }
  }

  /** Closes the buffer and fails unless it accounts for exactly these events and duplicates. */
  void close(long appended, long duplicates) throws IOException {
    try {
      boolean deliver = delivery == Delivery.ACKNOWLEDGED;
      if (deliver) {
        buffer.flush(Duration.ofMinutes(1));
      }
      BufferStats stats = buffer.stats();
      if (stats.accepted() != appended
          || stats.duplicates() != duplicates
          || stats.delivered() + stats.pending() != appended
          || (deliver && stats.pending() != 0)) {
        throw new IllegalStateException(
            appended + " events and " + duplicates + " duplicates appended, but " + stats);
      }
    } finally {
      close();
    }
  }

  @Override
  public void close() throws IOException {
    buffer.close(Duration.ZERO);
    directory.close();
  }
}
