package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.EventBufferListener;

/** Notices that nobody hears but the log. */
final class TestNotices {
  private TestNotices() {}

  static Notices silent() {
    return new Notices(
        new EventBufferListener() {}, new RateLimitedLog("test", BufferClock.system()));
  }
}
