package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final int SLOT_BYTES = 16 << 10;
  @TempDir Path directory;

  private Path file() {
    return directory.resolve("checkpoint");
  }

  private static CheckpointState state(long committed, int inFlight) {
    List<InFlight> batches = new ArrayList<>();
    for (int i = 0; i < inFlight; i++) {
      batches.add(
          new InFlight(
              committed + 1 + 10L * i,
              committed + 10 + 10L * i,
              new Position(3, 400L + i),
              new UUID(committed, i),
              i % 2 == 1));
    }
    return new CheckpointState(committed, new Position(3, 400), committed, 1, 2, 3, 4, 5, batches);
  }

  private CheckpointState reopened() throws IOException {
    try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, false)) {
      return checkpoint.state();
    }
  }

  @Test
  void theNewestStateIsReadBack() throws IOException {
    for (int inFlight : new int[] {0, 1, Checkpoint.MOST_IN_FLIGHT}) {
      try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, true)) {
        checkpoint.write(state(100, 2));
        checkpoint.write(state(200, inFlight));
      }
      assertEquals(state(200, inFlight), reopened());
    }
  }

  @Test
  void aNewFileIsNotMistakenForACheckpoint() throws IOException {
    try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, false)) {
      assertFalse(checkpoint.found());
      assertEquals(CheckpointState.START, checkpoint.state());
      checkpoint.write(CheckpointState.START);
    }
    try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, false)) {
      assertTrue(checkpoint.found());
    }
  }

  @Test
  void aTornWriteLeavesTheOneBefore() throws IOException {
    try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, false)) {
      checkpoint.write(state(100, 2));
      checkpoint.write(state(200, 2));
    }
    byte[] whole = Files.readAllBytes(file());
    // Generation 2 lies in slot 0; the tear leaves any number of its bytes as they were before.
    int written = 88 + 2 * 45 + 8;
    for (int kept = 0; kept < written; kept++) {
      byte[] torn = whole.clone();
      java.util.Arrays.fill(torn, kept, SLOT_BYTES, (byte) 0);
      Files.write(file(), torn);
      boolean complete = java.util.Arrays.equals(torn, whole);
      assertEquals(complete ? state(200, 2) : state(100, 2), reopened(), "torn after " + kept);
    }
  }

  @Test
  void noFlippedBitIsBelieved() throws IOException {
    try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, false)) {
      checkpoint.write(state(100, 2));
      checkpoint.write(state(200, 2));
    }
    byte[] whole = Files.readAllBytes(file());
    int written = 88 + 2 * 45 + 8;
    for (int bit = 0; bit < 8 * written; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file(), flipped);
      assertEquals(state(100, 2), reopened(), "bit " + bit);
    }
  }

  @Test
  void garbageIsNoCheckpoint() throws IOException {
    Random random = new Random(42);
    for (int i = 0; i < 200; i++) {
      byte[] garbage = new byte[2 * SLOT_BYTES];
      random.nextBytes(garbage);
      Files.write(file(), garbage);
      try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, false)) {
        assertFalse(checkpoint.found());
      }
    }
    for (int length : new int[] {0, 1, SLOT_BYTES, 2 * SLOT_BYTES - 1, 2 * SLOT_BYTES + 1}) {
      Files.write(file(), new byte[length]);
      try (Checkpoint checkpoint = new Checkpoint(file(), QueueFixture.DESTINATION, false)) {
        assertFalse(checkpoint.found());
      }
    }
  }
}
