package io.github.eventbuffer.internal;

/** How an event came to be a dead letter, which decides what its batch is sent with. */
enum Burial {
  /**
   * The endpoint named it when it took the batch. Should that acknowledgement be lost, the batch is
   * sent again as it was, this event included.
   */
  NAMED,
  /** The endpoint refused its batch for it; the rest is sent without it. */
  REFUSED,
  /** It became too old; the rest is sent without it. */
  EXPIRED
}
