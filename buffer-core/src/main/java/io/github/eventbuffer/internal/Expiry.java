package io.github.eventbuffer.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Moves events that are too old to be sent to the dead letters. Asked before each attempt, so an
 * event that expires while an attempt is under way may still be delivered by it. Belongs to the
 * flusher.
 */
final class Expiry {
  private static final String CODE = "expired";

  private final long maxAgeMillis;
  private final LongSupplier wallMillis;
  private final Burials burials;

  /** {@code maxAge} zero: nothing expires. */
  Expiry(Duration maxAge, LongSupplier wallMillis, Burials burials) {
    maxAgeMillis = maxAge.toMillis();
    this.wallMillis = wallMillis;
    this.burials = burials;
  }

  /**
   * Buries what is too old in this batch; returns whether there was any.
   *
   * @throws IOException if a dead letter cannot be stored; the batch must not be sent then
   */
  boolean bury(QueuedBatch batch) throws IOException {
    long limit = wallMillis.getAsLong() - maxAgeMillis;
    if (maxAgeMillis == 0 || batch.oldestMillis() >= limit) {
      return false;
    }
    Refusal expired =
        new Refusal(CODE, "older than " + Duration.ofMillis(maxAgeMillis) + " (maxEventAge)");
    burials.bury(
        batch,
        Burial.EXPIRED,
        (sequence, at) -> Frame.acceptedAtMillis(at.bytes(), at.frame()) < limit ? expired : null);
    return true;
  }
}
