package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.DeliveryResult.KeyExpired;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.RejectedEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What an answer of the endpoint leads to. Data at fault: those events become dead letters.
 * Configuration at fault: hold, keep all. Service at fault: wait, keep all. Belongs to the flusher,
 * but for the counters.
 */
final class Settlement {
  /** A body of this size passes anywhere: when the connection breaks over it, that is an outage. */
  private static final long PASSES_BYTES = 256 << 10;

  private static final int CUT_OFFS = 2;

  private final Commits commits;
  private final Gate gate;
  private final Burials burials;
  private final BodyLimit limit;
  private final int suspicious;
  private final int maxAttempts;
  private final Retention retention;
  private final Eviction eviction;
  private final Expiry expiry;
  private final BufferClock clock;
  private final Registration registration;
  private final Notices notices;
  private final AtomicLong attempts = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private volatile @Nullable Instant lastSuccess;
  private volatile boolean spaceWanted;
  private boolean stale;

  Settlement(
      BufferOptions options,
      Commits commits,
      Gate gate,
      Burials burials,
      BodyLimit limit,
      Retention retention,
      Eviction eviction,
      Expiry expiry,
      Registration registration,
      Notices notices) {
    this.commits = commits;
    this.gate = gate;
    this.burials = burials;
    this.limit = limit;
    suspicious = options.suspiciousBatch();
    maxAttempts = options.maxAttempts();
    this.retention = retention;
    this.eviction = eviction;
    this.expiry = expiry;
    this.registration = registration;
    clock = options.clock();
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

  /** What the batch is sent as: a part, where the whole is larger than the endpoint takes. */
  QueuedBatch partOf(QueuedBatch batch) throws IOException {
    if (batch.search == null && limit.isTooLarge(batch.payloadBytes()) && batch.count() > 1) {
      batch.search = searchOf(batch);
    }
    return batch.part();
  }

  private Search searchOf(QueuedBatch batch) throws IOException {
    return new Search(batch, suspicious, limit);
  }

  /**
   * Does what an answer asks for.
   *
   * @param part what was sent in the batch's place; the batch itself as a rule
   */
  void settle(QueuedBatch batch, QueuedBatch part, DeliveryResult result) throws IOException {
    if (!(result instanceof Unavailable unavailable && unavailable.cutOff())) {
      part.cutOffs = 0;
    }
    if (result instanceof Delivered delivered) {
      delivered(batch, part, delivered);
    } else if (result instanceof Throttled throttled) {
      String cause = "the endpoint limits the rate of requests";
      if (!isExhausted(batch, part, cause)) {
        notices.retry(cause, gate.throttle(clock.nanoTime(), throttled.retryAfter()));
      }
    } else if (result instanceof Unavailable unavailable) {
      if (isTooLargeForTheWay(part, unavailable)) {
        Search search = batch.search == null ? searchOf(batch) : batch.search;
        batch.search = search;
        follow(batch, search, search.cutOff());
        backOff(unavailable.cause(), unavailable.retryAfter());
      } else if (!isExhausted(batch, part, unavailable.cause())) {
        backOff(unavailable.cause(), unavailable.retryAfter());
      }
    } else if (result instanceof KeyExpired expired) {
      part.failures = Math.max(part.failures, batch.expiredKeys);
      if (!isExhausted(batch, part, expired.cause())) {
        // Of the whole batch: the keys of its parts follow from its own, so a search begins anew.
        QueuedBatch renewed = batch.withNewKey();
        renewed.expiredKeys = part.failures;
        commits.replace(batch, renewed);
        backOff(expired.cause(), null);
      }
    } else if (result instanceof Held held) {
      if (held.unknownSource()) {
        registration.refused();
      }
      hold(held.reason());
    } else if (result instanceof TooLarge) {
      Search search = batch.search == null ? searchOf(batch) : batch.search;
      batch.search = search;
      follow(batch, search, search.tooLarge());
    } else if (result instanceof InvalidBatch invalid) {
      invalid(batch, part, invalid);
    }
  }

  /**
   * Whether the connection broke over a large body so often that the body may be the cause: a proxy
   * may reset where it should answer 413. In an outage that is wrong, and costs smaller requests
   * for a while, but no event.
   */
  private static boolean isTooLargeForTheWay(QueuedBatch part, Unavailable result) {
    return result.cutOff()
        && ++part.cutOffs >= CUT_OFFS
        && part.byteSize() > PASSES_BYTES
        && part.count() > 1;
  }

  /** Whether the batch was tried as often as the options allow; it is in the dead letters then. */
  private boolean isExhausted(QueuedBatch batch, QueuedBatch part, String cause)
      throws IOException {
    if (maxAttempts == 0 || ++part.failures < maxAttempts) {
      return false;
    }
    Refusal why = new Refusal("max_attempts", part.failures + " attempts failed: " + cause);
    backOff(cause, null);
    if (bury(part, Burial.REFUSED, (sequence, at) -> why)) {
      // Not parted: nothing of it was taken. What is left of it had attempts of its own.
      QueuedBatch rest = batch.reread();
      rest.expiredKeys = 0;
      commits.replace(batch, rest);
    }
    return true;
  }

  private void invalid(QueuedBatch batch, QueuedBatch part, InvalidBatch invalid)
      throws IOException {
    Map<Integer, Refusal> named = new HashMap<>();
    for (InvalidEvent event : invalid.invalid()) {
      if (event.position() < part.count()) {
        named.putIfAbsent(event.position(), new Refusal(event.code(), event.message()));
      }
    }
    if (named.isEmpty() || !isTrusted(batch, part, named)) {
      Refusal why =
          named.isEmpty()
              ? new Refusal(invalid.code(), invalid.message())
              : named.values().iterator().next();
      Search search = batch.search == null ? searchOf(batch) : batch.search;
      batch.search = search;
      follow(batch, search, search.refused(why));
      return;
    }
    int[] position = {0};
    if (bury(part, Burial.REFUSED, (sequence, at) -> named.get(position[0]++))) {
      commits.replace(batch, batch.reread());
    }
  }

  /**
   * Whether the events that the endpoint points at are data at fault. When it points at many of a
   * large batch, of which nothing was taken yet, that may be all that its list has room for, and
   * the configuration at fault: then it has to be found out.
   */
  private boolean isTrusted(QueuedBatch batch, QueuedBatch part, Map<Integer, Refusal> named) {
    return batch.isData(suspicious)
        || part == batch && batch.refusedSoFar() + named.size() < suspicious;
  }

  private void follow(QueuedBatch batch, Search search, Search.Verdict verdict) throws IOException {
    switch (verdict) {
      case GO_ON -> {
        // It is waiting, and its next part is sent at once.
      }
      case HOLD -> {
        // Nobody says how the endpoint refuses events for a source that it does not know.
        registration.refused();
        hold(
            "the endpoint refuses every event of a batch of "
                + batch.count()
                + ", also alone, which is not their fault: "
                + search.last().code()
                + ' '
                + search.last().message());
      }
      case BURY -> {
        if (bury(batch, Burial.REFUSED, (sequence, at) -> search.suspects().get(sequence))) {
          List<QueuedBatch> pieces = search.piecesWithoutSuspects();
          commits.replace(batch, pieces);
        } else {
          batch.search = null;
        }
      }
    }
  }

  /** Buries; or waits for room and says false, and the batch is to be sent again as it was. */
  private boolean bury(QueuedBatch batch, Burial burial, Burials.Sentence sentence) {
    try {
      burials.bury(batch, burial, sentence);
      return true;
    } catch (IOException e) {
      notBuried(e);
      return false;
    }
  }

  private void notBuried(IOException failure) {
    if (failure instanceof DeadLettersFullException) {
      hold(String.valueOf(failure.getMessage()));
    } else {
      backOff("dead letters cannot be stored: " + failure, null);
    }
  }

  /** A part that was answered for good becomes a batch of its own. */
  private void isolate(QueuedBatch batch, QueuedBatch part, boolean clean) throws IOException {
    Search search = batch.search;
    if (part == batch || search == null) {
      return;
    }
    List<QueuedBatch> pieces = search.pieces(clean);
    if (!search.suspects().isEmpty()
        && bury(batch, Burial.REFUSED, (sequence, at) -> search.suspects().get(sequence))) {
      pieces.set(0, pieces.get(0).reread());
    }
    commits.replace(batch, pieces);
    QueuedBatch rest = pieces.get(pieces.size() - 1);
    if (rest.search != null) {
      follow(rest, rest.search, rest.search.goOn());
    }
  }

  private void delivered(QueuedBatch batch, QueuedBatch part, Delivered answer) throws IOException {
    Map<String, Refusal> rejected = new HashMap<>();
    for (RejectedEvent event : answer.rejected()) {
      rejected.putIfAbsent(event.eventId(), new Refusal(event.code(), event.message()));
    }
    if (!rejected.isEmpty()
        && rejected.size() >= part.count()
        && rejected.values().stream().map(Refusal::code).distinct().count() == 1) {
      if (rejected.size() >= suspicious) {
        registration.refused();
        hold("every event of a batch was refused with " + answer.rejected().get(0).code());
        return;
      }
      Search search = batch.search;
      if (part != batch && search != null && !batch.isData(suspicious)) {
        // Nothing was taken, so nothing is proven.
        follow(batch, search, search.refused(rejected.values().iterator().next()));
        return;
      }
    }
    isolate(batch, part, rejected.isEmpty());
    long dead = 0;
    if (!rejected.isEmpty()) {
      try {
        dead =
            burials.bury(
                part,
                Burial.NAMED,
                (sequence, at) -> rejected.get(DeadLetterStore.eventId(DeadLetterStore.text(at))));
      } catch (IOException e) {
        // Not committed: the batch is sent again, and its events are refused again.
        notBuried(e);
        return;
      }
    }
    long unattributed = Math.max(0, part.count() - dead - answer.processed());
    commit(part, dead, unattributed);
    limit.accepted(part.payloadBytes());
    registration.delivered();
    lastSuccess = clock.now();
    if (gate.succeeded()) {
      notices.recovered();
    }
    notices.delivered((int) (part.count() - dead), part.attempt(), answer.warnings());
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
    } catch (RuntimeException | Error e) {
      stale = true;
      throw e;
    }
    burials.committed(batch.bounds().firstSequence(), batch.bounds().lastSequence());
    // Batches that an earlier run was done with, and what a full heap kept from being noted.
    burials.committed(0, commits.state().committedSequence());
  }

  private void backOff(String cause, @Nullable Duration retryAfter) {
    notices.retry(cause, gate.backOff(clock.nanoTime(), cause, retryAfter));
  }

  private void hold(String reason) {
    gate.hold(clock.nanoTime(), reason);
    notices.held(reason);
  }

  /** What is to be done now and then: a checkpoint that failed, segments that are done with. */
  void housekeep() {
    try {
      rewriteIfStale();
      boolean wanted = spaceWanted;
      spaceWanted = false;
      if (!retention.run(commits, wanted) && wanted) {
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
      burials.committed(0, commits.state().committedSequence());
      retention.run(commits, true);
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
