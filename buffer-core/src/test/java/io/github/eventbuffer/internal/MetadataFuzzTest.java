package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.Dose;
import io.github.eventbuffer.Scratch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Whatever became of {@code buffer.json}, the directory opens, for its own destination; and damage
 * is never taken for another destination or a newer format.
 */
@AddLifecycleHook(Dose.class)
class MetadataFuzzTest {
  private static final Destination DESTINATION =
      new Destination("12345", "website_pixel", "TEST_1");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MOST_BYTES = 16 << 10;
  private static final long SLACK_BYTES = 4 << 20;

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void damagedMetadataIsMadeAnew(@ForAll("mutations") List<Mutation> mutations) throws IOException {
    try (Scratch scratch = new Scratch();
        BufferDirectory directory = BufferDirectory.claim(scratch.path(), BufferClock.system())) {
      byte[] whole = check(directory, new Damage(quarantine(directory)));
      byte[] changed = Mutation.apply(mutations, whole);
      Files.write(directory.metadata(), changed);
      Damage damage = new Damage(quarantine(directory));
      byte[] found = check(directory, damage);
      assertEquals(!Arrays.equals(changed, found), damage.report().metadataRebuilt());
      assertTrue(
          !Arrays.equals(whole, changed) || !damage.report().metadataRebuilt(), "not damaged");
      judge(directory, found);
    }
  }

  private static void judge(BufferDirectory directory, byte[] found) throws IOException {
    // Each run's mark carries it.
    assertTrue(found.length <= MOST_BYTES, found.length + " bytes");
    JsonNode json = JSON.readTree(found);
    assertEquals(DESTINATION.advertiserId(), json.path("advertiser_id").asText());
    assertEquals(DESTINATION.eventSourceId(), json.path("event_source_id").asText());
    assertEquals(DESTINATION.testEventCode(), json.path("test_event_code").asText());
    Damage damage = new Damage(quarantine(directory));
    assertArrayEquals(found, check(directory, damage));
    assertFalse(damage.report().metadataRebuilt(), "again");
  }

  private static byte[] check(BufferDirectory directory, Damage damage) throws IOException {
    byte[][] found = new byte[1][];
    long allocated =
        Allocated.by(
            () ->
                found[0] =
                    BufferMetadata.check(directory, DESTINATION, BufferClock.system(), damage));
    assertTrue(allocated <= SLACK_BYTES, "allocated " + allocated);
    return found[0];
  }

  private static Quarantine quarantine(BufferDirectory directory) throws IOException {
    return new Quarantine(directory.quarantine());
  }

  @Example
  void aFileThatSomebodyMadeHugeIsNotReadWhole() throws IOException {
    try (Scratch scratch = new Scratch();
        BufferDirectory directory = BufferDirectory.claim(scratch.path(), BufferClock.system())) {
      check(directory, new Damage(quarantine(directory)));
      try (RandomAccessFile sparse = new RandomAccessFile(directory.metadata().toFile(), "rw")) {
        sparse.setLength(3L << 30);
      }
      Damage damage = new Damage(quarantine(directory));
      byte[] found = check(directory, damage);
      assertTrue(damage.report().metadataRebuilt());
      judge(directory, found);
    }
  }

  /** The parser skips blanks, and a run's mark would have to hold them. */
  @Example
  void aFileThatEndsInBlanksIsMadeAnew() throws IOException {
    try (Scratch scratch = new Scratch();
        BufferDirectory directory = BufferDirectory.claim(scratch.path(), BufferClock.system())) {
      byte[] whole = check(directory, new Damage(quarantine(directory)));
      String blanks = new String(whole, StandardCharsets.UTF_8) + " ".repeat(1 << 16);
      Files.writeString(directory.metadata(), blanks);
      judge(directory, check(directory, new Damage(quarantine(directory))));
    }
  }

  @Provide
  Arbitrary<List<Mutation>> mutations() {
    return Mutation.some(Mutation.Kind.values());
  }
}
