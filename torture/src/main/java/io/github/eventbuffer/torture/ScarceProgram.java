package io.github.eventbuffer.torture;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventTransport;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A program that opens a buffer each time that it is told a number, appends a few events from that
 * number on, closes it and says in one line what came of it. What it may have of descriptors and
 * threads is changed from outside, between two lines.
 */
final class ScarceProgram {
  /** How many events are appended after each open. */
  static final int EVENTS = 8;

  /** In place of a number: asks what is open still. */
  static final String LEFT = "left";

  private static final Duration RELEASED = Duration.ofSeconds(5);

  private ScarceProgram() {}

  /** Arguments: {@link Settings#arguments()}. */
  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    Settings settings = Settings.parse(arguments);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(line.equals(LEFT) ? left(settings) : attempt(settings, Long.parseLong(line)));
    }
  }

  /** What is open still; Chronicle lets go of its files in the background. */
  private static Resources left(Settings settings) throws Exception {
    long deadline = System.nanoTime() + RELEASED.toNanos();
    Resources left = Resources.of(settings.directory());
    while (left.files() + left.mappings() + left.threads() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(5);
      left = Resources.of(settings.directory());
    }
    return left;
  }

  private static String attempt(Settings settings, long first) {
    EventBuffer buffer;
    try {
      buffer = settings.buffer(new Refusing()).open();
    } catch (EventBufferException e) {
      return "refused " + e.reason() + " " + e.getMessage();
    } catch (Throwable e) {
      return "threw " + e;
    }
    StringBuilder answers = new StringBuilder("opened ");
    try {
      for (long n = first; n < first + EVENTS; n++) {
        byte[] json = settings.payload().json(n);
        answers.append((char) Answer.of(buffer.appendJson(json).status()).code);
      }
    } catch (Throwable e) {
      answers.append(" threw ").append(e);
    }
    try {
      buffer.close(Duration.ofSeconds(1));
    } catch (Throwable e) {
      answers.append(" close threw ").append(e);
    }
    return answers.toString();
  }

  /** Keeps everything for a run that has what it needs. */
  private static final class Refusing implements EventTransport {
    @Override
    public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
      return CompletableFuture.completedFuture(new DeliveryResult.Held("not now"));
    }

    @Override
    public void close() {}
  }
}
