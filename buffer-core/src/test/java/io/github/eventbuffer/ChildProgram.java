package io.github.eventbuffer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A small checkout: opens a buffer, appends, flushes, closes. Prints what the test looks for, and
 * waits for its standard input when told to.
 */
final class ChildProgram {
  private ChildProgram() {}

  /**
   * Arguments: the directory, and any of {@code wait} (say "open" and wait for a line while the
   * buffer is open), {@code quiet} (print nothing of its own).
   */
  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    Path directory = Path.of(words.get(0));
    boolean quiet = words.contains("quiet");
    try (EventBuffer buffer =
        EventBuffer.builder(directory)
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new Acknowledging())
            .segmentBytes(2 << 20)
            .open()) {
      AppendResult result = buffer.append(Events.purchase("from-" + ProcessHandle.current().pid()));
      boolean complete = buffer.flush(Duration.ofSeconds(30)).complete();
      if (!quiet) {
        System.out.println(
            result.status() + " complete=" + complete + " delivered=" + buffer.stats().delivered());
      }
      if (words.contains("wait")) {
        System.out.println("open");
        System.in.read();
      }
    } catch (EventBufferException e) {
      System.out.println(e.reason());
      System.out.println(e.getMessage());
      System.exit(3);
    }
  }

  /** Acknowledges all, without a network. */
  private static final class Acknowledging implements EventTransport {
    @Override
    public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
      return CompletableFuture.completedFuture(DeliveryResult.Delivered.all(batch.count()));
    }

    @Override
    public void close() {}
  }
}
