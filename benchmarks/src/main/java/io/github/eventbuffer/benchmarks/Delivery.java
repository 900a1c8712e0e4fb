package io.github.eventbuffer.benchmarks;

/** What becomes of the events while others are appended. */
public enum Delivery {
  /** Nothing: the flusher sleeps. */
  PAUSED,

  /** Batches are cut, acknowledged at once without a look at their bytes, and committed. */
  ACKNOWLEDGED
}
