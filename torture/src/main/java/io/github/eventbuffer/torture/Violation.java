package io.github.eventbuffer.torture;

/**
 * A broken promise.
 *
 * @param rule which one
 * @param what what was seen, with figures and a few event numbers
 */
record Violation(Rule rule, String what) {

  /** What the oracle demands. */
  enum Rule {
    /**
     * Accepted events are stored by the endpoint, dead-lettered or pending; refused ones are not.
     */
    CONSERVATION,
    /** What arrives was offered, and every byte of it is as it was offered. */
    INTEGRITY,
    /**
     * No more is sent twice than a kill or an unknown outcome explains, and nothing accepted twice.
     */
    DUPLICATES,
    /**
     * When the faults have stopped, a fresh event arrives soon; append and open keep their bounds.
     */
    LIVENESS,
    /** The library's counters are the oracle's, over restarts. */
    ACCOUNTING,
    /** Disk, descriptors, threads and mappings are back to what they were. */
    LEFTOVERS,
    /** The run itself could not be brought to its end. */
    RUN
  }

  @Override
  public String toString() {
    return rule + ": " + what;
  }
}
