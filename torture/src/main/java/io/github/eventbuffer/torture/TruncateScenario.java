package io.github.eventbuffer.torture;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every file of a small directory, cut off at every byte that was ever written. Where nothing but
 * zeros were written, which is most of a preallocated file, at every page.
 */
final class TruncateScenario implements Scenario {
  private static final int PAGE = 4096;
  private static final int RUNS = 4;
  private static final int MOST_EVENTS_OF_A_RUN = 8;

  @Override
  public String name() {
    return "truncate";
  }

  @Override
  public String description() {
    return "every kind of file of a small queue cut off at every byte";
  }

  @Override
  public int shortDose() {
    return 150;
  }

  /** More than there are places, so all of them. */
  @Override
  public int longDose() {
    return 60_000;
  }

  /** A file and where it is cut off. */
  private record Cut(Path file, long length) {}

  @Override
  public void run(Run run) throws Exception {
    Stock stock = stock(run);
    List<Cut> cuts = cuts(stock.directory());
    run.figure("places", cuts.size());
    if (cuts.size() > run.cycles()) {
      Collections.shuffle(cuts, run.random("cuts"));
      cuts = cuts.subList(0, run.cycles());
    }
    Examination examination = new Examination(run);
    int done = 0;
    for (Cut cut : cuts) {
      Path copy = stock.copy(run.directory().resolve("copy" + ++done));
      Wound wound = new Wound(copy);
      wound.truncate(copy.resolve(cut.file), cut.length);
      examination.examine(stock, copy, wound);
      DirectoryTree.delete(copy);
      run.done(done);
    }
    run.figure("cuts", done);
    examination.report();
  }

  private static Stock stock(Run run) throws IOException, InterruptedException {
    Settings settings =
        Settings.of(run.directory().resolve("stock"), run.seed(), URI.create("http://none"))
            .with(Setting.MAX_BATCH_EVENTS, 5)
            .with(Setting.WINDOW_ENTRIES, 1_000)
            .with(Setting.FLUSH_INTERVAL_MILLIS, 1);
    Limits limits = new Limits(5, 4, Duration.ofSeconds(4), Duration.ofSeconds(3));
    return new Stocking(settings, run.oracle(limits), run.random("stock"), MOST_EVENTS_OF_A_RUN)
        .make(RUNS);
  }

  private static List<Cut> cuts(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.filter(file -> Files.isRegularFile(file)).sorted().toList();
    }
    List<Cut> cuts = new ArrayList<>();
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      for (int length = 0; length < bytes.length; length++) {
        boolean written = bytes[length] != 0 || length > 0 && bytes[length - 1] != 0;
        if (written || length % PAGE == 0) {
          cuts.add(new Cut(directory.relativize(file), length));
        }
      }
    }
    return cuts;
  }
}
