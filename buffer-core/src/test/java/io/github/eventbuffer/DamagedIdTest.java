package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The id of an event whose key can be read, and whose payload cannot. */
class DamagedIdTest extends BufferTestCase {

  private void damage(String id) throws IOException {
    Path segment;
    try (Stream<Path> files = Files.walk(directory)) {
      segment = files.filter(file -> file.toString().endsWith(".cq4")).findFirst().orElseThrow();
    }
    String text = Files.readString(segment, StandardCharsets.ISO_8859_1);
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(text.indexOf('"' + id + '"') + 1);
      file.write('X');
    }
  }

  /** As after a power cut before the force: nobody was told that it was accepted. */
  @Test
  void anEventThatWasNotDeliveredAndIsDamagedIsAcceptedAgain() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      buffer.pause();
      append(buffer, 0, 1_000);
      buffer.close(Duration.ZERO);
    }
    damage("event-500");
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 500, 501);
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-501")));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(1_000, transport.arrivals().size());
      assertEquals(1, buffer.stats().damaged());
      assertConserved(buffer.stats());
    }
  }

  @Test
  void anEventThatWasDeliveredStaysKnown() throws Exception {
    try (EventBuffer buffer = builder().open()) {
      append(buffer, 0, 1_000);
      assertTrue(buffer.flush(LONG).complete());
    }
    damage("event-500");
    try (EventBuffer buffer = builder().open()) {
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-500")));
    }
  }
}
