package io.github.eventbuffer.torture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A short run that gives one kind of planted fault the occasion to show. */
final class PlantedScenario implements Scenario {

  /** What the buffer goes through. */
  enum Weather {
    CALM,
    /** The same, and callers append again what failed. */
    STUBBORN,
    /** Many events, and no fault. */
    BULK,
    /** An endpoint that fails, refuses events and loses answers. */
    STORM,
    KILLS,
    /** Bits of stored payloads are flipped between two runs. */
    FLIPS,
    /** Each append is forced. */
    POWER
  }

  private static final int TRIES = 3;
  private static final long ANSWERS = 400;
  private static final int LOOKS = 4_000;
  private static final Duration DRAINED = Duration.ofSeconds(4);

  private final Weather weather;

  PlantedScenario(Weather weather) {
    this.weather = weather;
  }

  @Override
  public String name() {
    return "planted";
  }

  @Override
  public String description() {
    return "a fault within the library, for the oracle to find";
  }

  @Override
  public int shortDose() {
    return 1;
  }

  @Override
  public int longDose() {
    return 1;
  }

  @Override
  public void run(Run run) throws Exception {
    boolean rough = weather == Weather.STORM || weather == Weather.KILLS;
    Judge judge = run.own(rough ? Judge.moody(run.random("judge"), 40, 97) : Judge.calm());
    Settings settings =
        run.settings("events", judge)
            .with(Setting.APPEND_TIMEOUT_MILLIS, 50)
            .with(Setting.DURABILITY, weather == Weather.POWER ? "POWER" : "PROCESS");
    Oracle oracle = run.oracle(Limits.of(settings));
    Victim victim = new Victim(run, settings, judge, oracle, new OpenTimes());
    switch (weather) {
      case CALM, STUBBORN, BULK -> {
        int count = weather == Weather.BULK ? 15_000 : 2_000;
        appendAndSettle(victim, count, weather == Weather.STUBBORN ? TRIES : 1);
        if (oracle.violations().isEmpty()) {
          victim.finish();
        }
      }
      case STORM -> appendAndSettle(victim, 3_000, 1);
      case KILLS -> {
        for (int kill = 0; kill < 3; kill++) {
          WriterProcess writer = victim.start();
          writer.awaitOpen();
          victim.appendAgain(writer);
          victim.append(writer, 4_000, 4, 100, TRIES);
          Thread.sleep(250);
          awaitAnswers(writer);
          victim.kill(writer);
        }
        victim.settle();
      }
      case FLIPS -> flip(victim, judge);
      case POWER -> {
        WriterProcess writer = victim.start();
        writer.awaitOpen();
        victim.append(writer, 400, 4, 0, TRIES);
        writer.join();
        writer.flush(DRAINED);
        judge.report(oracle);
        oracle.conserved();
      }
    }
  }

  /** On a busy machine, a writer may have said nothing yet that a kill could make untrue. */
  private static void awaitAnswers(WriterProcess writer) throws InterruptedException {
    for (int look = 0; look < LOOKS && answers(writer) < ANSWERS; look++) {
      Thread.sleep(5);
    }
  }

  private static long answers(WriterProcess writer) {
    return writer.answers().values().stream().mapToLong(n -> n).sum();
  }

  private static void appendAndSettle(Victim victim, int count, int tries)
      throws IOException, InterruptedException {
    WriterProcess writer = victim.start();
    writer.awaitOpen();
    victim.append(writer, count, 4, 0, tries);
    writer.join();
    victim.settle(writer);
    victim.exit(writer);
  }

  /** What is damaged is lost, and rightly so; it must not come out as something else. */
  private static void flip(Victim victim, Judge judge) throws IOException, InterruptedException {
    WriterProcess writer = victim.start();
    writer.awaitOpen();
    writer.ask("pause");
    victim.append(writer, 500, 2, 0, TRIES);
    writer.join();
    victim.kill(writer);
    try (Stream<Path> files = Files.walk(victim.settings().directory().resolve("queue"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".cq4")).toList()) {
        flipEveryTenth(file);
      }
    }
    WriterProcess next = victim.start();
    next.awaitOpen();
    next.flush(DRAINED);
    judge.report(victim.oracle());
    victim.oracle().balanced(next.stats());
  }

  private static void flipEveryTenth(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    byte[] currency = "\"USD\"".getBytes(StandardCharsets.US_ASCII);
    int found = 0;
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      for (int at = 0; at + currency.length < all.length; at++) {
        boolean here = true;
        for (int i = 0; i < currency.length && here; i++) {
          here = all[at + i] == currency[i];
        }
        if (here && found++ % 10 == 0) {
          open.seek(at + 1);
          open.write('U' ^ 1);
        }
      }
    }
  }
}
