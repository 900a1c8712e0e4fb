/**
 * A durable buffer for conversion events.
 *
 * <pre>
 *  caller's thread                                        | one flusher thread per buffer
 *  append → validate → encode → filter duplicates → queue | checkpoint → read batch → transport → decide → commit
 *                                                         |                      ↘ retry · hold · split · dead letter
 * </pre>
 *
 * The two sides meet in the queue only. Nothing left of the bar touches the checkpoint; only the
 * flusher commits. The transport makes exactly one attempt per call.
 */
@NullMarked
package io.github.eventbuffer;

import org.jspecify.annotations.NullMarked;
