package io.github.eventbuffer.benchmarks;

/**
 * Where a figure comes from.
 *
 * @param trial a name of {@link Trials}
 * @param name one of the figures in the trial's report
 */
record Figure(String trial, String name) {}
