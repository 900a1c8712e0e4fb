package io.github.eventbuffer.internal;

import io.github.eventbuffer.EventTransport;
import java.time.Duration;

/**
 * Whether the transport wants the next attempt to wait, so that the endpoint's limit on requests is
 * not hit. Belongs to the flusher, but for {@link #isSlowed()}.
 */
final class Pace {
  private static final Duration MOST = Duration.ofHours(1);

  private final EventTransport transport;
  private final RateLimitedLog log;
  private long overAtNanos;
  private volatile boolean slowed;

  Pace(EventTransport transport, RateLimitedLog log) {
    this.transport = transport;
    this.log = log;
  }

  /** Asks the transport whether one attempt may be made now. */
  boolean allows(long nowNanos) {
    long nanos = delayNanos();
    overAtNanos = nowNanos + nanos;
    slowed = nanos > 0;
    return nanos == 0;
  }

  /** There is nothing to send, or something else is in the way. */
  void forget() {
    slowed = false;
  }

  /** Whether the last attempt that was asked for has to wait. Callable by any thread. */
  boolean isSlowed() {
    return slowed;
  }

  /** When to ask again; to be asked only while {@link #isSlowed}. */
  long overAtNanos() {
    return overAtNanos;
  }

  /** A transport that cannot tell must not keep the events: its attempts tell what is wrong. */
  private long delayNanos() {
    try {
      Duration delay = transport.delay();
      if (delay.isNegative()) {
        throw new IllegalStateException("delay() must not be negative, is " + delay);
      }
      return delay.compareTo(MOST) > 0 ? MOST.toNanos() : delay.toNanos();
    } catch (Throwable e) {
      log.warn("pace", "the transport does not tell its delay, and none is kept", e);
      return 0;
    }
  }
}
