package io.github.eventbuffer.torture;

import java.time.Duration;

/**
 * What the oracle measures against.
 *
 * @param batchEvents most events of a batch
 * @param inFlight most batches in flight
 * @param append longest that one append may take
 * @param open longest that one open may take
 */
record Limits(int batchEvents, int inFlight, Duration append, Duration open) {

  /** Of a writer's settings, with room for a machine that is busy. */
  static Limits of(Settings settings) {
    return new Limits(
        settings.number(Setting.MAX_BATCH_EVENTS),
        settings.number(Setting.MAX_IN_FLIGHT),
        Duration.ofMillis(2L * settings.number(Setting.APPEND_TIMEOUT_MILLIS) + 2_000),
        Duration.ofSeconds(10));
  }

  /** For a writer that is stopped in the middle of its appends. */
  Limits anyAppend() {
    return new Limits(batchEvents, inFlight, Duration.ofDays(1), open);
  }
}
