package io.github.eventbuffer.torture;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.EventBuffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * Makes a {@link Stock} in the driver's own process. A kill is a copy that is taken while nothing
 * moves: byte for byte what a kill -9 leaves.
 */
final class Stocking {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int DEAD_EVERY = 97;

  private final Settings settings;
  private final Oracle oracle;
  private final Random random;
  private final int mostEvents;
  private Path directory;
  private int events;

  /**
   * Plans a stock.
   *
   * @param settings where it shall lie
   * @param oracle is told of all that is offered, answered and delivered
   * @param mostEvents of one run
   */
  Stocking(Settings settings, Oracle oracle, Random random, int mostEvents) {
    this.settings = settings;
    this.oracle = oracle;
    this.random = random;
    this.mostEvents = mostEvents;
    directory = settings.directory();
  }

  /** Makes it, by so many runs of a buffer. The last one never delivers. */
  Stock make(int runs) throws IOException, InterruptedException {
    for (int run = 1; run <= runs; run++) {
      // The first one delivers, so that there are dead letters: event 0 is one.
      boolean delivers = run == 1 || run < runs && random.nextInt(3) > 0;
      run(delivers, random.nextBoolean());
    }
    Settings ended = settings.with(Setting.DIRECTORY, directory);
    Payload payload = oracle.payload();
    List<EntryExtent> entries = Survey.of(directory, payload);
    BitSet letters = new BitSet();
    entries.stream().filter(EntryExtent::letter).forEach(letter -> letters.set(letter.number()));
    return new Stock(ended, oracle, events, letters, entries);
  }

  /** One life of a buffer: delivers, or not; then goes on appending without any answer. */
  private void run(boolean delivers, boolean killed) throws IOException, InterruptedException {
    Collector collector = new Collector(DEAD_EVERY);
    if (!delivers) {
      collector.fallSilent();
    }
    Path next = directory.resolveSibling(directory.getFileName() + "k");
    try (EventBuffer buffer =
        settings.with(Setting.DIRECTORY, directory).buffer(collector).open()) {
      append(buffer, 1 + random.nextInt(mostEvents));
      if (delivers && !buffer.flush(LONG).complete()) {
        throw new IOException("the stock could not be delivered: " + buffer.health());
      }
      collector.report(oracle);
      for (DeadLetter letter : buffer.deadLetters().list(Integer.MAX_VALUE)) {
        oracle.deadLettered(letter.eventId(), letter.event());
      }
      collector.fallSilent();
      append(buffer, random.nextInt(mostEvents));
      buffer.flush(Duration.ofMillis(5));
      if (killed) {
        settle(buffer);
        DirectoryTree.copy(directory, next);
      }
      buffer.close(Duration.ZERO);
    }
    if (killed) {
      DirectoryTree.delete(directory);
      directory = next;
    }
  }

  /** Nothing moves once delivery is paused and the next segment is ready. */
  private static void settle(EventBuffer buffer) throws InterruptedException {
    buffer.pause();
    long before = -1;
    for (long now = buffer.stats().diskBytes(); now != before; now = buffer.stats().diskBytes()) {
      before = now;
      Thread.sleep(60);
    }
  }

  private void append(EventBuffer buffer, int count) throws IOException {
    oracle.offered(events, count);
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      AppendResult result = buffer.appendJson(oracle.payload().json(events));
      Answer answer = Answer.valueOf(result.status().name());
      oracle.answered(events, answer, Duration.ofNanos(System.nanoTime() - start));
      if (answer != Answer.ACCEPTED) {
        throw new IOException("the stock could not be appended: " + result);
      }
      events++;
    }
  }
}
