package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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

              @Override
              public void onRecovery(RecoveryReport found) {
                failures.add(found.checkpointDamaged() ? "checkpoint damaged" : found.toString());
              }
            })
        .segmentBytes(2 << 20)
        .duplicateWindow(1, Duration.ofDays(1))
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
    assertTrue(failures.get(0).contains("checkpoint damaged"), failures.toString());
  }

  /** The older slot names segments that were removed because the newer one passed them. */
  @Test
  void aDamagedNewestSlotLosesNothingAndAccusesTheDiskOfNothing() throws Exception {
    int appended = 40_000;
    Path checkpoint = root.resolve("events/checkpoint");
    byte[] old;
    try (EventBuffer buffer = open()) {
      for (int i = 0; i < appended; i++) {
        assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("event-" + i)));
        if (i == 1_000) {
          assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
        }
      }
      old = Files.readAllBytes(checkpoint);
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
    }
    byte[] now = Files.readAllBytes(checkpoint);
    byte[] damaged = old.clone();
    int slot = now.length / 2;
    ByteBuffer slots = ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN);
    int newest = slots.getLong(8) > slots.getLong(slot + 8) ? slot : 0;
    damaged[newest + 30] ^= 4;
    Files.write(checkpoint, damaged);
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
      BufferStats stats = buffer.stats();
      assertEquals(appended, stats.accepted());
      assertEquals(appended, stats.delivered());
      assertEquals(0, stats.damaged());
      assertEquals(0, stats.pending());
    }
    assertEquals(appended, transport.arrivals().size());
    assertEquals(List.of("checkpoint damaged"), failures);
  }

  @Test
  void aCheckpointThatWasCutShortIsMadeWhole() throws Exception {
    try (EventBuffer buffer = open()) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
    }
    Path checkpoint = root.resolve("events/checkpoint");
    byte[] whole = Files.readAllBytes(checkpoint);
    int arrived = 1;
    for (int length : new int[] {0, 1, 100, 16 << 10, (16 << 10) + 1, whole.length - 1}) {
      Files.write(checkpoint, Arrays.copyOf(whole, length));
      try (EventBuffer buffer = open()) {
        assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
        assertEquals(1, buffer.stats().accepted(), "cut to " + length);
        assertEquals(1, buffer.stats().delivered(), "cut to " + length);
      }
      assertEquals(whole.length, Files.size(checkpoint));
      if (length == whole.length - 1) {
        assertEquals(arrived, transport.arrivals().get("a"), "both slots were whole");
      }
      arrived = transport.arrivals().get("a");
      whole = Files.readAllBytes(checkpoint);
    }
  }
}
