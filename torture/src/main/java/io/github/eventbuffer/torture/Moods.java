package io.github.eventbuffer.torture;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.torture.VirtualEndpoint.Reaction;
import java.time.Duration;
import java.util.Random;

/** The ways in which an endpoint is down, as the transport tells of them. Not thread-safe. */
final class Moods {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  private final Random random;

  Moods(Random random) {
    this.random = random;
  }

  /** Any failure of the service. */
  Reaction unavailable() {
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> Reaction.of(new Unavailable("connection refused"));
      case 4, 5, 6 -> Reaction.of(new Unavailable("HTTP 500"));
      case 7 -> Reaction.of(new Unavailable("HTTP 503", wish()));
      case 8 -> Reaction.of(new Throttled(wish()));
      case 9 -> new Reaction(new Unavailable("no answer in time"), REQUEST_TIMEOUT, false);
      // It has the events and does not say so.
      case 10 -> new Reaction(new Unavailable("cut"), Duration.ofSeconds(2), true);
      // Not even the transport keeps its own bound.
      default -> new Reaction(null, Duration.ZERO, false);
    };
  }

  /** From less than is granted to more than is granted. */
  private Duration wish() {
    return switch (random.nextInt(6)) {
      case 0 -> Duration.ZERO;
      case 1 -> Duration.ofHours(3);
      default -> Duration.ofSeconds(1 + random.nextInt(900));
    };
  }

  static Reaction unauthorized() {
    return Reaction.of(new Held("HTTP 401 UNAUTHORIZED"));
  }

  /** Takes the batch, after a while. */
  Reaction slow(EventBatch batch) {
    Duration after = Duration.ofMillis(50 + random.nextInt(2_000));
    return new Reaction(Delivered.all(batch.count()), after, true);
  }
}
