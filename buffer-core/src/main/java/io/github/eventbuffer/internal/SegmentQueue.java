package io.github.eventbuffer.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The appending side of the queue: one Chronicle appender behind one lock.
 *
 * <p>A segment is left before Chronicle would map past its allocated end, and only for a successor
 * whose file is already allocated; so no store ever reaches a page that the disk may not be able to
 * back. When no successor can be had, the append is refused before a byte is written.
 *
 * <p>Sequences count events and rise by one. A sequence whose append failed half-way is never used
 * again: should the entry be readable after all, a second one with its sequence would be skipped.
 * After such a failure the run is left as it is and a new one is started, in the background.
 *
 * <p>Thread-safe.
 */
final class SegmentQueue implements SegmentForce.Target, SegmentList.Newest, Closeable {
  static final long FULL = -1;
  static final long TIMED_OUT = -2;
  static final long FAILED = -3;

  private static final long NOT_WAITED = Long.MIN_VALUE;

  /** What a segment may grow by beyond its entries: two index blocks and the end-of-file mark. */
  private static final int MARGIN_BYTES = 80 << 10;

  private final SegmentList segments;
  private final SegmentLayout layout;
  private final LongSupplier wallMillis;
  private final Events events;
  private final Runs runs;
  private final Preallocator preallocator;
  private final @Nullable IOException refusal;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition prepared = lock.newCondition();

  // Guarded by the lock.
  private Runs.@Nullable Run run;
  private int activeNumber;
  private boolean listed;
  private @Nullable Path next;
  private boolean refused;
  private boolean failing;
  private @Nullable Throwable abandonedFor;
  private @Nullable Path abandonedNext;
  private int abandonedNumber;
  private boolean closed;

  /** The first segment that may hold what is not forced; at first all do, those of earlier runs. */
  private int firstUnforced;

  /** Segments up to this one may lack what a failed force lost, though a later one succeeds. */
  private volatile int lastDoubtful;

  private volatile long lastSequence;
  private volatile long appendedBytes;
  private volatile boolean hasNext;
  private volatile boolean hasRun;
  private volatile boolean starved;
  private volatile long wakeAtSequence = Long.MAX_VALUE;
  private volatile long wakeAtBytes = Long.MAX_VALUE;

  /** What the rest of the buffer hears of. Must not throw. */
  interface Events {
    /**
     * The sequence or the bytes asked for with {@link #wakeAt} are reached. Called under the lock.
     */
    void reached();

    /** Whether {@code bytes} more may be taken on disk. */
    boolean mayAllocate(long bytes);

    /** A segment could not be allocated, or an append failed. */
    void storageFailed(String what, Throwable cause);

    /** Segments can be allocated again. */
    void storageRecovered();
  }

  /**
   * Opens a run behind all that exist. Blocks while its first segment is allocated. When the disk,
   * or the buffer's share of it, has no room for one, but holds events to deliver, the queue opens
   * without: appends are refused until there is room, and delivery makes some.
   *
   * @param metadata what the mark of each run carries, should it be needed to tell whose it is
   * @param lastSequence the highest sequence ever used
   * @param lastNumber the highest segment number ever used
   * @param mayStart whether the first segment may be allocated now
   * @throws IOException if the first segment cannot be made for another reason, or the queue is
   *     empty
   */
  SegmentQueue(
      Path directory,
      SegmentList segments,
      SegmentLayout layout,
      byte[] metadata,
      long lastSequence,
      int lastNumber,
      boolean mayStart,
      LongSupplier wallMillis,
      Events events,
      String threadName)
      throws IOException {
    this.segments = segments;
    this.layout = layout;
    this.lastSequence = lastSequence;
    this.wallMillis = wallMillis;
    this.events = events;
    activeNumber = lastNumber;
    segments.opened(lastNumber, lastSequence);
    for (Segment segment : segments.all()) {
      lastDoubtful = SegmentFiles.isDoubtful(segment.file()) ? segment.number() : lastDoubtful;
    }
    runs = new Runs(directory, layout, metadata, wallMillis);
    IOException noRun = null;
    try {
      if (!mayStart) {
        throw SpaceErrors.shareUsedUp();
      }
      take(runs.start(activeNumber + 1, lastSequence));
    } catch (IOException e) {
      if (segments.first() == null || !SpaceErrors.isNoSpace(e)) {
        throw e;
      }
      refused = true;
      failing = true;
      noRun = e;
    }
    refusal = noRun;
    preallocator = new Preallocator(threadName, this::prepare);
  }

  /** Begins to keep the next segment ready; the events may be called from now on. */
  void start() {
    IOException noRun = refusal;
    if (noRun != null) {
      events.storageFailed("there is no room for a segment", noRun);
    }
    preallocator.start();
    preallocator.request(false);
  }

  /** Sequence of the last event that is in the queue whole; all below are too, or never will be. */
  @Override
  public long lastSequence() {
    return lastSequence;
  }

  /**
   * Whether a force tells of all that is in the queue. It does not as long as a segment is there of
   * which one failed.
   */
  boolean isProvable() {
    Segment first = segments.first();
    return first == null || first.number() > lastDoubtful;
  }

  @Override
  public boolean hasRun() {
    return hasRun;
  }

  /** Payload bytes appended by this run. */
  long appendedBytes() {
    return appendedBytes;
  }

  /** What this run takes on disk beside its segments in use: a table and the next segment. */
  long overheadBytes() {
    return SegmentFiles.METADATA_BYTES + (hasNext ? layout.segmentBytes() : 0);
  }

  /** Whether the segment after the one in use is ready. */
  boolean hasNext() {
    return hasNext;
  }

  /** Whether an append found no room since a segment was last made ready. */
  boolean isStarved() {
    return starved;
  }

  /** Asks for one call of {@link Events#reached()} when either value is reached. */
  void wakeAt(long sequence, long bytes) {
    wakeAtBytes = bytes;
    wakeAtSequence = sequence;
  }

  /**
   * Appends one entry whose header and payload are ready.
   *
   * @param waitNanos how long to wait for the lock and for a segment that is being allocated
   * @param fullNanos how long to wait for space that is not there
   * @return its sequence, or {@link #FULL}, {@link #TIMED_OUT} or {@link #FAILED}
   */
  long append(EntryBuffer entry, long waitNanos, long fullNanos) {
    // The clock is read by those who wait, and not by every append.
    long start = lock.tryLock() ? NOT_WAITED : System.nanoTime();
    if (start != NOT_WAITED && !Uninterruptibly.tryLock(lock, start + waitNanos)) {
      return TIMED_OUT;
    }
    try {
      if (!hasRoom(entry.frameBytes())) {
        start = start == NOT_WAITED ? System.nanoTime() : start;
        long room = awaitRoom(entry.frameBytes(), start + waitNanos, start + fullNanos);
        if (room != 0) {
          return room;
        }
      }
      long sequence = lastSequence + 1;
      if (!write(entry, sequence)) {
        return FAILED;
      }
      lastSequence = sequence;
      appendedBytes += entry.payloadBytes();
      if (sequence >= wakeAtSequence || appendedBytes >= wakeAtBytes) {
        wakeAtSequence = Long.MAX_VALUE;
        wakeAtBytes = Long.MAX_VALUE;
        events.reached();
      }
      return sequence;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(int frameBytes) {
    Runs.Run open = run;
    return open != null
        && !closed
        && open.appender().position() + frameBytes + MARGIN_BYTES <= layout.usableBytes();
  }

  /** 0 when the active segment has room for the frame, else why not. */
  private long awaitRoom(int frameBytes, long deadline, long fullDeadline) {
    while (!closed) {
      if (hasRoom(frameBytes)) {
        return 0;
      }
      Runs.Run open = run;
      if (open != null && next != null) {
        roll(open);
        return 0;
      }
      starved = true;
      preallocator.request(true);
      if (!Uninterruptibly.await(prepared, refused ? fullDeadline : deadline)) {
        return refused ? FULL : TIMED_OUT;
      }
    }
    return FAILED;
  }

  private void roll(Runs.Run open) {
    open.appender().roll();
    activeNumber++;
    listed = false;
    next = null;
    hasNext = false;
    preallocator.request(false);
  }

  private boolean write(EntryBuffer entry, long sequence) {
    Runs.Run open = run;
    if (open == null) {
      return false;
    }
    try {
      open.appender().append(entry.seal(sequence), entry.frameBytes());
      if (!listed) {
        list(open, activeNumber, sequence);
      }
      return true;
    } catch (Throwable e) {
      // Chronicle throws Errors too. Whether the entry can be read is not known.
      lastSequence = sequence;
      abandonRun(e);
      return false;
    }
  }

  private void list(Runs.Run open, int number, long firstSequence) {
    segments.add(
        new Segment(
            number,
            open.file(number),
            firstSequence,
            wallMillis.getAsLong(),
            layout.segmentBytes()));
    listed = true;
  }

  private void take(Runs.Run started) {
    // First, as the heap may be full: what is appended to a segment that is not listed is not read.
    list(started, started.segment(), lastSequence + 1);
    activeNumber = started.segment();
    run = started;
    hasRun = true;
  }

  private void takeUnlessClosed(Runs.Run started) {
    try {
      if (!closed) {
        take(started);
      }
    } finally {
      if (!started.equals(run)) {
        discard(started);
      }
    }
  }

  /** Else the next run in here would make another segment with its number. */
  private static void discard(Runs.Run started) {
    started.appender().close();
    try {
      SegmentFiles.removeRun(started.directory(), started.segment());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Never append to this run again; a new one follows as soon as it can be had. */
  private void abandonRun(Throwable cause) {
    Runs.Run suspect = run;
    run = null;
    hasRun = false;
    abandonedNext = next == null ? abandonedNext : next;
    next = null;
    hasNext = false;
    failing = true;
    if (suspect != null) {
      abandonedNumber = activeNumber;
      try {
        suspect.appender().close();
      } catch (Throwable e) {
        cause.addSuppressed(e);
      }
      if (!listed && Files.exists(suspect.file(activeNumber))) {
        list(suspect, activeNumber, lastSequence);
      }
    }
    // Told by the preallocator: this thread holds the lock and is the application's.
    abandonedFor = cause;
    preallocator.request(true);
  }

  /** The preallocator's work: the next segment, or a new run where there is none. */
  private boolean prepare() {
    Runs.Run into;
    int number;
    tidyAbandonedRun();
    lock.lock();
    try {
      if (closed || run != null && next != null) {
        return true;
      }
      into = run;
      number = activeNumber + 1;
    } finally {
      lock.unlock();
    }
    try {
      if (!events.mayAllocate(layout.segmentBytes())) {
        throw SpaceErrors.shareUsedUp();
      }
      if (into == null) {
        // While there is no run, nothing is appended: number and sequence stand still.
        Runs.Run started = runs.start(number, lastSequence);
        installed(() -> takeUnlessClosed(started));
      } else {
        Path file = SegmentFiles.precreate(into.directory(), number, layout);
        if (!installed(() -> installNext(into, file))) {
          Files.deleteIfExists(file);
        }
      }
      return true;
    } catch (Throwable e) {
      lock.lock();
      try {
        refused = true;
        failing = true;
        prepared.signalAll();
      } finally {
        lock.unlock();
      }
      events.storageFailed("no segment could be allocated", e);
      return false;
    }
  }

  private void tidyAbandonedRun() {
    Throwable cause;
    Path unused;
    int number;
    lock.lock();
    try {
      number = abandonedNumber;
      abandonedNumber = 0;
      cause = abandonedFor;
      abandonedFor = null;
      unused = abandonedNext;
      abandonedNext = null;
    } finally {
      lock.unlock();
    }
    if (cause != null) {
      events.storageFailed("an append failed; a new run is started", cause);
    }
    try {
      if (unused != null) {
        Files.deleteIfExists(unused);
      }
      Segment abandoned = number == 0 ? null : segments.atOrAfter(number);
      if (abandoned != null
          && abandoned.number() == number
          && Files.isRegularFile(abandoned.file(), LinkOption.NOFOLLOW_LINKS)) {
        segments.replace(abandoned, SegmentScan.withoutUnused(abandoned));
      }
    } catch (IOException e) {
      // The next open of the directory does it.
      events.storageFailed("what is not used of a segment could not be given back", e);
    }
  }

  private void installNext(Runs.Run into, Path file) {
    // The run may have been abandoned while the file was written.
    if (into.equals(run)) {
      next = file;
      hasNext = true;
    }
  }

  /** Puts in what was prepared; returns whether the next segment is in place. */
  private boolean installed(Runnable step) {
    boolean recovered;
    boolean inPlace;
    lock.lock();
    try {
      step.run();
      recovered = failing && run != null;
      failing &= run == null;
      refused = false;
      starved &= run == null;
      inPlace = next != null;
      prepared.signalAll();
    } finally {
      lock.unlock();
    }
    if (recovered) {
      events.storageRecovered();
    }
    return inPlace;
  }

  /**
   * What a force has to cover.
   *
   * @param growing the number of the segment that is still appended to, or comes to be
   */
  record Unforced(long lastSequence, List<Path> files, int growing) {}

  @Override
  public Unforced unforced() {
    lock.lock();
    try {
      return new Unforced(
          lastSequence,
          segments.since(firstUnforced).stream().map(Segment::file).toList(),
          run == null ? activeNumber + 1 : activeNumber);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forced(Unforced done) {
    lock.lock();
    try {
      firstUnforced = Math.max(firstUnforced, done.growing);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isListed(Path file) {
    return segments.all().stream().anyMatch(segment -> segment.file().equals(file));
  }

  @Override
  public long poison(Throwable cause) {
    // In this order: the process may be killed in between, and before anybody is told.
    doubt(cause);
    lock.lock();
    try {
      lastDoubtful = activeNumber;
      firstUnforced = activeNumber + 1;
      if (!closed) {
        abandonRun(cause);
      }
      return lastSequence;
    } finally {
      lock.unlock();
    }
  }

  /** Each run for itself: the newest may be gone before the others, when it holds no event. */
  private void doubt(Throwable cause) {
    Path doubted = null;
    for (Segment segment : segments.all()) {
      Path run = segment.file().getParent();
      if (run == null || run.equals(doubted)) {
        continue;
      }
      doubted = run;
      try {
        SegmentFiles.doubt(run);
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  /** Stops accepting; gives back what the run did not use. */
  @Override
  public void close() throws IOException {
    Runs.Run open;
    long used;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      prepared.signalAll();
      open = run;
      used = open == null ? 0 : open.appender().position();
      if (open != null) {
        open.appender().close();
      }
    } finally {
      lock.unlock();
    }
    preallocator.close();
    if (open == null) {
      return;
    }
    for (Path file : SegmentFiles.precreated(open.directory()).values()) {
      Files.deleteIfExists(file);
    }
    Path active = open.file(activeNumber);
    if (Files.exists(active)) {
      SegmentFiles.truncate(active, used + Long.BYTES);
    }
  }
}
