/**
 * What the buffer costs, beside what it is measured against. On a real disk, every event with an id
 * of its own that was made before the clock started, and a failure when one is lost.
 *
 * <pre>
 *  Bench → Rounds → Fork ⇢ ForkedTrial → Trial → Report
 *            ↓                             ↳ BurstTrial → EventStore: the buffer, the floor, a peer
 *  Plan → Row (Figure : Figure → Goal) → Results → Table, Plots, Comparison
 * </pre>
 *
 * <p>A {@link io.github.eventbuffer.benchmarks.Trial} runs in a JVM of its own and reports figures;
 * the {@link io.github.eventbuffer.benchmarks.Plan} says which of them are compared and what they
 * should come to.
 *
 * <p>The classes named {@code …Benchmark} are JMH's. An iteration is a fixed number of appends
 * ({@link io.github.eventbuffer.benchmarks.CheckoutEvent#BURST}) rather than a fixed time: so what
 * a run writes is bounded.
 */
@NullMarked
package io.github.eventbuffer.benchmarks;

import org.jspecify.annotations.NullMarked;
