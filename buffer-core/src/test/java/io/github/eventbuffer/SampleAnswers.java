package io.github.eventbuffer;

import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import java.util.List;
import java.util.stream.IntStream;

/** Answers to an attempt, for tests. */
final class SampleAnswers {
  private SampleAnswers() {}

  static DeliveryResult all(ScriptedTransport.Attempt a) {
    return Delivered.all(a.ids().size());
  }

  static InvalidBatch named(ScriptedTransport.Attempt a, int most) {
    return new InvalidBatch(
        "BAD",
        "m",
        IntStream.range(0, Math.min(most, a.ids().size()))
            .mapToObj(i -> new InvalidEvent(i, "BAD", "m"))
            .toList());
  }

  static InvalidBatch unnamed() {
    return new InvalidBatch("BAD", "m", List.of());
  }

  static Delivered rejectAll(ScriptedTransport.Attempt a) {
    return new Delivered(
        a.ids().stream().map(id -> new RejectedEvent(id, "UNKNOWN_SOURCE", "")).toList(),
        List.of(),
        null,
        0);
  }
}
