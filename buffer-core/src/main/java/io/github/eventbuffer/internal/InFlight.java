package io.github.eventbuffer.internal;

import java.util.UUID;

/**
 * The bounds of a batch as they stand in the checkpoint. A resend in another process carries the
 * same events and the same key because of it.
 *
 * @param firstSequence the first sequence it covers
 * @param lastSequence the last one it covers
 * @param position where its first entry lies, or a place before
 * @param key its idempotency key
 * @param done whether it is acknowledged; it is listed then because one before it is not
 */
record InFlight(long firstSequence, long lastSequence, Position position, UUID key, boolean done) {

  InFlight asDone() {
    return new InFlight(firstSequence, lastSequence, position, key, true);
  }

  /** The same events under another key, for a batch that is sent anew. */
  InFlight withNewKey() {
    return new InFlight(firstSequence, lastSequence, position, UUID.randomUUID(), false);
  }

  long span() {
    return lastSequence - firstSequence + 1;
  }
}
