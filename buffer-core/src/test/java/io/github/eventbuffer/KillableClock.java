package io.github.eventbuffer;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A fast clock with a wall that may be anywhere, on which the flusher can be stopped as a kill
 * would: something is done on its own thread, between two of its steps, however it is occupied.
 */
final class KillableClock implements BufferClock {
  private final FastClock fast = new FastClock();
  private final Instant opened;
  private volatile Thread flusher;
  private volatile int moments = -1;
  private volatile Kill kill;
  private final CountDownLatch killed = new CountDownLatch(1);

  /** What a kill does. */
  interface Kill {
    /**
     * Done on the flusher's thread.
     *
     * @param told whether it may be between the note of an answer and the word of it
     */
    void at(boolean told);
  }

  KillableClock(Instant opened) {
    this.opened = opened;
  }

  Instant opened() {
    return opened;
  }

  /** Kills after so many of the flusher's looks, and waits until that has happened. */
  boolean kill(int afterMoments, Kill what, Runnable meanwhile) throws InterruptedException {
    kill = what;
    moments = afterMoments;
    LockSupport.unpark(flusher);
    meanwhile.run();
    return killed.await(30, TimeUnit.SECONDS);
  }

  /** The flusher is at a point between two steps. */
  void moment(boolean told) {
    if (moments >= 0 && isFlusher() && moments-- == 0) {
      kill.at(told);
      killed.countDown();
    }
  }

  private boolean isFlusher() {
    Thread current = Thread.currentThread();
    if (flusher == null && current.getName().startsWith("event-buffer-flusher-")) {
      flusher = current;
    }
    return current == flusher;
  }

  @Override
  public Instant now() {
    moment(true);
    return opened.plus(Duration.ofNanos(fast.nanoTime()));
  }

  @Override
  public long nanoTime() {
    isFlusher();
    moment(false);
    return fast.nanoTime();
  }

  @Override
  public void park(long nanos) {
    moment(false);
    // A park may end for no reason.
    if (moments < 0) {
      fast.park(nanos);
    }
  }
}
