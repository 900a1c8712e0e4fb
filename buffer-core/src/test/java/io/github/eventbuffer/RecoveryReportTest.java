package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An open says what it found damaged, once, and nothing when there was nothing. */
class RecoveryReportTest extends BufferTestCase {
  private static final int EVENTS = 20;
  private final List<RecoveryReport> reports = new ArrayList<>();

  private EventBuffer open() {
    return builder()
        .listener(
            new EventBufferListener() {
              @Override
              public void onRecovery(RecoveryReport found) {
                reports.add(found);
              }
            })
        .open();
  }

  private void appendAndClose() {
    try (EventBuffer buffer = open()) {
      buffer.pause();
      append(buffer, 0, EVENTS);
      buffer.close(Duration.ZERO);
    }
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("events/queue"))) {
      return all.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
    }
  }

  @Test
  void aCleanEndAndAnUncleanOneAreNoDamage() {
    appendAndClose();
    open().close(Duration.ZERO);
    assertEquals(List.of(), reports);
  }

  @Test
  void theNewestEventWasAcceptedThoughItCannotBeRead() throws IOException {
    appendAndClose();
    Scratch.damage(directory, "event-" + (EVENTS - 1));
    try (EventBuffer buffer = open()) {
      assertEquals(1, reports.size());
      assertEquals(1, reports.get(0).unreadablePlaces());
      assertFalse(reports.get(0).checkpointDamaged());
      append(buffer, EVENTS, EVENTS + 1);
      assertTrue(buffer.flush(LONG).complete());
      BufferStats stats = buffer.stats();
      assertEquals(EVENTS + 1, stats.accepted());
      assertEquals(1, stats.damaged());
      assertEquals(EVENTS, stats.delivered());
      assertConserved(stats);
    }
    try (EventBuffer buffer = open()) {
      assertEquals(EVENTS + 1, buffer.stats().accepted());
      assertEquals(0, buffer.stats().pending());
    }
    assertEquals(1, reports.size());
  }

  @Test
  void aFileInWhichNothingCanBeReadGoesToTheQuarantine() throws IOException {
    appendAndClose();
    Path segment = segments().get(0);
    byte[] bytes = Files.readAllBytes(segment);
    for (int i = 0; i + 20 < bytes.length; i += 20) {
      bytes[i] ^= 0x55;
    }
    Files.write(segment, bytes);
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.stats().diskBytes() > bytes.length, "quarantine counts");
    }
    Path quarantined = reports.get(0).quarantined().get(0);
    assertEquals(directory.resolve("events/quarantine"), quarantined.getParent());
    assertEquals(bytes.length, Files.size(quarantined));
  }

  @Test
  void metadataThatIsGoneIsMadeAnewAndSaidSo() throws IOException {
    appendAndClose();
    Files.delete(directory.resolve("events/buffer.json"));
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(EVENTS, buffer.stats().delivered());
    }
    assertTrue(reports.get(0).metadataRebuilt());
    open().close();
    assertEquals(1, reports.size());
  }

  @Test
  void metadataThatBeginsWithZerosIsMadeAnew() throws IOException {
    appendAndClose();
    Path file = directory.resolve("events/buffer.json");
    for (int zeros : new int[] {1, 2, 3, 4, Integer.MAX_VALUE}) {
      byte[] bytes = Files.readAllBytes(file);
      Arrays.fill(bytes, 0, Math.min(zeros, bytes.length), (byte) 0);
      Files.write(file, bytes);
      open().close(Duration.ZERO);
    }
    assertEquals(5, reports.stream().filter(RecoveryReport::metadataRebuilt).count());
  }

  /** The parser skips them, and a run's mark would have to carry them. */
  @Test
  void metadataThatEndsInBlanksIsMadeAnew() throws IOException {
    appendAndClose();
    Path file = directory.resolve("events/buffer.json");
    Files.writeString(file, " ".repeat(5 << 20), StandardOpenOption.APPEND);
    try (EventBuffer buffer = open()) {
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(EVENTS, buffer.stats().delivered());
    }
    assertTrue(reports.get(0).metadataRebuilt());
    assertTrue(Files.size(file) < 1_000);
  }

  @Test
  void aListenerThatThrowsDoesNotKeepTheBufferFromOpening() throws IOException {
    appendAndClose();
    Scratch.damage(directory, "event-" + (EVENTS - 1));
    EventBufferListener throwing =
        new EventBufferListener() {
          @Override
          public void onRecovery(RecoveryReport found) {
            throw new IllegalStateException("thrown on purpose");
          }
        };
    try (EventBuffer buffer = builder().listener(throwing).open()) {
      assertTrue(buffer.flush(LONG).complete());
    }
  }
}
