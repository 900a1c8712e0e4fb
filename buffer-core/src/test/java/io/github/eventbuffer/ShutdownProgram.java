package io.github.eventbuffer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Appends, and ends without closing. Prints how many events the transport was given. */
final class ShutdownProgram {
  private ShutdownProgram() {}

  /** Arguments: the directory, and {@code hook} to close by a shutdown hook. */
  public static void main(String[] arguments) {
    EventBuffer.Builder options =
        EventBuffer.builder(Path.of(arguments[0]))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new Printing())
            // Nothing is sent before its time, but by a close.
            .flushInterval(Duration.ofDays(1))
            .segmentBytes(2 << 20);
    if (arguments.length > 1 && arguments[1].equals("hook")) {
      options.closeOnShutdown(Duration.ofSeconds(30));
    }
    EventBuffer buffer = options.open();
    for (int i = 0; i < 10; i++) {
      buffer.append(Events.purchase("event-" + i));
    }
    System.exit(0);
  }

  private static final class Printing implements EventTransport {
    @Override
    public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
      System.out.println("delivered " + batch.count());
      return CompletableFuture.completedFuture(DeliveryResult.Delivered.all(batch.count()));
    }

    @Override
    public void close() {}
  }
}
