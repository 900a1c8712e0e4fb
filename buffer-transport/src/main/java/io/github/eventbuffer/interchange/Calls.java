package io.github.eventbuffer.interchange;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.http.HttpEndpoint;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Makes calls that may be made again: once, or until one succeeds or the time is over. */
final class Calls {
  private static final Duration BASE = Duration.ofMillis(500);
  private static final Duration CAP = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final HttpEndpoint endpoint;
  private final BufferClock clock;
  private final Duration timeout;

  Calls(HttpEndpoint endpoint, BufferClock clock, Duration timeout) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.timeout = timeout;
  }

  /** By the rule of a {@link Destination}. */
  static void checkAdvertiser(String advertiserId) {
    Destination.of(advertiserId, "any");
  }

  BufferClock clock() {
    return clock;
  }

  /** One attempt. */
  CompletionStage<Reply> once(JsonCall call) {
    return endpoint.send(call);
  }

  /** Blocks; an interrupt ends it. */
  Reply untilDone(JsonCall call) {
    return untilDone(call, clock.nanoTime() + timeout.toNanos());
  }

  Reply untilDone(JsonCall call, long deadlineNanos) {
    for (int failures = 0; ; failures++) {
      Reply reply = await(call, deadlineNanos);
      InterchangeException error = reply.error();
      if (error == null) {
        return reply;
      }
      long wait = delayNanos(failures, reply);
      if (!error.isRetryable() || clock.nanoTime() + wait - deadlineNanos >= 0) {
        throw error;
      }
      pause(wait);
    }
  }

  /** As the endpoint asks, else exponential with full jitter. */
  private static long delayNanos(int failures, Reply reply) {
    Duration asked = reply.retryAfter();
    if (asked != null) {
      return Math.max(TimeUnit.SECONDS.toNanos(1), asked.toNanos());
    }
    long most = Math.min(CAP.toNanos(), BASE.toNanos() << Math.min(failures, 20));
    return ThreadLocalRandom.current().nextLong(most + 1);
  }

  private Reply await(JsonCall call, long deadlineNanos) {
    long pace = endpoint.delay().toNanos();
    if (pace > 0) {
      if (clock.nanoTime() + pace - deadlineNanos >= 0) {
        throw JsonCall.error("the endpoint's limit leaves no request within the time-out", true);
      }
      pause(pace);
    }
    try {
      return endpoint.send(call).toCompletableFuture().get();
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call never fails this way", e);
    }
  }

  /** Waits on the clock; an interrupt ends it. */
  void pause(long nanos) {
    long end = clock.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - clock.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted();
      }
      clock.park(Math.min(left, LOOK_NANOS));
    }
  }

  private static InterchangeException interrupted() {
    Thread.currentThread().interrupt();
    return JsonCall.error("the calling thread was interrupted", true);
  }
}
