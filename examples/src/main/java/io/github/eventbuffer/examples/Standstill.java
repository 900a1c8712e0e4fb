package io.github.eventbuffer.examples;

import java.util.concurrent.TimeUnit;

/** Notices when nothing is delivered for a while although there is something to deliver. */
final class Standstill {

  static final int SECONDS = 2;
  private static final long NANOS = TimeUnit.SECONDS.toNanos(SECONDS);

  private long delivered = -1;
  private long sinceNanos;
  private boolean told;

  /**
   * Takes a look at how things stand.
   *
   * @return whether delivery has stood still long enough to say so; once for each standstill
   */
  boolean isNew(long nowNanos, long deliveredNow, boolean anyPending) {
    if (deliveredNow != delivered || !anyPending) {
      delivered = deliveredNow;
      sinceNanos = nowNanos;
      told = false;
    }
    if (told || nowNanos - sinceNanos < NANOS) {
      return false;
    }
    told = true;
    return true;
  }
}
