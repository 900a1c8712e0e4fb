package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.Dose;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * A frame is believed when it is what was written, byte for byte, and nothing around it is read.
 */
@AddLifecycleHook(Dose.class)
class FrameFuzzTest {

  @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
  void aFrameIsBelievedAsItWasWrittenAndOtherwiseNot(
      @ForAll @Size(max = 300) byte[] payload,
      @ForAll long sequence,
      @ForAll("mutations") List<Mutation> mutations,
      @ForAll @IntRange(max = 20) int offset) {
    byte[] frame = frame(payload, sequence);
    assertTrue(Frame.isIntact(new CRC32C(), frame, 0, frame.length));
    assertEquals(sequence, Frame.sequence(frame, 0));
    byte[] changed = Mutation.apply(mutations, frame, Frame.PAYLOAD_LENGTH_AT);
    // The array ends where the bytes do: a look behind them throws.
    byte[] bytes = new byte[offset + changed.length];
    System.arraycopy(changed, 0, bytes, offset, changed.length);
    boolean same =
        changed.length >= frame.length
            && Arrays.equals(changed, 0, frame.length, frame, 0, frame.length);
    assertEquals(same, Frame.isIntact(new CRC32C(), bytes, offset, changed.length));
    for (int available = 0; available < Math.min(changed.length, frame.length); available++) {
      byte[] cut = Arrays.copyOf(bytes, offset + available);
      assertEquals(false, Frame.isIntact(new CRC32C(), cut, offset, available));
    }
  }

  private static byte[] frame(byte[] payload, long sequence) {
    byte[] frame = new byte[payload.length + Frame.OVERHEAD_BYTES];
    System.arraycopy(payload, 0, frame, Frame.HEADER_BYTES, payload.length);
    Frame.begin(frame, QueueFixture.FORMAT.header(Frame.EVENT), payload.length, 1_000, 2, 3, 4);
    CRC32C crc = new CRC32C();
    Frame.sum(crc, frame);
    Frame.seal(crc, frame, sequence);
    return frame;
  }

  @Provide
  Arbitrary<List<Mutation>> mutations() {
    return Mutation.some(Mutation.Kind.values());
  }
}
