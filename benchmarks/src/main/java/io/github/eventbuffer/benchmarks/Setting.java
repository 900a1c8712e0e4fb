package io.github.eventbuffer.benchmarks;

import java.net.URI;

/**
 * What a trial is told.
 *
 * @param quick whether time is short: fewer events, the same kind of work
 * @param sink where the {@link Sink} listens
 */
record Setting(boolean quick, URI sink) {
  int choose(int whenQuick, int whenFull) {
    return quick ? whenQuick : whenFull;
  }
}
