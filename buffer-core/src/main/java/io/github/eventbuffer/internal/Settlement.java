package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.RejectedEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What an answer of the endpoint leads to. Data at fault: those events become dead letters.
 * Configuration at fault: hold, keep all. Service at fault: wait, keep all. Belongs to the flusher,
 * but for the counters.
 */
final class Settlement {
  /**
   * From this size on, a batch of which every event is refused with one and the same code says that
   * the configuration is at fault, not that all the data is.
   */
  private static final int SUSPICIOUS_BATCH = 50;

  private final QueuedBatch.Source source;
  private final Commits commits;
  private final Gate gate;
  private final DeadLetterStore deadLetters;
  private final Retention retention;
  private final Eviction eviction;
  private final Expiry expiry;
  private final SegmentQueue queue;
  private final BufferClock clock;
  private final Notices notices;
  private final AtomicLong attempts = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private volatile @Nullable Instant lastSuccess;
  private volatile boolean spaceWanted;
  private boolean stale;

  Settlement(
      QueuedBatch.Source source,
      Commits commits,
      Gate gate,
      DeadLetterStore deadLetters,
      Retention retention,
      Eviction eviction,
      Expiry expiry,
      SegmentQueue queue,
      BufferClock clock,
      Notices notices) {
    this.source = source;
    this.commits = commits;
    this.gate = gate;
    this.deadLetters = deadLetters;
    this.retention = retention;
    this.eviction = eviction;
    this.expiry = expiry;
    this.queue = queue;
    this.clock = clock;
    this.notices = notices;
  }

  long attempts() {
    return attempts.get();
  }

  long retries() {
    return retries.get();
  }

  @Nullable Instant lastSuccess() {
    return lastSuccess;
  }

  /** New events need space: the duplicate window gives way. Callable by any thread. */
  void wantSpace() {
    spaceWanted = true;
  }

  void attempted(int attempt) {
    attempts.incrementAndGet();
    if (attempt > 1) {
      retries.incrementAndGet();
    }
  }

  void settle(QueuedBatch batch, DeliveryResult result) throws IOException {
    if (result instanceof Delivered delivered) {
      delivered(batch, delivered);
    } else if (result instanceof Throttled throttled) {
      Duration delay = gate.throttle(clock.nanoTime(), throttled.retryAfter());
      notices.retry("the endpoint limits the rate of requests", delay);
    } else if (result instanceof Unavailable unavailable) {
      backOff(unavailable.cause(), unavailable.retryAfter());
    } else if (result instanceof Held held) {
      hold(held.reason());
    } else if (result instanceof TooLarge) {
      split(batch);
    } else if (result instanceof InvalidBatch invalid) {
      hold(reason(batch, invalid));
    }
  }

  private static String reason(QueuedBatch batch, InvalidBatch invalid) {
    StringBuilder reason =
        new StringBuilder("the endpoint refuses a batch of ")
            .append(batch.count())
            .append(" event(s) for its data: ")
            .append(invalid.code())
            .append(' ')
            .append(invalid.message());
    if (!invalid.invalid().isEmpty()) {
      InvalidEvent first = invalid.invalid().get(0);
      reason
          .append("; it points at ")
          .append(invalid.invalid().size())
          .append(", first at number ")
          .append(first.position() + 1)
          .append(" of the batch: ")
          .append(first.code())
          .append(' ')
          .append(first.message());
    }
    return reason.toString();
  }

  private void delivered(QueuedBatch batch, Delivered answer) throws IOException {
    Map<String, RejectedEvent> rejected = new HashMap<>();
    for (RejectedEvent event : answer.rejected()) {
      rejected.putIfAbsent(event.eventId(), event);
    }
    if (rejected.size() >= SUSPICIOUS_BATCH
        && rejected.size() >= batch.count()
        && rejected.values().stream().map(RejectedEvent::code).distinct().count() == 1) {
      hold("every event of a batch was refused with " + answer.rejected().get(0).code());
      return;
    }
    long dead = 0;
    if (!rejected.isEmpty()) {
      try {
        dead = bury(batch, rejected);
      } catch (IOException e) {
        // Not committed: the batch is sent again, and its events are refused again.
        backOff("dead letters cannot be stored: " + e, null);
        return;
      }
    }
    long unattributed = Math.max(0, batch.count() - dead - answer.processed());
    commit(batch, dead, unattributed);
    lastSuccess = clock.now();
    if (gate.succeeded()) {
      notices.recovered();
    }
    notices.delivered((int) (batch.count() - dead), batch.attempt(), answer.warnings());
  }

  private long bury(QueuedBatch batch, Map<String, RejectedEvent> rejected) throws IOException {
    long[] dead = {0};
    batch.forEach(
        (sequence, at) -> {
          String text = DeadLetterStore.text(at);
          RejectedEvent refused = rejected.get(DeadLetterStore.eventId(text));
          if (refused != null) {
            dead[0]++;
            DeadLetter letter =
                deadLetters.add(
                    sequence,
                    text,
                    Burial.NAMED,
                    refused.code(),
                    refused.message(),
                    batch.attempt());
            if (letter != null) {
              notices.deadLetter(letter);
            }
          }
          return true;
        });
    deadLetters.force();
    return dead[0];
  }

  /**
   * The batch without what has become too old. Where dead letters find no room it is sent late
   * rather than kept: only a batch that is committed makes room.
   */
  QueuedBatch withoutExpired(QueuedBatch batch) throws IOException {
    boolean buried;
    try {
      buried = expiry.bury(batch);
    } catch (IOException e) {
      notices.storageFailed("expired events find no room as dead letters and are sent", e);
      buried = true;
    }
    return buried ? commits.replace(batch, batch.reread()) : batch;
  }

  /** A batch of which nothing is left to send. */
  void settleEmpty(QueuedBatch batch) {
    commit(batch, 0, 0);
  }

  private void commit(QueuedBatch batch, long dead, long unattributed) {
    if (batch.damaged() > 0) {
      notices.damage(batch.damaged());
    }
    try {
      commits.settle(batch, dead, unattributed);
    } catch (IOException e) {
      // The events are delivered; only the note of it is not on disk. Nothing is deleted for it,
      // and after a crash now they are delivered again.
      stale = true;
      notices.storageFailed("the checkpoint could not be written", e);
    }
    deadLetters.committed(batch.bounds().firstSequence(), batch.bounds().lastSequence());
  }

  private void backOff(String cause, @Nullable Duration retryAfter) {
    notices.retry(cause, gate.backOff(clock.nanoTime(), cause, retryAfter));
  }

  private void hold(String reason) {
    gate.hold(clock.nanoTime(), reason);
    notices.held(reason);
  }

  /** Halves a batch that is too large; both halves are sent. */
  private void split(QueuedBatch batch) throws IOException {
    QueuedBatch.Split middle =
        commits.batches().size() < Checkpoint.MOST_IN_FLIGHT ? batch.middle() : null;
    if (middle == null) {
      hold("the endpoint refuses a batch of " + batch.count() + " event(s) as too large");
      return;
    }
    InFlight all = batch.bounds();
    InFlight first =
        new InFlight(
            all.firstSequence(),
            middle.firstSequence() - 1,
            all.position(),
            UUID.randomUUID(),
            false);
    InFlight second =
        new InFlight(
            middle.firstSequence(),
            all.lastSequence(),
            middle.position(),
            UUID.randomUUID(),
            false);
    commits.replace(batch, QueuedBatch.read(source, first), QueuedBatch.read(source, second));
  }

  /** What is to be done now and then: a checkpoint that failed, segments that are done with. */
  void housekeep() {
    try {
      rewriteIfStale();
      boolean wanted = spaceWanted;
      spaceWanted = false;
      if (!retention.run(commits, queue.lastSequence(), wanted) && wanted) {
        evict();
      }
    } catch (IOException e) {
      notices.storageFailed("the directory could not be tidied", e);
    }
  }

  private void evict() throws IOException {
    long dropped = eviction.run();
    if (dropped != Eviction.NOTHING) {
      stale = true;
      if (dropped > 0) {
        notices.dropped(dropped);
      }
      rewriteIfStale();
      deadLetters.committed(0, commits.state().committedSequence());
      retention.run(commits, queue.lastSequence(), true);
    }
  }

  /** The last thing: what the checkpoint says is on the device. */
  void finish() throws IOException {
    rewriteIfStale();
    commits.force();
  }

  private void rewriteIfStale() throws IOException {
    if (stale) {
      commits.rewrite();
      stale = false;
    }
  }
}
