package io.github.eventbuffer.torture;

import java.nio.file.Path;

/**
 * Which bytes of a file hold one event.
 *
 * @param file relative to the buffer's directory
 * @param from first byte, header included
 * @param to behind the last byte
 * @param number the event's
 * @param letter whether it lies there as a dead letter
 */
record EntryExtent(Path file, long from, long to, int number, boolean letter) {}
