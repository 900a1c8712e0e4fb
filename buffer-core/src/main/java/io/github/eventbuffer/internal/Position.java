package io.github.eventbuffer.internal;

/**
 * A place in the queue.
 *
 * @param segment number of the segment
 * @param offset byte offset of an entry's Chronicle header in the segment's file; 0 is the start
 */
record Position(int segment, long offset) {
  static final Position START = new Position(0, 0);
}
