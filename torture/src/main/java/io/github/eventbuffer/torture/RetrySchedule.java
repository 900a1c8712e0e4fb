package io.github.eventbuffer.torture;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.torture.Violation.Rule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When attempts may be made after failures, worked out from the documentation of {@link
 * RetryPolicy} alone: what comes too early, too late, or while another attempt is under way is a
 * violation. Not thread-safe.
 */
final class RetrySchedule {
  private static final Duration LEAST_WISH = Duration.ofSeconds(1);
  private static final Duration MOST_WISH = Duration.ofHours(1);

  /** So many drawn waits tell an even draw from another one, by more than six sigma. */
  private static final int ENOUGH = 300;

  private static final double MEAN_TOLERANCE = 0.1;

  private final RetryPolicy policy;
  private final Oracle oracle;
  private long attempts;
  private int underWay;
  private boolean down;
  private int failures;
  private int holds;
  private Duration earliest = Duration.ZERO;
  private Duration latest = Duration.ZERO;
  private Duration failedAt = Duration.ZERO;
  private Duration drawnFrom = Duration.ZERO;
  private long drawn;
  private double shares;

  RetrySchedule(RetryPolicy policy, Oracle oracle) {
    this.policy = policy;
    this.oracle = oracle;
  }

  long attempts() {
    return attempts;
  }

  /** A new process knows of no failure. */
  void restarted() {
    underWay = 0;
    succeeded();
  }

  void attempted(Duration now) {
    attempts++;
    if (down) {
      if (underWay > 0) {
        wrong("an attempt while another one was under way and the endpoint down");
      }
      if (now.compareTo(earliest) < 0) {
        wrong("an attempt " + earliest.minus(now) + " too early, after " + told());
      }
      if (now.compareTo(latest) > 0) {
        wrong("an attempt " + now.minus(latest) + " too late, after " + told());
      }
      if (!drawnFrom.isZero()) {
        drawn++;
        shares += (double) now.minus(failedAt).toNanos() / drawnFrom.toNanos();
      }
    }
    underWay++;
  }

  private String told() {
    return failures + " failures and " + holds + " holds, the last at " + failedAt;
  }

  void answered(Duration now, DeliveryResult result) {
    underWay--;
    Duration wish = wish(result);
    if (result instanceof Delivered) {
      succeeded();
    } else if (result instanceof Held) {
      // Attempts that were made together and are refused together are one refusal.
      holds += down && now.compareTo(earliest) < 0 && holds > 0 ? 0 : 1;
      Duration wait = doubled(policy.probe(), policy.probeCap(), holds);
      failed(now, wait, wait, Duration.ZERO);
    } else if (wish != null) {
      failed(now, wish, wish, Duration.ZERO);
    } else {
      failures++;
      Duration most = doubled(policy.base(), policy.cap(), failures);
      failed(now, Duration.ZERO, most, most);
    }
  }

  private void succeeded() {
    down = false;
    failures = 0;
    holds = 0;
    earliest = Duration.ZERO;
    latest = Duration.ZERO;
  }

  private void failed(Duration now, Duration least, Duration most, Duration from) {
    // Of attempts that were made together, the longest wait counts, and none of them is one draw.
    boolean together = down && now.compareTo(latest) <= 0 && underWay > 0;
    Duration opens = now.plus(least);
    Duration atLast = now.plus(most);
    // What another answer asked for may last longer: then that is what is waited for.
    boolean outlasted = earliest.compareTo(atLast) > 0;
    earliest = opens.compareTo(earliest) > 0 ? opens : earliest;
    latest = atLast.compareTo(latest) > 0 ? atLast : latest;
    drawnFrom = together || outlasted || underWay > 0 ? Duration.ZERO : from;
    failedAt = now;
    down = true;
  }

  private static @Nullable Duration wish(DeliveryResult result) {
    Duration wish = null;
    if (result instanceof Unavailable unavailable) {
      wish = unavailable.retryAfter();
    } else if (result instanceof Throttled throttled) {
      wish = throttled.retryAfter();
    }
    if (wish == null) {
      return null;
    }
    Duration atLeast = wish.compareTo(LEAST_WISH) < 0 ? LEAST_WISH : wish;
    return atLeast.compareTo(MOST_WISH) > 0 ? MOST_WISH : atLeast;
  }

  /** base · 2ⁿ⁻¹, at most cap. */
  private static Duration doubled(Duration base, Duration cap, int times) {
    Duration wait = base;
    for (int i = 1; i < times && wait.compareTo(cap) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(cap) > 0 ? cap : wait;
  }

  /** Whether the waits, all in all, were drawn evenly from 0 to their bounds. */
  void judgeJitter() {
    if (drawn >= ENOUGH && Math.abs(shares / drawn - 0.5) > MEAN_TOLERANCE) {
      wrong(drawn + " waits took " + shares / drawn + " of their bounds in the mean");
    }
  }

  /** Mean share of the waits in their bounds, in percent; an even draw gives 50. */
  long jitterPercent() {
    return drawn == 0 ? 0 : Math.round(100 * shares / drawn);
  }

  private void wrong(String what) {
    oracle.violate(Rule.LIVENESS, what);
  }
}
