package io.github.eventbuffer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A program whose first appends come from a stack that is about to end, deeper and deeper out of
 * it; then it appends from a thread that has enough. Prints what became of that.
 */
final class DeepFirstAppend {
  private static final int DEPTHS = 300;
  private static final int STACK_BYTES = 512 << 10;

  private final ConversionEvent[] events = new ConversionEvent[DEPTHS];
  private final EventBuffer buffer;
  private int tried;

  private DeepFirstAppend(EventBuffer buffer) {
    this.buffer = buffer;
    for (int i = 0; i < DEPTHS; i++) {
      events[i] = Events.purchase("event-" + i);
    }
  }

  /** Takes a directory. */
  public static void main(String[] args) throws Exception {
    EventBuffer buffer =
        EventBuffer.builder(Path.of(args[0]))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new ScriptedTransport())
            .appendTimeout(Duration.ofSeconds(2))
            .open();
    Thread deep = new Thread(null, new DeepFirstAppend(buffer)::toTheEnd, "deep", STACK_BYTES);
    deep.setDaemon(true);
    deep.start();
    deep.join(Duration.ofMinutes(1).toMillis());
    String outcome = deep.isAlive() ? "an append hangs" : last(buffer);
    System.out.println(outcome);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static String last(EventBuffer buffer) {
    try {
      return buffer.append(Events.purchase("last")).status()
          + " "
          + buffer
              .appendJson("{\"event_id\":\"\\u0061\"}".getBytes(StandardCharsets.US_ASCII))
              .status();
    } catch (Throwable e) {
      return e.toString();
    }
  }

  @SuppressWarnings("InfiniteRecursion") // its end is what is looked for
  private void toTheEnd() {
    try {
      toTheEnd();
    } catch (StackOverflowError e) {
      // From here on up; no call has room in here.
    }
    if (tried < DEPTHS) {
      try {
        buffer.append(events[tried]);
      } catch (Throwable e) {
        // In the call itself, or what a class says that could not be made.
      }
      tried++;
    }
  }
}
