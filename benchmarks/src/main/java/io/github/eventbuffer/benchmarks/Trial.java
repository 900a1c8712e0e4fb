package io.github.eventbuffer.benchmarks;

/** One side of a measure, run once in a JVM of its own. */
interface Trial {
  /** Runs it from beginning to end; throws when it could not be run, not when events are lost. */
  Report run(Setting setting) throws Exception;
}
