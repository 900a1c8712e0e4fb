package io.github.eventbuffer.internal;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferHealth;
import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.DeadLetters;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.FlushResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The door to the machine: opens a buffer, holds its parts together, closes them in order. */
public final class BufferCore {
  private static final long SECTOR_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final BufferOptions options;
  private final BufferDirectory directory;
  private final Checkpoint checkpoint;
  private final SegmentList segments;
  private final SegmentQueue queue;
  private final GroupForce force;
  private final Appends appends;
  private final Commits commits;
  private final BatchCutter cutter;
  private final DeadLetterStore deadLetters;
  private final DeadLetterDesk deadLetterDesk;
  private final Gate gate;
  private final Settlement settlement;
  private final Registration registration;
  private final Flusher flusher;
  private final Storage storage;
  private final RateLimitedLog log;
  private final Quarantine quarantine;
  private final ReentrantLock closing = new ReentrantLock();
  private volatile boolean closed;

  /**
   * Opens a buffer.
   *
   * @throws EventBufferException if it cannot be opened; nothing is left open then
   */
  public static BufferCore open(BufferOptions options) {
    return Uninterruptibly.call(() -> openUninterrupted(options));
  }

  private static BufferCore openUninterrupted(BufferOptions options) {
    ModuleOpener.open();
    // A class is lost for good when a caller's stack ends while it is made.
    StackProbe.ensure();
    Appends.makeClasses();
    SpaceErrors.makeClass();
    BufferDirectory directory = BufferDirectory.claim(options.directory(), options.clock());
    Cleanup opened = new Cleanup();
    opened.add(directory);
    try {
      Quarantine quarantine = new Quarantine(directory.quarantine());
      Damage damage = new Damage(quarantine);
      byte[] metadata =
          BufferMetadata.check(directory, options.destination(), options.clock(), damage);
      SegmentFiles.makeClasses(directory.metadata());
      return new BufferCore(options, directory, metadata, quarantine, damage, opened);
    } catch (Throwable e) {
      opened.closeAll(e);
      if (e instanceof EventBufferException known) {
        throw known;
      }
      throw Refusals.of(options.directory(), e);
    }
  }

  private BufferCore(
      BufferOptions options,
      BufferDirectory directory,
      byte[] metadata,
      Quarantine quarantine,
      Damage damage,
      Cleanup opened)
      throws IOException {
    this.options = options;
    this.directory = directory;
    this.quarantine = quarantine;
    String name = options.destination().eventSourceId();
    log = new RateLimitedLog(name, options.clock());
    Notices notices = new Notices(options.listener(), log);
    WallTime wall = new WallTime(options.clock());
    boolean forced = options.durability() == Durability.POWER;

    checkpoint = opened.add(new Checkpoint(directory.checkpoint(), options.destination(), forced));
    EntryFormat format = EntryFormat.events(options.destination());
    SegmentLayout layout =
        SegmentLayout.of(
            format, options.segmentBytes(), options.maxEventBytes(), options.durability());
    segments = SegmentScan.load(directory.queue(), damage, format);
    Recovery recovery = new Recovery(segments, options.duplicateWindowEntries());
    recovery.run(checkpoint, damage);
    // Meanwhile the first segment is allocated: each takes as long as the other.
    CompletableFuture<EarlierIds> earlier = Aside.begin(recovery::ids);

    storage = new Storage(options.maxDiskBytes(), this::diskBytes, notices);
    deadLetters =
        opened.add(
            new DeadLetterStore(
                directory.deadLetters(),
                damage,
                EntryFormat.letters(options.destination()),
                options.maxEventBytes(),
                new LetterBound(options.maxDeadLetterBytes(), options.whenDeadLettersFull()),
                checkpoint.state().committedSequence(),
                wall::millis,
                storage.quiet(),
                "event-buffer-dead-letters-" + name));
    recovery.passLetters(deadLetters.newestEvent(), checkpoint, damage);
    // Where that started the checkpoint over, letters of all before are kept for nobody.
    deadLetters.committed(0, checkpoint.state().committedSequence());
    queue =
        opened.add(
            new SegmentQueue(
                directory.queue(),
                segments,
                layout,
                metadata,
                recovery.lastSequence(),
                recovery.lastNumber(),
                mayStart(layout, recovery.lastSequence()),
                wall::millis,
                storage,
                "event-buffer-preallocator-" + name));

    BadSectors badSectors = new BadSectors(SECTOR_PATIENCE_NANOS, options.clock()::nanoTime);
    QueuedBatch.Source source =
        new QueuedBatch.Source(options.destination(), segments, badSectors, deadLetters);
    BodyLimit limit = new BodyLimit(options.maxBatchBytes());
    cutter = opened.add(Recovery.cutter(source, checkpoint.state(), options, limit));
    commits = Recovery.commits(source, checkpoint, cutter);
    gate =
        new Gate(
            options.retryPolicy(),
            most -> most <= 0 ? 0 : ThreadLocalRandom.current().nextLong(most + 1));
    SegmentBounds bounds = new SegmentBounds(format, recovery.lastNumber());
    Retention retention =
        new Retention(
            segments,
            queue,
            bounds,
            badSectors,
            quarantine,
            options.duplicateWindowEntries(),
            options.duplicateWindowAge().toMillis(),
            wall::millis);
    Eviction eviction =
        new Eviction(
            options.dropsOldest(),
            segments,
            queue,
            commits,
            inFlight -> QueuedBatch.read(source, inFlight));
    Burials burials = new Burials(deadLetters, notices);
    Expiry expiry = new Expiry(options.maxEventAge(), wall::millis, burials);
    registration = new Registration(options, notices);
    settlement =
        new Settlement(
            options,
            commits,
            gate,
            burials,
            limit,
            retention,
            eviction,
            expiry,
            registration,
            notices);
    flusher =
        new Flusher(
            queue,
            cutter,
            commits,
            gate,
            settlement,
            registration,
            options,
            log,
            "event-buffer-flusher-" + name);
    DuplicateFilter filter =
        new DuplicateFilter(
            options.duplicateWindowEntries(), options.duplicateWindowAge(), Aside.join(earlier));
    force = new GroupForce(queue, "event-buffer-force-" + name);
    appends = new Appends(options, filter, queue, force, wall, format, log);
    deadLetterDesk = new DeadLetterDesk(deadLetters, replayer());
    storage.connect(deadLetters::neededBytes, flusher::wake, settlement::wantSpace);
    notices.found(damage.report());
    queue.start();
    flusher.start();
    log.info(
        "opened " + options.directory() + ", " + pending(commits.state()) + " event(s) pending");
  }

  /** See {@code EventBuffer.append}. */
  public AppendResult append(ConversionEvent event, Durability durability) {
    checkOpen();
    return appends.append(event, durability);
  }

  /** See {@code EventBuffer.appendJson}. */
  public AppendResult appendJson(byte[] event, Durability durability) {
    checkOpen();
    return appends.appendJson(event, durability);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("buffer is closed: " + options.directory());
    }
  }

  /** See {@code EventBuffer.flush}. */
  public FlushResult flush(Duration timeout) {
    checkOpen();
    return flush(timeout, true);
  }

  private FlushResult flush(Duration timeout, boolean whileHeld) {
    return result(flusher.flush(queue.lastSequence(), nanos(timeout), whileHeld));
  }

  private FlushResult result(boolean complete) {
    return new FlushResult(complete, pending(commits.state()), complete ? null : why());
  }

  /** What is in the way of delivery, or null. */
  private @Nullable String obstacle() {
    String reason = gate.reason();
    String failure = registration.failure();
    return reason == null || failure == null || gate.state() != BufferHealth.State.HELD
        ? reason
        : reason + "; registering the event source failed: " + failure;
  }

  private String why() {
    String reason = obstacle();
    if (reason != null) {
      return reason;
    }
    if (flusher.isPaused()) {
      return "delivery is paused";
    }
    return flusher.isSlowed() ? "the endpoint limits the rate of requests" : "the time ran out";
  }

  /** See {@code EventBuffer.pause}. */
  public void pause() {
    flusher.pause();
  }

  /** See {@code EventBuffer.resume}. */
  public void resume() {
    flusher.resume();
  }

  /** See {@code EventBuffer.deadLetters}. */
  public DeadLetters deadLetters() {
    return deadLetterDesk;
  }

  private DeadLetterDesk.Appender replayer() {
    return new DeadLetterDesk.Appender() {
      @Override
      public AppendResult appendAgain(byte[] event) {
        BufferCore.this.checkOpen();
        return appends.appendAgain(event, Durability.PROCESS);
      }

      @Override
      public boolean force() {
        return appends.force();
      }

      @Override
      public void checkOpen() {
        BufferCore.this.checkOpen();
      }
    };
  }

  /** See {@code EventBuffer.stats}. */
  public BufferStats stats() {
    // The state first: what is appended between the two reads is pending, never less than nothing.
    CheckpointState state = commits.state();
    long accepted = Math.max(queue.lastSequence(), state.settled());
    return new BufferStats(
        accepted,
        state.delivered(),
        state.deadLettered(),
        state.expired(),
        state.dropped(),
        state.damaged(),
        accepted - state.settled(),
        state.unattributed(),
        deadLetters.dropped(),
        appends.duplicates(),
        appends.invalid(),
        appends.full(),
        appends.failed(),
        settlement.attempts(),
        settlement.retries(),
        (int) state.inFlight().stream().filter(batch -> !batch.done()).count(),
        diskBytes());
  }

  private long pending(CheckpointState state) {
    return Math.max(0, queue.lastSequence() - state.settled());
  }

  /**
   * Whether the first segment of this run is within the buffer's share, or becomes so as soon as
   * something that is done with is removed. Else each restart of a full buffer would take one more.
   */
  private boolean mayStart(SegmentLayout layout, long lastSequence) {
    long taken =
        segments.bytes() + deadLetters.bytes() + deadLetters.neededBytes() + quarantine.bytes();
    if (taken + SegmentFiles.METADATA_BYTES + layout.segmentBytes() <= options.maxDiskBytes()) {
      return true;
    }
    Segment first = segments.first();
    if (first == null) {
      return true;
    }
    Segment second = segments.after(first.number());
    long end = second == null ? lastSequence : second.firstSequence() - 1;
    return end <= checkpoint.written().committedSequence();
  }

  private long diskBytes() {
    return segments.bytes() + queue.overheadBytes() + deadLetters.bytes() + quarantine.bytes();
  }

  /** See {@code EventBuffer.health}. */
  public BufferHealth health() {
    BufferHealth.State state = gate.state();
    String reason = obstacle();
    String storageTrouble = storage.trouble();
    if (closed) {
      state = BufferHealth.State.CLOSED;
      reason = "closed";
    } else if (storageTrouble != null) {
      state = BufferHealth.State.FULL;
      reason = storageTrouble;
    } else if (flusher.isPaused() && state != BufferHealth.State.HELD) {
      state = BufferHealth.State.PAUSED;
      reason = "delivery is paused";
    }
    return new BufferHealth(state, reason, oldestPending(), settlement.lastSuccess());
  }

  private Duration oldestPending() {
    Instant oldest = null;
    try {
      CheckpointState state = commits.state();
      if (queue.lastSequence() > state.committedSequence()) {
        oldest = firstAcceptedAt(state);
      }
    } catch (IOException e) {
      log.warn("health", "the age of the oldest event could not be read", e);
    }
    Duration age = oldest == null ? Duration.ZERO : Duration.between(oldest, options.clock().now());
    return age.isNegative() ? Duration.ZERO : age;
  }

  private @Nullable Instant firstAcceptedAt(CheckpointState state) throws IOException {
    try (SegmentReader reader = new SegmentReader(segments)) {
      reader.moveTo(state.position());
      while (reader.next(queue.lastSequence())) {
        if (reader.sequence() > state.committedSequence()) {
          return Instant.ofEpochMilli(Frame.acceptedAtMillis(reader.bytes(), reader.frame()));
        }
      }
    }
    return null;
  }

  /** See {@code EventBuffer.close}. */
  public FlushResult close(Duration timeout) {
    return Uninterruptibly.call(() -> closeUninterrupted(timeout));
  }

  private FlushResult closeUninterrupted(Duration timeout) {
    long deadline = System.nanoTime() + nanos(timeout);
    // A listener's callback must not wait for a close that waits for it.
    boolean mine =
        closing.tryLock()
            || !flusher.isCurrentThread() && Uninterruptibly.tryLock(closing, deadline);
    if (!mine) {
      return new FlushResult(false, pending(commits.state()), "another thread is closing it");
    }
    try {
      if (closed) {
        return new FlushResult(
            pending(commits.state()) == 0,
            pending(commits.state()),
            pending(commits.state()) == 0 ? null : "closed before");
      }
      closed = true;
      FlushResult result =
          flusher.isPaused()
              ? result(pending(commits.state()) == 0)
              : flush(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())), false);
      flusher.stop();
      Thread closer = release();
      // A disk that hangs, a transport or a listener: the directory stays locked until they end.
      if (flusher.isCurrentThread()
          || !Uninterruptibly.join(closer, Math.max(System.nanoTime() + STOP_NANOS, deadline))) {
        log.warn("close", "the buffer has not ended yet; the directory is freed when it has", null);
      }
      return result;
    } finally {
      closing.unlock();
    }
  }

  /** Lets go of everything once the flusher has ended, in a thread that may wait for it. */
  private Thread release() {
    Thread closer =
        new Thread(
            this::releaseWhenEnded, "event-buffer-closer-" + options.destination().eventSourceId());
    closer.setDaemon(true);
    try {
      closer.start();
    } catch (OutOfMemoryError e) {
      // No thread is to be had. The flusher's own would wait for itself: the lock ends with the
      // JVM.
      if (!flusher.isCurrentThread()) {
        releaseWhenEnded();
      }
    }
    return closer;
  }

  private void releaseWhenEnded() {
    flusher.awaitEnd();
    Cleanup parts = new Cleanup();
    parts.add(directory);
    parts.add(checkpoint);
    parts.add(deadLetters);
    parts.add(cutter);
    parts.add(force);
    parts.add(queue);
    parts.add(settlement::finish);
    Throwable failed = parts.closeAll(null);
    if (failed != null) {
      log.warn("close", "the buffer closed with an error; nothing accepted is lost", failed);
    }
    long left = pending(commits.state());
    if (left > 0) {
      log.info("closed, " + left + " event(s) pending on disk, delivered at the next start");
    }
  }

  private static long nanos(Duration timeout) {
    return timeout.compareTo(Duration.ofDays(1)) > 0
        ? TimeUnit.DAYS.toNanos(1)
        : Math.max(0, timeout.toNanos());
  }
}
