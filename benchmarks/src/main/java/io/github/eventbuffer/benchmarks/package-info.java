/**
 * JMH benchmarks. Each answers one question, on a real disk, and fails when an event is lost.
 *
 * <p>An iteration is a fixed number of appends ({@link
 * io.github.eventbuffer.benchmarks.CheckoutEvent#BURST}) rather than a fixed time: so what a run
 * writes is bounded, and each event has an id of its own that was made before the clock started.
 */
@NullMarked
package io.github.eventbuffer.benchmarks;

import org.jspecify.annotations.NullMarked;
