package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * How long the disk takes for one page of a plain file, written and forced over and over: what an
 * append that waits for the device is up against, seen by somebody who has nothing to do with the
 * library. Thread-safe.
 */
final class DiskPulse implements AutoCloseable {
  private static final int PAGE = 4_096;
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  /** Shorter ones hold nobody up. */
  private static final long NOTED_NANOS = Duration.ofMillis(100).toNanos();

  /** Notes are kept for so long. */
  private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();

  private record Force(long startNanos, long endNanos) {}

  private final Thread thread;
  private final FileChannel file;
  private final Deque<Force> slow = new ArrayDeque<>();
  private long worstNanos;
  private long underWaySince;
  private boolean underWay;
  private volatile boolean closed;

  private DiskPulse(FileChannel file) {
    this.file = file;
    thread = new Thread(this::run, "disk-pulse");
    thread.setDaemon(true);
  }

  /** Starts on a file of its own, which is made if there is none. */
  static DiskPulse on(Path path) throws IOException {
    DiskPulse pulse =
        new DiskPulse(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    pulse.thread.start();
    return pulse;
  }

  private void run() {
    ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
    try {
      while (!closed) {
        begin();
        page.clear();
        file.write(page, 0);
        file.force(false);
        end();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (IOException e) {
      // A disk that takes nothing any more holds up whoever waits for it: the last one stays open.
    }
  }

  private synchronized void begin() {
    underWaySince = System.nanoTime();
    underWay = true;
  }

  private synchronized void end() {
    long now = System.nanoTime();
    underWay = false;
    worstNanos = Math.max(worstNanos, now - underWaySince);
    if (now - underWaySince >= NOTED_NANOS) {
      slow.add(new Force(underWaySince, now));
    }
    while (!slow.isEmpty() && now - slow.getFirst().endNanos > KEPT_NANOS) {
      slow.removeFirst();
    }
  }

  /** The longest force of which some part lies in the time from this long ago until now. */
  synchronized Duration slowest(Duration lately) {
    long now = System.nanoTime();
    long longest = underWay ? now - underWaySince : 0;
    for (Force each : slow) {
      if (now - each.endNanos <= lately.toNanos()) {
        longest = Math.max(longest, each.endNanos - each.startNanos);
      }
    }
    return Duration.ofNanos(longest);
  }

  /** The longest of all that are over. */
  synchronized Duration worst() {
    return Duration.ofNanos(worstNanos);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }
}
