package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint that was lost is reported; one that was never needed is not. */
class CheckpointLossTest {
  @TempDir Path root;
  private final ScriptedTransport transport = new ScriptedTransport();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

  private EventBuffer open() {
    return EventBuffer.builder(root.resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .listener(
            new EventBufferListener() {
              @Override
              public void onStorageFailure(String what, Throwable cause) {
                failures.add(what);
              }
            })
        .segmentBytes(2 << 20)
        .open();
  }

  @Test
  void aBufferThatDeliveredNothingReopensWithoutAlarm() {
    open().close();
    open().close();
    assertEquals(List.of(), failures);
  }

  @Test
  void eventsThatWereNeverSentReopenWithoutAlarm() {
    try (EventBuffer buffer = open()) {
      buffer.pause();
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
      assertEquals(1, buffer.close(Duration.ZERO).pending());
    }
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
      assertEquals(1, buffer.stats().delivered());
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void aLostCheckpointIsReportedAndAllIsDeliveredAgain() throws Exception {
    try (EventBuffer buffer = open()) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
    }
    Files.delete(root.resolve("events/checkpoint"));
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
      assertEquals(2, transport.arrivals().get("a"));
    }
    assertEquals(1, failures.size(), failures.toString());
    assertTrue(failures.get(0).contains("checkpoint was lost"), failures.toString());
  }
}
