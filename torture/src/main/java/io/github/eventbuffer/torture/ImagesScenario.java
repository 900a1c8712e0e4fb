package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Stops a writer anywhere, copies its directory, lets it go on, and opens the copy: each image is a
 * kill -9 without the price of a restart. Segments are small, so images catch rolls, commits, dead
 * letters and removals half done.
 */
final class ImagesScenario implements Scenario {
  private static final int WRITERS = 2;
  private static final int THREADS = 4;
  private static final int PAUSE_MICROS = 2_000;

  /** After so many, with new directories: an image should not grow with the run. */
  private static final int IMAGES_A_LIFE = 400;

  private static final int EXAMINERS = 2;
  private static final int MOST_UNEXAMINED = 6;

  @Override
  public String name() {
    return "images";
  }

  @Override
  public String description() {
    return "copies of the directory of a stopped writer, each opened like after a kill -9";
  }

  @Override
  public int shortDose() {
    return 200;
  }

  @Override
  public int longDose() {
    return 20_000;
  }

  @Override
  public @Nullable String obstacle() {
    return Requirement.first(Requirement.linux(), Requirement.program("bash", "bash"));
  }

  /** A writer and its victim, for as many images as a life has. */
  private record Life(Victim victim, Judge judge, WriterProcess writer) {}

  @Override
  public void run(Run run) throws Exception {
    Random random = run.random("images");
    OpenTimes opens = new OpenTimes();
    Signals signals = run.own(new Signals());
    try (Examiners examiners = run.own(new Examiners(opens))) {
      int image = 0;
      while (image < run.cycles()) {
        int end = Math.min(run.cycles(), image + IMAGES_A_LIFE);
        List<Life> lives = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          lives.add(begin(run, "life-" + image + "-" + i, random));
        }
        for (; image < end; image++) {
          LockSupport.parkNanos(1_000L * random.nextInt(8_000));
          examiners.add(take(run, signals, lives.get(random.nextInt(WRITERS)), image));
          run.done(image);
        }
        examiners.await();
        for (Life life : lives) {
          end(run, life, end == run.cycles());
        }
      }
    }
    opens.report(run);
  }

  private static Life begin(Run run, String name, Random random)
      throws IOException, InterruptedException {
    Judge judge = run.own(Judge.moody(random, 15, 97));
    Settings settings = run.settings(name, judge).with(Setting.WINDOW_ENTRIES, 500);
    Oracle oracle = run.oracle(Limits.of(settings).anyAppend());
    Victim victim = new Victim(run, settings, judge, oracle, new OpenTimes());
    WriterProcess writer = victim.start();
    writer.awaitOpen();
    victim.append(writer, 200_000, THREADS, PAUSE_MICROS);
    return new Life(victim, judge, writer);
  }

  private static Image take(Run run, Signals signals, Life life, int number)
      throws IOException, InterruptedException {
    Child child = life.writer.child();
    Victim victim = life.victim;
    Path copy = run.directory().resolve("image-" + number);
    signals.send("STOP", child.pid());
    try {
      while (!child.isStopped()) {
        if (!child.isAlive()) {
          throw new IOException("the writer ended by itself: " + life.writer.trouble());
        }
        LockSupport.parkNanos(50_000);
      }
      life.writer.drain();
      // What the endpoint stores from here on, the image has to bring, too.
      life.judge.report(victim.oracle());
      DirectoryTree.copy(victim.settings().directory(), copy);
      Settings settings = victim.settings().with(Setting.DIRECTORY, copy);
      return new Image(settings, victim.oracle(), victim.oracle().snapshot(), THREADS);
    } finally {
      signals.send("CONT", child.pid());
    }
  }

  private static void end(Run run, Life life, boolean last)
      throws IOException, InterruptedException {
    life.writer.ask("halt");
    life.writer.join();
    life.victim.settle(life.writer);
    life.victim.exit(life.writer);
    if (last) {
      life.victim.finish();
    }
    run.end(life.judge);
    if (life.victim.oracle().violations().isEmpty()) {
      DirectoryTree.delete(life.victim.settings().directory());
    }
  }

  /** Examines images while the next ones are taken. */
  private static final class Examiners implements AutoCloseable {
    private final OpenTimes opens;
    private final ExecutorService threads = Executors.newFixedThreadPool(EXAMINERS);
    private final Semaphore room = new Semaphore(MOST_UNEXAMINED);

    Examiners(OpenTimes opens) {
      this.opens = opens;
    }

    void add(Image image) throws InterruptedException {
      room.acquire();
      threads.execute(
          () -> {
            try {
              image.examine(opens);
            } finally {
              room.release();
            }
          });
    }

    /** Waits until all are examined. */
    void await() throws InterruptedException {
      room.acquire(MOST_UNEXAMINED);
      room.release(MOST_UNEXAMINED);
    }

    @Override
    public void close() {
      threads.shutdownNow();
      try {
        threads.awaitTermination(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
