package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.Dose;
import io.github.eventbuffer.Scratch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Of two slots, changed in any way, the newest that stands there whole is believed, or none. */
@AddLifecycleHook(Dose.class)
class CheckpointFuzzTest {
  private static final int SLOT_BYTES = 16 << 10;
  private static final int[] FIELDS = {0, 8, 16, 24, 28, 84, 88, 96, 104};
  private static final long SLACK_BYTES = 1 << 20;

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void theNewestSlotThatIsWholeIsBelieved(
      @ForAll("states") CheckpointState older,
      @ForAll("states") CheckpointState newer,
      @ForAll("mutations") List<Mutation> mutations)
      throws IOException {
    try (Scratch scratch = new Scratch()) {
      Path file = scratch.path().resolve("checkpoint");
      try (Checkpoint checkpoint = new Checkpoint(file, QueueFixture.DESTINATION, false)) {
        checkpoint.write(older);
        checkpoint.write(newer);
      }
      byte[] whole = Files.readAllBytes(file);
      byte[] changed = Mutation.apply(mutations, whole, fields());
      Files.write(file, changed);
      CheckpointState expected = CheckpointState.START;
      if (stands(changed, slot(whole, 1, older))) {
        expected = older;
      }
      if (stands(changed, slot(whole, 0, newer))) {
        expected = newer;
      }
      judge(file, expected);
    }
  }

  private static void judge(Path file, CheckpointState expected) throws IOException {
    CheckpointState[] found = new CheckpointState[1];
    long allocated =
        Allocated.by(
            () -> {
              try (Checkpoint checkpoint = new Checkpoint(file, QueueFixture.DESTINATION, false)) {
                found[0] = checkpoint.state();
              }
            });
    assertEquals(expected, found[0]);
    assertTrue(allocated <= SLACK_BYTES, "allocated " + allocated);
    CheckpointState next = new CheckpointState(1, new Position(2, 3), 4, 5, 6, 7, 8, 9, List.of());
    try (Checkpoint checkpoint = new Checkpoint(file, QueueFixture.DESTINATION, false)) {
      checkpoint.write(next);
    }
    try (Checkpoint checkpoint = new Checkpoint(file, QueueFixture.DESTINATION, false)) {
      assertEquals(next, checkpoint.state(), "written over what was damaged");
    }
  }

  @Example
  void aFileThatSomebodyMadeHugeIsNotReadWhole() throws IOException {
    try (Scratch scratch = new Scratch()) {
      Path file = scratch.path().resolve("checkpoint");
      CheckpointState state =
          new CheckpointState(9, new Position(2, 3), 4, 5, 6, 7, 8, 9, List.of());
      try (Checkpoint checkpoint = new Checkpoint(file, QueueFixture.DESTINATION, false)) {
        checkpoint.write(state);
      }
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(3L << 30);
      }
      judge(file, state);
    }
  }

  /** What was written of a state, and where. */
  private record Slot(int at, byte[] bytes) {}

  private static Slot slot(byte[] whole, int index, CheckpointState state) {
    int length = 88 + 45 * state.inFlight().size() + Integer.BYTES;
    int at = index * SLOT_BYTES;
    return new Slot(at, Arrays.copyOfRange(whole, at, at + length));
  }

  /** Whether it stands at either place; a file that is too short ends in zeros. */
  private static boolean stands(byte[] changed, Slot slot) {
    byte[] padded = Arrays.copyOf(changed, 2 * SLOT_BYTES);
    for (int at = 0; at < padded.length; at += SLOT_BYTES) {
      int end = at + slot.bytes.length;
      if (Arrays.equals(padded, at, end, slot.bytes, 0, slot.bytes.length)) {
        return true;
      }
    }
    return false;
  }

  private static int[] fields() {
    int[] fields = new int[2 * FIELDS.length];
    for (int i = 0; i < FIELDS.length; i++) {
      fields[2 * i] = FIELDS[i];
      fields[2 * i + 1] = SLOT_BYTES + FIELDS[i];
    }
    return fields;
  }

  @Provide
  Arbitrary<CheckpointState> states() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 1L << 40),
            Arbitraries.integers().between(0, Checkpoint.MOST_IN_FLIGHT),
            Arbitraries.longs())
        .as(CheckpointFuzzTest::state);
  }

  private static CheckpointState state(long committed, int inFlight, long any) {
    List<InFlight> batches = new ArrayList<>();
    for (int i = 0; i < inFlight; i++) {
      long first = committed + 1 + 10L * i;
      batches.add(new InFlight(first, first + 9, new Position(3, i), new UUID(any, i), i % 2 == 1));
    }
    return new CheckpointState(
        committed, new Position((int) any, any), any, any + 1, 3, 4, 5, 6, batches);
  }

  @Provide
  Arbitrary<List<Mutation>> mutations() {
    return Mutation.some(Mutation.Kind.values());
  }
}
