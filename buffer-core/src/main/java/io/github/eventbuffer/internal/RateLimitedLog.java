package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warnings of one buffer: one line per cause and minute, with how many were left out. Never event
 * data, never a key. Thread-safe.
 */
final class RateLimitedLog {
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Logger LOG = LoggerFactory.getLogger("io.github.eventbuffer.EventBuffer");

  private final String buffer;
  private final BufferClock clock;
  private final Map<String, Suppressed> causes = new HashMap<>();

  private static final class Suppressed {
    private long nextNanos;
    private long count;
  }

  RateLimitedLog(String buffer, BufferClock clock) {
    this.buffer = buffer;
    this.clock = clock;
  }

  void warn(String cause, String text, @Nullable Throwable thrown) {
    long left = leftOut(cause);
    if (left >= 0) {
      String more = left == 0 ? "" : " (" + left + " more of these since the last such line)";
      LOG.warn("{}: {}{}{}", buffer, text, thrown == null ? "" : ": " + thrown, more);
      if (thrown != null) {
        LOG.debug("{}", text, thrown);
      }
    }
  }

  void info(String text) {
    LOG.info("{}: {}", buffer, text);
  }

  /** How many lines of this cause were left out, or -1 when this one is to be left out too. */
  private synchronized long leftOut(String cause) {
    long now = clock.nanoTime();
    Suppressed suppressed = causes.get(cause);
    if (suppressed == null) {
      suppressed = new Suppressed();
      causes.put(cause, suppressed);
    } else if (now - suppressed.nextNanos < 0) {
      suppressed.count++;
      return -1;
    }
    suppressed.nextNanos = now + QUIET_NANOS;
    long count = suppressed.count;
    suppressed.count = 0;
    return count;
  }
}
