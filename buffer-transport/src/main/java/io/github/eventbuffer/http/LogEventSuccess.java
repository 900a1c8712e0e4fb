package io.github.eventbuffer.http;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.RejectedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an answer to {@code log-event} says when it is a success; empty in one that is none.
 *
 * @param received {@code events_received}, or -1 when absent
 * @param processed {@code events_processed}, or -1 when absent
 * @param rejected {@code partial_failures}, each event id once, at most as many as the batch has
 *     events
 * @param warnings the endpoint's and ours
 * @param matchQuality 0–1, or null
 */
public record LogEventSuccess(
    long received,
    long processed,
    List<RejectedEvent> rejected,
    List<String> warnings,
    @Nullable Double matchQuality) {

  /** Copies the lists. */
  public LogEventSuccess {
    rejected = List.copyOf(rejected);
    warnings = List.copyOf(warnings);
  }

  /** Why it is no success of a batch of {@code count} events; null when it is one. */
  public @Nullable String doubt(int count) {
    if (received < 0 || processed < 0) {
      return "it lacks events_received or events_processed";
    }
    if (received != count) {
      return "events_received is " + received + ", " + count + " were sent";
    }
    return processed > count
        ? "events_processed is " + processed + ", " + count + " were sent"
        : null;
  }

  /** As the buffer wants it; only where there is no {@link #doubt}. */
  public Delivered toDelivered() {
    return new Delivered(rejected, warnings, matchQuality, processed);
  }
}
