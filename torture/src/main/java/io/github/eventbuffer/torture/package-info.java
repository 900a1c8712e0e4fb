/**
 * The fault campaign: breaks a buffer on purpose and judges what is left of its promises.
 *
 * <pre>
 *  driver                                         | writer, a JVM of its own, killed and stopped
 *  Torture → Campaign → Scenario ── commands ────→| Writer → Appending → EventBuffer ──┐
 *                          │      ←── answers ────| one record for each append         │
 *                          ↓                                                           │
 *                        Oracle ←── Judge (the endpoint, which loses answers) ←── batches
 * </pre>
 *
 * The oracle knows what was offered, what was answered and what the endpoint stored, each from its
 * own side of the library, and shares no code with it. A scenario brings the faults.
 */
@NullMarked
package io.github.eventbuffer.torture;

import org.jspecify.annotations.NullMarked;
