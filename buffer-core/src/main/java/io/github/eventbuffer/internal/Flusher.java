package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.BufferHealth;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventTransport;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread that delivers: cuts batches, hands them to the transport, and lets {@link Settlement}
 * decide what an answer means. It alone moves the checkpoint.
 *
 * <p>It sleeps until there is something to do: a batch is full or has waited long enough, an answer
 * has come, a delay is over. An append wakes it only when the count or the bytes that it asked for
 * are reached, so an append costs no wake-up, and an idle buffer costs nothing.
 */
final class Flusher implements Runnable {
  private static final long FAULT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LAST_RESORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long HOUSEKEEPING_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final SegmentQueue queue;
  private final BatchCutter cutter;
  private final Commits commits;
  private final Gate gate;
  private final Settlement settlement;
  private final Registration registration;
  private final EventTransport transport;
  private final Pace pace;
  private final BufferClock clock;
  private final RateLimitedLog log;
  private final int maxInFlight;
  private final long flushIntervalNanos;
  private final long attemptTimeoutNanos;
  private final Thread thread;

  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final ReentrantLock progressLock = new ReentrantLock();
  private final Condition progress = progressLock.newCondition();
  private @Nullable QueuedBatch unpersisted;
  private long bytesSeen;
  private long sequenceSeen;
  private volatile boolean paused;
  private volatile boolean stopped;
  private volatile boolean probe;
  private volatile boolean woken;
  private volatile long flushUpTo;

  private record Answer(QueuedBatch batch, QueuedBatch part, int attempt, DeliveryResult result) {}

  Flusher(
      SegmentQueue queue,
      BatchCutter cutter,
      Commits commits,
      Gate gate,
      Settlement settlement,
      Registration registration,
      BufferOptions options,
      RateLimitedLog log,
      String threadName) {
    this.queue = queue;
    this.cutter = cutter;
    this.commits = commits;
    this.gate = gate;
    this.settlement = settlement;
    this.registration = registration;
    registration.onAnswer(this::wake);
    this.log = log;
    transport = options.transport();
    pace = new Pace(transport, log);
    clock = options.clock();
    maxInFlight = options.maxInFlightBatches();
    flushIntervalNanos = options.flushInterval().toNanos();
    attemptTimeoutNanos = options.attemptTimeout().toNanos();
    thread = new Thread(this, threadName);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Something changed that it may want to know. Callable by any thread. */
  void wake() {
    // The permit alone may be taken by a lock that the flusher waits for at that moment.
    woken = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    while (!stopped) {
      try {
        turnAndSleep();
      } catch (Throwable e) {
        // The heap is so full that not even a fault could be dealt with; without an allocation:
        LockSupport.parkNanos(LAST_RESORT_NANOS);
      }
    }
    for (QueuedBatch batch : commits.batches()) {
      batch.close();
    }
    signalProgress();
  }

  private void turnAndSleep() {
    // Nobody has a reason to interrupt this thread, and with the flag up it could not sleep.
    Thread.interrupted();
    woken = false;
    long wakeAt;
    try {
      wakeAt = turn();
    } catch (Throwable e) {
      // Out of memory included: what is undone is done in a later turn.
      log.warn("flusher", "delivery stumbled and goes on", e);
      wakeAt = clock.nanoTime() + FAULT_PAUSE_NANOS;
    }
    long left = wakeAt - clock.nanoTime();
    if (left > 0 && !woken && answers.isEmpty() && !stopped) {
      clock.park(left);
    }
  }

  /** Does all that can be done now; returns when to look again. */
  private long turn() throws IOException {
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      // A batch may have been given up, or tried again, since.
      if (answer.batch.sending
          && answer.batch.part() == answer.part
          && answer.part.attempt() == answer.attempt) {
        answer.batch.sending = false;
        settlement.settle(answer.batch, answer.part, answer.result);
      }
    }
    expireAttempts();
    if (probe) {
      probe = false;
      gate.probeNow(clock.nanoTime());
    }
    long now = clock.nanoTime();
    boolean mayAttempt = gate.permits(now, maxInFlight) > 0;
    // Where a probe is due anyway, it counts as one; and only a hold ends by a registration.
    if (!paused
        && registration.turn(now, mayAttempt)
        && !mayAttempt
        && gate.state() == BufferHealth.State.HELD) {
      gate.probeNow(now);
    }
    if (!paused && !registration.isUnderWay()) {
      while (sendNext()) {
        // Until nothing is due or enough is under way.
      }
    }
    if (unpersisted == null) {
      settlement.housekeep();
    }
    signalProgress();
    if (!paused && unpersisted == null && commits.sending() >= maxInFlight) {
      // While the endpoint is at work, so that the next batch is ready when an answer comes.
      readOn(clock.nanoTime());
    }
    return nextLook();
  }

  private boolean sendNext() throws IOException {
    long now = clock.nanoTime();
    QueuedBatch batch = commits.waiting();
    if (commits.sending() >= gate.permits(now, maxInFlight)
        || batch == null && unpersisted == null && !isNextReady(now)) {
      pace.forget();
      return false;
    }
    // Asked before anything is cut: while the endpoint has no room, the next batch fills.
    if (!pace.allows(now)) {
      return false;
    }
    if (batch != null && (batch.part().attempt() > 0 || batch.unsure)) {
      // The disk may have gone bad under it since it was cut; what is left must not wait for that.
      batch = commits.replace(batch, batch.reread());
    }
    if (batch == null) {
      batch = unpersisted;
    }
    if (batch == null) {
      batch = cutter.cut(sequenceSeen, isDue(now), now);
    }
    if (batch == null) {
      return false;
    }
    QueuedBatch before = unpersisted;
    if (before != null && before != batch) {
      // It may not even have been listed, should the heap have been full.
      commits.list(before);
    }
    if (!batch.persisted) {
      // The cutter has moved on: whatever fails from here, the batch must not be forgotten.
      unpersisted = batch;
      commits.persist(batch);
      unpersisted = null;
    }
    QueuedBatch fresh = settlement.withoutExpired(batch);
    if (fresh.count() == 0) {
      settlement.settleEmpty(fresh);
    } else {
      send(fresh, now);
    }
    return true;
  }

  /** Whether one more batch may be cut, and there are events for it. */
  private boolean isNextReady(long now) throws IOException {
    return commits.mayTakeAnother(maxInFlight) && readOn(now);
  }

  /** Reads what was appended meanwhile; returns whether there is a batch to be cut. */
  private boolean readOn(long now) throws IOException {
    boolean ended = !queue.hasRun();
    bytesSeen = queue.appendedBytes();
    sequenceSeen = queue.lastSequence();
    boolean ready = cutter.isReady(sequenceSeen, isDue(now), now);
    if (ready || !ended) {
      return ready;
    }
    // Else the last segment would stay for what is missing in it, where a run, whose mark says that
    // it is missing, can only be had in its place.
    cutter.passMissing(sequenceSeen, now);
    return cutter.isReady(sequenceSeen, isDue(now), now);
  }

  /** Whether a batch that is not full is to be sent. */
  private boolean isDue(long now) {
    return cutter.uncutSequence() <= flushUpTo
        || cutter.isOpen() && now - cutter.openedNanos() >= flushIntervalNanos;
  }

  private void send(QueuedBatch batch, long now) throws IOException {
    QueuedBatch part = settlement.partOf(batch);
    batch.attemptDeadlineNanos = now + attemptTimeoutNanos;
    batch.sending = true;
    int attempt = part.nextAttempt();
    settlement.attempted(attempt);
    try {
      transport
          .deliver(part)
          .whenComplete((result, thrown) -> answered(batch, part, attempt, result, thrown));
    } catch (Throwable e) {
      answered(batch, part, attempt, null, e);
    }
  }

  private void answered(
      QueuedBatch batch,
      QueuedBatch part,
      int attempt,
      @Nullable DeliveryResult result,
      @Nullable Throwable thrown) {
    DeliveryResult outcome = result;
    if (outcome == null) {
      outcome =
          new DeliveryResult.Unavailable(
              thrown == null ? "the transport gave no result" : "the transport threw " + thrown);
    }
    answers.add(new Answer(batch, part, attempt, outcome));
    wake();
  }

  /** A transport that breaks its promise to answer must not keep a batch for ever. */
  private void expireAttempts() throws IOException {
    long now = clock.nanoTime();
    for (QueuedBatch batch : commits.batches().toArray(new QueuedBatch[0])) {
      if (batch.sending && now - batch.attemptDeadlineNanos >= 0) {
        batch.sending = false;
        settlement.settle(
            batch,
            batch.part(),
            new DeliveryResult.Unavailable("the transport did not answer in time"));
      }
    }
  }

  private long nextLook() {
    long now = clock.nanoTime();
    long look = now + HOUSEKEEPING_NANOS;
    for (QueuedBatch batch : commits.batches()) {
      if (batch.sending && batch.attemptDeadlineNanos - look < 0) {
        look = batch.attemptDeadlineNanos;
      }
    }
    // While it is paused, nobody would act on the deadline: that would be a spin.
    if (registration.isUnderWay() && !paused) {
      queue.wakeAt(Long.MAX_VALUE, Long.MAX_VALUE);
      return registration.deadlineNanos() - look < 0 ? registration.deadlineNanos() : look;
    }
    int permits = gate.permits(now, maxInFlight);
    if (paused || commits.sending() >= Math.max(1, permits)) {
      queue.wakeAt(Long.MAX_VALUE, Long.MAX_VALUE);
      return look;
    }
    if (permits == 0) {
      queue.wakeAt(Long.MAX_VALUE, Long.MAX_VALUE);
      return gate.opensAtNanos() - look < 0 ? gate.opensAtNanos() : look;
    }
    if (pace.isSlowed()) {
      queue.wakeAt(Long.MAX_VALUE, Long.MAX_VALUE);
      return pace.overAtNanos() - look < 0 ? pace.overAtNanos() : look;
    }
    if (commits.waiting() != null || unpersisted != null) {
      // The gate opened since the last look at it.
      return now;
    }
    if (!commits.mayTakeAnother(maxInFlight)) {
      return look;
    }
    if (!cutter.isOpen()) {
      return wakeAtSequence(cutter.uncutSequence(), Long.MAX_VALUE) ? look : soon(now);
    }
    long due = cutter.openedNanos() + flushIntervalNanos;
    long full = cutter.readSequence() + cutter.missingEvents();
    boolean mayWait = wakeAtSequence(full, bytesSeen + cutter.missingBytes());
    long then = mayWait ? look : soon(now);
    return due - then < 0 ? due : then;
  }

  /**
   * At once when there are new events; when the known ones cannot be read, that would be a spin.
   */
  private long soon(long now) {
    return queue.lastSequence() > sequenceSeen ? now : now + FAULT_PAUSE_NANOS;
  }

  /** Asks to be woken by an append; false when it has come already. */
  private boolean wakeAtSequence(long sequence, long bytes) {
    queue.wakeAt(sequence, bytes);
    return queue.lastSequence() < sequence && queue.appendedBytes() < bytes;
  }

  void pause() {
    paused = true;
    wake();
  }

  void resume() {
    paused = false;
    probe = true;
    wake();
  }

  boolean isPaused() {
    return paused;
  }

  /** Whether the transport makes delivery wait for the endpoint's limit. Callable by any thread. */
  boolean isSlowed() {
    return pace.isSlowed();
  }

  /**
   * Delivers what was appended up to {@code sequence}; returns whether it was in time.
   *
   * @param whileHeld whether to wait on while delivery is held
   */
  boolean flush(long sequence, long timeoutNanos, boolean whileHeld) {
    long deadline = System.nanoTime() + timeoutNanos;
    progressLock.lock();
    try {
      flushUpTo = Math.max(flushUpTo, sequence);
    } finally {
      progressLock.unlock();
    }
    wake();
    if (isCurrentThread() || !Uninterruptibly.tryLock(progressLock, deadline)) {
      return commits.state().committedSequence() >= sequence;
    }
    try {
      while (commits.state().committedSequence() < sequence
          && !stopped
          && (whileHeld || gate.state() != BufferHealth.State.HELD)) {
        if (!Uninterruptibly.await(progress, deadline)) {
          break;
        }
      }
    } finally {
      progressLock.unlock();
    }
    return commits.state().committedSequence() >= sequence;
  }

  private void signalProgress() {
    progressLock.lock();
    try {
      progress.signalAll();
    } finally {
      progressLock.unlock();
    }
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Lets the thread end; attempts under way are left to themselves. */
  void stop() {
    stopped = true;
    wake();
  }

  /** Waits for the end of the thread, which was stopped, however long it takes. */
  void awaitEnd() {
    Uninterruptibly.join(thread);
  }
}
