package io.github.eventbuffer.benchmarks;

import static io.github.eventbuffer.benchmarks.Goal.atLeastTimes;
import static io.github.eventbuffer.benchmarks.Goal.atMost;
import static io.github.eventbuffer.benchmarks.Goal.atMostTimes;
import static io.github.eventbuffer.benchmarks.Unit.BYTES;
import static io.github.eventbuffer.benchmarks.Unit.EVENTS_PER_SECOND;
import static io.github.eventbuffer.benchmarks.Unit.MILLIS;
import static io.github.eventbuffer.benchmarks.Unit.NANOS;
import static io.github.eventbuffer.benchmarks.Unit.PERCENT;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is measured, against what, and what it should come to. */
final class Plan {
  static final List<Section> SECTIONS =
      List.of(
          new Section(
              List.of(
                  "append-1",
                  "raw-1",
                  "raw-preallocated",
                  "append-json",
                  "duplicate",
                  "segment",
                  "segment-enqueue",
                  "fluency",
                  "mvstore",
                  "file",
                  "rocksdb",
                  "sqlite",
                  "otel",
                  "tape"),
              2,
              7),
          new Section(List.of("append-4", "raw-4"), 2, 7),
          new Section(List.of("append-16", "raw-16"), 2, 7),
          new Section(List.of("latency", "raw-latency"), 2, 5),
          new Section(List.of("drain", "post"), 2, 5),
          new Section(List.of("catch-up"), 1, 3),
          new Section(List.of("drain-heap"), 1, 3),
          new Section(List.of("power-16", "power-1", "raw-forced", "file-forced"), 2, 5),
          new Section(List.of("open"), 1, 3),
          new Section(List.of("filter-heap"), 1, 1),
          new Section(List.of("idle"), 1, 1),
          new Section(List.of("disk"), 1, 1));

  static final List<Measure> MEASURES =
      List.of(
          row("append-raw", "append, 1 thread : raw, sparse", NANOS)
              .of("append-1", "nanos")
              .to("raw-1", "nanos")
              .goal(atMostTimes(1.5)),
          row("append-preallocated", "append, 1 thread : raw, preallocated", NANOS)
              .of("append-1", "nanos")
              .to("raw-preallocated", "nanos")
              .goal(atMostTimes(3)),
          row("append-4", "append, 4 threads : raw, sparse", EVENTS_PER_SECOND)
              .of("append-4", "rate")
              .to("raw-4", "rate")
              .goal(atLeastTimes(0.8)),
          row("append-16", "append, 16 threads : raw, sparse", EVENTS_PER_SECOND)
              .of("append-16", "rate")
              .to("raw-16", "rate")
              .goal(atLeastTimes(0.8)),
          row("append-json", "appendJson, 1 thread : raw, sparse", NANOS)
              .of("append-json", "nanos")
              .to("raw-1", "nanos")
              .goal(atMostTimes(1.3)),
          latency("p50").goal(null),
          latency("p90").goal(null),
          latency("p99").goal(null),
          latency("p999").goal(atMostTimes(1)),
          latency("p9999").goal(atMostTimes(1)),
          latency("pause").goal(atMostTimes(1)),
          row("allocation", "heap allocated per append, beside the event", BYTES)
              .of("append-1", "heap")
              .goal(atMost(160)),
          row("duplicate", "duplicate answer : raw, sparse", NANOS)
              .of("duplicate", "nanos")
              .to("raw-1", "nanos")
              .goal(atMostTimes(0.7)),
          row("drain", "drain to loopback : prepared bodies posted", EVENTS_PER_SECOND)
              .of("drain", "rate")
              .to("post", "rate")
              .goal(atLeastTimes(0.8)),
          row("drain-heap", "heap while draining, 5 × the backlog : 1 ×", BYTES)
              .of("drain-heap", "large")
              .to("drain-heap", "small")
              .goal(atMostTimes(1.25)),
          row(
                  "catch-up",
                  "catch-up, 100 ms of server time : 4 batches per 100 ms",
                  EVENTS_PER_SECOND)
              .of("catch-up", "rate")
              .to("catch-up", "ideal")
              .goal(atLeastTimes(0.9)),
          power("power-raw", 16, "raw, 1 thread, a force each", "raw-forced").goal(atLeastTimes(8)),
          power("power-file", 16, "plain file, 1 thread, a force each", "file-forced")
              .goal(atLeastTimes(8)),
          power("power-alone", 1, "plain file, a force each", "file-forced").goal(null),
          row("open", "open with 1,000,000 ids : raw tailer's pass", MILLIS)
              .of("open", "open")
              .to("open", "pass")
              .goal(atMostTimes(2)),
          row("filter-heap", "heap per id of the duplicate window, 1,000,000 ids", BYTES)
              .of("filter-heap", "most")
              .goal(atMost(200)),
          row("idle", "CPU that an idle buffer adds to its JVM", PERCENT)
              .of("idle", "added")
              .goal(atMost(0.1)),
          row("disk", "bytes on disk per event : its JSON", BYTES)
              .of("disk", "event")
              .to("disk", "json")
              .goal(atMostTimes(1.15)),
          peer("segment", "Segment analytics-java, `offer`", Survives.NOTHING)
              .goal(atMostTimes(1.0 / 6)),
          peer("segment-enqueue", "Segment analytics-java, `enqueue`", Survives.NOTHING).goal(null),
          peer("fluency", "Fluency, `emit`", Survives.NOTHING).goal(null),
          peer("mvstore", "H2 MVStore, `put` (the last second is lost)", Survives.NOTHING)
              .goal(null),
          peer("file", "FileChannel, `write`", Survives.PROCESS).goal(null),
          peer("rocksdb", "RocksDB, `put`", Survives.PROCESS).goal(null),
          peer("sqlite", "SQLite, WAL, `INSERT`", Survives.PROCESS).goal(atMostTimes(0.1)),
          peer("otel", "OpenTelemetry disk-buffering, `write`", Survives.PROCESS).goal(null),
          peer("tape", "Tape, `add`", Survives.POWER).goal(null));

  private Plan() {}

  private static Draft latency(String figure) {
    String name =
        switch (figure) {
          case "p999" -> "p99.9";
          case "p9999" -> "p99.99";
          case "pause" -> "longest pause";
          default -> figure;
        };
    return row("latency-" + figure, name + " of append while draining : raw, sparse", NANOS)
        .of("latency", figure)
        .to("raw-latency", figure);
  }

  private static Draft power(String id, int threads, String reference, String trial) {
    String name = "append, POWER, " + threads + (threads == 1 ? " thread : " : " threads : ");
    return row(id, name + reference, EVENTS_PER_SECOND)
        .of("power-" + threads, "rate")
        .to(trial, "rate");
  }

  /** What an append takes beside the same event in a peer. */
  private static Draft peer(String trial, String name, Survives survives) {
    return row("peer-" + trial, name, NANOS)
        .of("append-1", "nanos")
        .to(trial, "nanos")
        .peer(survives);
  }

  private static Draft row(String id, String name, Unit unit) {
    return new Draft(id, name, unit);
  }

  /**
   * The measures with one of these ids, or with ids that begin with one of them and a hyphen; all
   * when none is named.
   */
  static List<Measure> named(List<String> words) {
    return MEASURES.stream()
        .filter(measure -> words.isEmpty() || words.stream().anyMatch(measure::isNamed))
        .toList();
  }

  /** The trials that measures need. */
  static Set<String> trials(List<Measure> measures) {
    Set<String> trials = new TreeSet<>();
    for (Measure measure : measures) {
      trials.add(measure.ours().trial());
      Figure reference = measure.reference();
      if (reference != null) {
        trials.add(reference.trial());
      }
    }
    return trials;
  }

  /** A measure while it is written down. */
  private static final class Draft {
    private final String id;
    private final String name;
    private final Unit unit;
    private @Nullable Figure ours;
    private @Nullable Figure reference;
    private @Nullable Survives survives;

    Draft(String id, String name, Unit unit) {
      this.id = id;
      this.name = name;
      this.unit = unit;
    }

    Draft of(String trial, String figure) {
      ours = new Figure(trial, figure);
      return this;
    }

    Draft to(String trial, String figure) {
      reference = new Figure(trial, figure);
      return this;
    }

    Draft peer(Survives what) {
      survives = what;
      return this;
    }

    Measure goal(@Nullable Goal goal) {
      Figure of = ours;
      if (of == null) {
        throw new IllegalStateException(id + " measures nothing");
      }
      return new Measure(id, name, unit, of, reference, goal, survives);
    }
  }
}
