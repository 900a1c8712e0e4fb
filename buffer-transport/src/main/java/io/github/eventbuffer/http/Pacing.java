package io.github.eventbuffer.http;

import io.github.eventbuffer.BufferClock;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When the next request may be made, so that the endpoint's limit is not hit. One for all buffers
 * of a transport. Thread-safe.
 *
 * <p>Learned from {@code RateLimit-Limit}, {@code -Remaining} and {@code -Reset} of the answers,
 * and from nothing else: other hosts may use the same IP address, and each answer tells what they
 * left.
 *
 * <pre>
 *  left    = remaining − a fiftieth of the limit, for the others − promised − under way
 *  plenty: a fifth of the limit or more is left: no delay
 *  little: what is left is spread evenly over the time until the reset
 *  none:   until the reset
 * </pre>
 *
 * <p>With a fifth, full speed lasts for most of a quiet minute, and what a burst leaves is still a
 * request every three seconds. Behind the reset the limit is there anew, of which only requests
 * that have no answer yet are known to be spent.
 *
 * <p>Two buffers that ask at the same moment must not both spend the last request. So a thread that
 * is told zero has a request promised, until it begins one; threads that have nothing to send after
 * all lose it after a while. A request under way counts until it is answered, though the endpoint
 * may have counted it already: better late than refused.
 */
final class Pacing {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofHours(1);
  private static final long PROMISE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** When all that is left is under way, an answer will tell more before the reset. */
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The reset is told in whole seconds, and nobody says which way they are rounded. */
  private static final long ROUNDING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int LITTLE = 5;
  private static final int OTHERS = 50;

  /** {@code 100}, and {@code 100;w=60} or {@code 100, 100;w=60} of other drafts. */
  private static final Pattern COUNT = Pattern.compile("\\s*(\\d{1,9})\\s*(?:[,;].*)?");

  private final BufferClock clock;

  /** When each thread that was told zero was told so, by its id. */
  private final Map<Long, Long> promised = new HashMap<>();

  private int underWay;
  private long begun;

  /** The number of the latest request whose answer told of the limit. */
  private long told;

  /** 0 while no limit is known. */
  private long limit;

  private long remaining;

  /** How many requests had begun when that answer came. */
  private long begunWhenTold;

  private boolean inWindow;
  private long resetNanos;
  private long lastNanos;
  private boolean refused;
  private long refusedUntilNanos;

  Pacing(BufferClock clock) {
    this.clock = clock;
    lastNanos = clock.nanoTime();
  }

  /** How long the calling thread should wait; zero promises it one request. */
  Duration delay() {
    return delay(Thread.currentThread().getId());
  }

  synchronized Duration delay(long asker) {
    long now = clock.nanoTime();
    promised.values().removeIf(since -> now - since >= PROMISE_NANOS);
    if (refused && now - refusedUntilNanos < 0) {
      promised.clear();
      return Duration.ofNanos(refusedUntilNanos - now);
    }
    refused = false;
    boolean again = promised.containsKey(asker);
    long wait = again ? 0 : waitNanos(now);
    if (wait > 0) {
      return Duration.ofNanos(wait);
    }
    promised.put(asker, now);
    lastNanos = again ? lastNanos : now;
    return Duration.ZERO;
  }

  private long waitNanos(long now) {
    inWindow &= now - resetNanos < 0;
    int spoken = promised.size() + underWay;
    if (!inWindow) {
      return limit > 0 && spoken >= limit ? ASK_AGAIN_NANOS : 0;
    }
    long left = remaining - limit / OTHERS;
    if (left <= 0) {
      return resetNanos - now;
    }
    left -= spoken;
    if (left <= 0) {
      return Math.min(ASK_AGAIN_NANOS, resetNanos - now);
    }
    if (left >= limit / LITTLE) {
      return 0;
    }
    // One share more than is left: the last one let through has had its request, not its time.
    return Math.max(0, lastNanos + (resetNanos - lastNanos) / (left + 1) - now);
  }

  /** A request of the calling thread begins; returns its number. */
  long begin() {
    return begin(Thread.currentThread().getId());
  }

  synchronized long begin(long asker) {
    if (promised.remove(asker) == null) {
      lastNanos = clock.nanoTime();
    }
    underWay++;
    return ++begun;
  }

  /**
   * A request is over.
   *
   * @param headers of its answer, or null when there was none
   * @param spent whether the endpoint may have counted it
   */
  synchronized void ended(long request, @Nullable HttpHeaders headers, boolean spent) {
    underWay--;
    long left = headers == null ? -1 : count(headers, "RateLimit-Remaining");
    Duration reset = headers == null ? null : RetryAfter.reset(headers, clock.now());
    if (headers == null || left < 0 || reset == null) {
      remaining -= spent && remaining > 0 ? 1 : 0;
      return;
    }
    long resets = clock.nanoTime() + atMost(reset).toNanos() + ROUNDING_NANOS;
    // Side by side, the later one may be counted first: within one window, the fewer, the later.
    boolean sideBySide =
        request <= begunWhenTold && inWindow && Math.abs(resets - resetNanos) <= 2 * ROUNDING_NANOS;
    if (sideBySide) {
      remaining = Math.min(remaining, left);
    }
    if (request > told) {
      told = request;
      long most = count(headers, "RateLimit-Limit");
      limit = Math.max(left, Math.max(1, most < 0 ? limit : most));
      remaining = sideBySide ? remaining : left;
      resetNanos = resets;
      inWindow = true;
      begunWhenTold = begun;
    }
  }

  /** The endpoint refused a request for its limit: nobody asks for so long, 1 s to 1 h. */
  synchronized void refused(@Nullable Duration retryAfter) {
    Duration asked = retryAfter == null ? LEAST : atMost(retryAfter);
    long until = clock.nanoTime() + Math.max(LEAST.toNanos(), asked.toNanos());
    if (!refused || until - refusedUntilNanos > 0) {
      refusedUntilNanos = until;
    }
    refused = true;
  }

  private static Duration atMost(Duration wait) {
    return wait.compareTo(MOST) > 0 ? MOST : wait;
  }

  /** The number at the head of a header, or -1. */
  private static long count(HttpHeaders headers, String name) {
    Matcher matcher = COUNT.matcher(headers.firstValue(name).orElse(""));
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }
}
