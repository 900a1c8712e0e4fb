package io.github.eventbuffer.internal;

import io.github.eventbuffer.WhenDeadLettersFull;

/**
 * How much room the dead letters have.
 *
 * @param maxBytes on disk
 * @param whenFull what is done when there is no more
 */
record LetterBound(long maxBytes, WhenDeadLettersFull whenFull) {}
