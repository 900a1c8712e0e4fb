package io.github.eventbuffer.torture;

import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.FlushResult;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.StringJoiner;

/**
 * The program that is tortured: opens a buffer and does what it is told on standard input, one
 * command a line, each answered with one {@link Tell#REPLY}. Ends when its input ends.
 */
final class Writer implements AutoCloseable {
  private final Settings settings;
  private final Tell.Pipe pipe = new Tell.Pipe();
  private final InterchangeTransport transport;
  private final EventBuffer buffer;
  private final Appending appending;

  private Writer(Settings settings) {
    this.settings = settings;
    transport =
        InterchangeTransport.builder()
            .apiKey(() -> FakeEndpoint.API_KEY)
            .baseUrl(settings.endpoint())
            .requestTimeout(settings.requestTimeout())
            .build();
    pipe.opening();
    long start = System.nanoTime();
    buffer = settings.buffer(transport).open();
    pipe.opened(System.nanoTime() - start);
    appending = new Appending(buffer, settings, pipe);
  }

  /** Arguments: {@link Settings#arguments()}. */
  public static void main(String[] arguments) throws Exception {
    // Whatever prints must not get among the records.
    System.setOut(System.err);
    try (Writer writer = new Writer(Settings.parse(arguments))) {
      writer.obey();
    } catch (Throwable e) {
      new Tell.Pipe().text(Tell.TROUBLE, e.toString());
      e.printStackTrace();
      Runtime.getRuntime().halt(2);
    }
  }

  private void obey() throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("exit")) {
        return;
      }
      pipe.text(Tell.REPLY, reply(words));
    }
    // The driver is gone.
    Runtime.getRuntime().halt(3);
  }

  private String reply(String[] words) throws Exception {
    switch (words[0]) {
      case "append" -> {
        appending.start(
            Long.parseLong(words[1]),
            Long.parseLong(words[2]),
            Integer.parseInt(words[3]),
            Long.parseLong(words[4]),
            Integer.parseInt(words[5]));
        return "";
      }
      case "hunger" -> {
        new Hunger(buffer, settings.payload(), pipe)
            .run(
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Integer.parseInt(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]));
        return "";
      }
      case "join" -> {
        appending.join();
        return "";
      }
      case "halt" -> {
        appending.halt();
        return "";
      }
      case "flush" -> {
        return words(buffer.flush(millis(words[1])));
      }
      case "close" -> {
        appending.halt();
        return words(buffer.close(millis(words[1])));
      }
      case "stats" -> {
        return stats(buffer.stats());
      }
      case "health" -> {
        return buffer.health().toString();
      }
      case "dead-letters" -> {
        for (DeadLetter letter : buffer.deadLetters().list(Integer.MAX_VALUE)) {
          pipe.text(Tell.DEAD_LETTER, letter.event());
        }
        return "";
      }
      case "pid" -> {
        return "pid=" + ProcessHandle.current().pid();
      }
      case "resources" -> {
        return Resources.of(settings.directory()).toString();
      }
      case "pause" -> {
        buffer.pause();
        return "";
      }
      case "resume" -> {
        buffer.resume();
        return "";
      }
      default -> throw new IOException("no such command: " + words[0]);
    }
  }

  private static Duration millis(String word) {
    return Duration.ofMillis(Long.parseLong(word));
  }

  private static String words(FlushResult result) {
    return "complete=" + (result.complete() ? 1 : 0) + " pending=" + result.pending();
  }

  private static String stats(BufferStats stats) throws ReflectiveOperationException {
    StringJoiner words = new StringJoiner(" ");
    for (RecordComponent counter : BufferStats.class.getRecordComponents()) {
      words.add(counter.getName() + "=" + counter.getAccessor().invoke(stats));
    }
    return words.toString();
  }

  @Override
  public void close() {
    buffer.close();
    transport.close();
  }
}
