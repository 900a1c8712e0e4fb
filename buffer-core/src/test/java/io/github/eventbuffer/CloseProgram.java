package io.github.eventbuffer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Appends and closes. */
final class CloseProgram {
  private CloseProgram() {}

  /**
   * Arguments: the directory, how many events to append, how many seconds to try to deliver; with 0
   * the endpoint is silent, for what an earlier run has begun to send is sent at once.
   */
  public static void main(String[] arguments) {
    long seconds = Long.parseLong(arguments[2]);
    ScriptedTransport transport = new ScriptedTransport();
    if (seconds == 0) {
      transport.later(attempt -> new CompletableFuture<>());
    }
    EventBuffer buffer =
        EventBuffer.builder(Path.of(arguments[0]))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(transport)
            // Nothing is sent before its time, but by a close.
            .flushInterval(Duration.ofDays(1))
            .segmentBytes(2 << 20)
            .open();
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      buffer.append(Events.purchase("event-" + i));
    }
    buffer.close(Duration.ofSeconds(seconds));
  }
}
