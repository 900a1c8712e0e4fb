package io.github.eventbuffer;

import java.nio.file.Path;
import java.time.Duration;

/** Appends and closes. */
final class CloseProgram {
  private CloseProgram() {}

  /** Arguments: the directory, how many events to append, how many seconds to try to deliver. */
  public static void main(String[] arguments) {
    EventBuffer buffer =
        EventBuffer.builder(Path.of(arguments[0]))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new ScriptedTransport())
            // Nothing is sent before its time, but by a close.
            .flushInterval(Duration.ofDays(1))
            .segmentBytes(2 << 20)
            .open();
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      buffer.append(Events.purchase("event-" + i));
    }
    buffer.close(Duration.ofSeconds(Long.parseLong(arguments[2])));
  }
}
