package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.HistoryStep.AppendFresh;
import io.github.eventbuffer.HistoryStep.AppendKnown;
import io.github.eventbuffer.HistoryStep.Close;
import io.github.eventbuffer.HistoryStep.Damage;
import io.github.eventbuffer.HistoryStep.Endpoint;
import io.github.eventbuffer.HistoryStep.Fault;
import io.github.eventbuffer.HistoryStep.Flush;
import io.github.eventbuffer.HistoryStep.Kill;
import io.github.eventbuffer.HistoryStep.Look;
import io.github.eventbuffer.HistoryStep.Pause;
import io.github.eventbuffer.HistoryStep.Restart;
import io.github.eventbuffer.HistoryStep.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** Plays a history on a real directory and tells the model what happened. */
final class HistoryPlayer {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Instant START = Instant.parse("2026-04-26T14:30:00Z");

  private final Path root;
  private final int window;
  private final HistoryModel model;
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private int runs;
  private int appended;
  private Run run;

  HistoryPlayer(Path root, int window) {
    this.root = root;
    this.window = window;
    model = new HistoryModel(window);
  }

  void play(Settings first, List<HistoryStep> steps) throws Exception {
    run = new Run(root.resolve("run-0"), first, START);
    try {
      for (HistoryStep step : steps) {
        play(step);
      }
      faults.clear();
      Settings last = new Settings(40, 4, false, Duration.ofSeconds(1), Duration.ZERO);
      play(new Restart(0, new Close(Duration.ZERO), List.of(), 0, last));
      assertTrue(
          run.buffer.flush(LONG).complete(), () -> run.buffer.health() + " " + run.buffer.stats());
      BufferStats stats = run.buffer.stats();
      List<DeadLetter> letters = run.buffer.deadLetters().list(100_000);
      int attempts = model.attempts();
      // The word of the last answers may come after the flush has returned, not after the close.
      play(new Restart(0, new Close(LONG), List.of(), 0, last));
      model.judge(stats, letters);
      assertEquals(0, run.buffer.stats().pending());
      run.buffer.close();
      assertEquals(attempts, model.attempts(), "sent though nothing was pending");
    } finally {
      run.buffer.close(Duration.ZERO);
    }
  }

  private void play(HistoryStep step) throws Exception {
    if (step instanceof AppendFresh fresh) {
      appendFresh(fresh.many(), fresh.fat());
    } else if (step instanceof AppendKnown known) {
      if (model.accepted() > 0) {
        HistoryEvent event = model.accepted(known.acceptancesAgo() % model.accepted());
        append(known.otherType() ? event.namesake() : event);
      }
    } else if (step instanceof Endpoint endpoint) {
      faults.addAll(endpoint.faults());
    } else if (step instanceof Flush flush) {
      run.buffer.flush(flush.timeout());
    } else if (step instanceof Pause pause) {
      if (pause.pause()) {
        run.buffer.pause();
      } else {
        run.buffer.resume();
      }
    } else if (step instanceof Look) {
      HistoryModel.conserved(run.buffer.stats());
    } else if (step instanceof Restart restart) {
      restart(restart);
    }
  }

  private void appendFresh(int many, boolean fat) {
    for (int i = 0; i < many; i++) {
      append(new HistoryEvent("lead", appended++, fat));
    }
  }

  private void append(HistoryEvent event) {
    model.offering(event, run.clock.opened());
    model.answered(event, event.appendTo(run.buffer).status(), run.clock.opened());
  }

  private void restart(Restart restart) throws Exception {
    if (restart.outage() > 0) {
      run.buffer.pause();
      appendFresh(restart.outage(), false);
    }
    Path directory = run.directory;
    if (restart.end() instanceof Kill kill) {
      directory = root.resolve("run-" + ++runs);
      run.kill(kill, directory);
    } else if (restart.end() instanceof Close close) {
      run.buffer.close(close.timeout());
    }
    for (Damage damage : restart.damage()) {
      int events = HistoryDamage.inflict(directory, damage);
      if (events >= 0) {
        model.damaged(damage, events);
      }
    }
    Instant now = run.clock.opened().plusSeconds(restart.clockStepSeconds());
    run = new Run(directory, restart.next(), now);
  }

  /** A buffer from its open to its end, and all that it is told. */
  private final class Run implements EventBufferListener {
    final Path directory;
    final KillableClock clock;
    final EventBuffer buffer;
    private final Duration maxEventAge;
    private volatile boolean dead;

    Run(Path directory, Settings settings, Instant now) {
      this.directory = directory;
      clock = new KillableClock(now);
      maxEventAge = settings.maxEventAge();
      model.opening(now, maxEventAge);
      buffer = open(settings);
      model.opened();
    }

    private EventBuffer open(Settings settings) {
      EventBuffer.Builder builder =
          EventBuffer.builder(directory)
              .destination(BufferTestCase.DESTINATION)
              .transport(new ScriptedTransport().later(this::answer))
              .listener(this)
              .clock(clock)
              .requireSourceUrl(false)
              .segmentBytes(1 << 20)
              .maxEventBytes(16 << 10)
              .appendTimeout(LONG)
              .maxBatchEvents(settings.maxBatchEvents())
              .maxBatchBytes(settings.smallBatchBytes() ? 4 << 10 : 1 << 20)
              .maxInFlightBatches(settings.maxInFlight())
              .flushInterval(settings.flushInterval())
              .attemptTimeout(Duration.ofSeconds(5))
              .duplicateWindow(window, HistoryModel.WINDOW_AGE)
              .retryPolicy(
                  new RetryPolicy(
                      Duration.ofMillis(100),
                      Duration.ofSeconds(1),
                      Duration.ofMillis(100),
                      Duration.ofSeconds(1)));
      if (!maxEventAge.isZero()) {
        builder.maxEventAge(maxEventAge);
      }
      for (long end = System.nanoTime() + LONG.toNanos(); ; ) {
        try {
          return builder.open();
        } catch (EventBufferException e) {
          // A slow machine: the last close could not wait for the flusher's end.
          if (e.reason() != EventBufferException.Reason.LOCKED || System.nanoTime() > end) {
            throw e;
          }
          Thread.onSpinWait();
        }
      }
    }

    void kill(Kill kill, Path image) throws InterruptedException {
      boolean killed =
          clock.kill(
              kill.moments(),
              told -> {
                copy(image);
                model.killed(told);
                dead = true;
              },
              () -> {
                if (kill.inFlush()) {
                  buffer.flush(Duration.ofMillis(2));
                }
              });
      assertTrue(killed, "the flusher stands still");
      buffer.close(Duration.ZERO);
    }

    private void copy(Path image) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path from : (Iterable<Path>) all::iterator) {
          try {
            Files.copy(from, image.resolve(directory.relativize(from)));
          } catch (NoSuchFileException e) {
            // The preallocator goes on meanwhile.
            continue;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private CompletionStage<DeliveryResult> answer(ScriptedTransport.Attempt attempt) {
      clock.moment(false);
      if (dead) {
        return new CompletableFuture<>();
      }
      model.attempted(attempt, clock.opened(), maxEventAge);
      Fault fault = faults.poll();
      if (fault == null || fault.answer() == HistoryStep.Answer.TAKEN) {
        return CompletableFuture.completedFuture(model.store(attempt));
      }
      if (fault.storedAllTheSame()) {
        model.store(attempt);
      }
      return answer(fault, attempt);
    }

    private CompletionStage<DeliveryResult> answer(Fault fault, ScriptedTransport.Attempt attempt) {
      return switch (fault.answer()) {
        case TAKEN -> throw new IllegalArgumentException("no fault");
        case UNAVAILABLE -> CompletableFuture.completedFuture(new DeliveryResult.Unavailable("x"));
        case THROTTLED -> CompletableFuture.completedFuture(new DeliveryResult.Throttled(null));
        case THROTTLED_FOR_A_SECOND ->
            CompletableFuture.completedFuture(new DeliveryResult.Throttled(Duration.ofSeconds(1)));
        case HELD -> CompletableFuture.completedFuture(new DeliveryResult.Held("held"));
        case INVALID_BATCH -> CompletableFuture.completedFuture(model.refuse(attempt));
        case TOO_LARGE -> CompletableFuture.completedFuture(model.tooLarge(attempt));
        case NOTHING -> new CompletableFuture<>();
        case NULL -> CompletableFuture.completedFuture(null);
        case THROWN -> throw new IllegalStateException("thrown by the transport");
        case ERROR -> CompletableFuture.failedFuture(new OutOfMemoryError("pretended"));
      };
    }

    @Override
    public void onRecovery(RecoveryReport found) {
      model.recovered(found);
    }

    @Override
    public void onDelivered(int delivered, int attempt, List<String> tags) {
      clock.moment(true);
      if (!dead) {
        model.noted(tags);
      }
      clock.moment(false);
    }

    @Override
    public void onDeadLetter(DeadLetter letter) {
      clock.moment(false);
    }

    @Override
    public void onRetry(String cause, Duration delay) {
      clock.moment(false);
    }

    @Override
    public void onHeld(String reason) {
      clock.moment(false);
    }
  }
}
