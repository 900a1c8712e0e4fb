package io.github.eventbuffer.internal;

import java.nio.file.Path;

/**
 * One file of the queue. Immutable; segment numbers rise over all runs of a buffer and never come
 * again.
 *
 * @param number Chronicle's cycle, moved by this library only
 * @param file the cq4 file
 * @param firstSequence the sequence of its first event, or the next one to come when it has none
 * @param firstAcceptedAtMillis when its first entry was accepted
 * @param bytes what it takes on disk
 */
record Segment(int number, Path file, long firstSequence, long firstAcceptedAtMillis, long bytes) {
  /** The same file, of another length. */
  Segment taking(long newBytes) {
    return new Segment(number, file, firstSequence, firstAcceptedAtMillis, newBytes);
  }

  /** The same file, which turned out to begin elsewhere. */
  Segment beginningAt(long sequence) {
    return new Segment(number, file, sequence, firstAcceptedAtMillis, bytes);
  }
}
