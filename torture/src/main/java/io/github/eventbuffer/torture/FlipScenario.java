package io.github.eventbuffer.torture;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** Damaged bytes in any file of a directory that a buffer left behind. */
final class FlipScenario implements Scenario {
  /** So many copies are damaged of one stock. */
  private static final int COPIES = 250;

  private static final int MOST_EVENTS_OF_A_RUN = 600;

  @Override
  public String name() {
    return "flip";
  }

  @Override
  public String description() {
    return "bits flipped, pages zeroed, swapped or overwritten, in any file";
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
  public void run(Run run) throws Exception {
    Examination examination = new Examination(run);
    Stock stock = null;
    for (int cycle = 1; cycle <= run.cycles(); cycle++) {
      if (stock == null || cycle % COPIES == 0) {
        if (stock != null) {
          stock.delete();
        }
        stock = stock(run, cycle);
      }
      // A generator of its own for each, so that one copy can be looked at without the others.
      Random random = run.random("flip " + cycle);
      Path copy = stock.copy(run.directory().resolve("copy" + cycle));
      Wound wound = new BadDisk(copy, random).strike();
      examination.examine(stock, copy, wound);
      DirectoryTree.delete(copy);
      run.done(cycle);
    }
    examination.report();
  }

  private static Stock stock(Run run, int cycle) throws IOException, InterruptedException {
    Random random = run.random("stock " + cycle);
    Settings settings =
        Settings.of(run.directory().resolve("stock" + cycle), run.seed(), URI.create("http://none"))
            .with(Setting.MAX_BATCH_EVENTS, 200)
            .with(Setting.WINDOW_ENTRIES, 1_500)
            .with(Setting.FLUSH_INTERVAL_MILLIS, 1);
    Limits limits = new Limits(200, 4, Duration.ofSeconds(4), Duration.ofSeconds(3));
    return new Stocking(settings, run.oracle(limits), random, MOST_EVENTS_OF_A_RUN)
        .make(3 + random.nextInt(3));
  }
}
