package io.github.eventbuffer.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * One row of the table: a figure of ours beside a figure of a reference, and what they should come
 * to.
 *
 * @param id what {@code --only} and {@code --compare} know it by; the same from run to run
 * @param goal null when the row is there to be read only
 * @param survives of a peer: what an event survives there once it is taken; null for the rest
 */
record Measure(
    String id,
    String name,
    Unit unit,
    Figure ours,
    @Nullable Figure reference,
    @Nullable Goal goal,
    @Nullable Survives survives) {

  /** Whether {@code --only} with this word asks for it: its id or the first words of it. */
  boolean isNamed(String word) {
    return id.equals(word) || id.startsWith(word + "-");
  }
}
