package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.TestLetters.letters;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.Dose;
import io.github.eventbuffer.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Two runs' dead letters, one file changed in any way: those that still stand there are listed. */
@AddLifecycleHook(Dose.class)
class DeadLetterFuzzTest {
  private static final int MAX_EVENT_BYTES = 4 << 10;
  private static final int[] LETTERS = {60, 30};
  private static final int LETTER_HEADER = QueueFixture.LETTER_FORMAT.header(Frame.LETTER);
  private static final long SLACK_BYTES = 4 << 20;

  /** What was written, made once and never changed. */
  private static final class Written {
    final TreeMap<String, byte[]> files = new TreeMap<>();
    final List<byte[]> frames = new ArrayList<>();
    final List<DeadLetter> letters = new ArrayList<>();
    final List<int[]> fields = new ArrayList<>();

    static final Written ONCE = make();

    private static Written make() {
      try (Scratch scratch = new Scratch()) {
        ModuleOpener.open();
        Written written = new Written();
        Files.createDirectory(scratch.path().resolve("dead-letters"));
        int number = 0;
        for (int many : LETTERS) {
          try (DeadLetterStore store = open(scratch.path())) {
            for (int i = 0; i < many; i++) {
              String event =
                  "{\"event_id\":\"%d\",\"event_type\":\"lead\",\"x\":\"%s\"}"
                      .formatted(++number, "y".repeat(number * 7919 % 2_000));
              written.letters.add(
                  store.add(number, event, Burial.NAMED, "CODE " + number, "message", 1));
            }
          }
        }
        written.read(scratch.path());
        return written;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void read(Path parent) throws IOException {
      SegmentList segments =
          SegmentScan.load(
              parent.resolve("dead-letters"),
              new Damage(new Quarantine(parent.resolve("quarantine"))),
              QueueFixture.LETTER_FORMAT);
      for (Segment segment : segments.all()) {
        files.put(parent.relativize(segment.file()).toString(), Files.readAllBytes(segment.file()));
        List<Integer> at = new ArrayList<>();
        try (SegmentReader reader = SegmentScan.alone(segment, QueueFixture.LETTER_FORMAT)) {
          while (reader.nextFrame(Long.MAX_VALUE)) {
            int from = reader.frame();
            int length = Frame.OVERHEAD_BYTES + Frame.payloadBytes(reader.bytes(), from);
            if (!reader.isMark()) {
              frames.add(Arrays.copyOfRange(reader.bytes(), from, from + length));
            }
            int document = (int) reader.position().offset();
            at.add(document);
            at.add(document + Integer.BYTES + Frame.PAYLOAD_LENGTH_AT);
          }
        }
        fields.add(at.stream().mapToInt(field -> field).toArray());
      }
      assertEquals(LETTERS.length, files.size());
      assertEquals(letters.size(), frames.size());
    }
  }

  private static DeadLetterStore open(Path parent) throws IOException {
    return new DeadLetterStore(
        parent.resolve("dead-letters"),
        new Damage(new Quarantine(parent.resolve("quarantine"))),
        QueueFixture.LETTER_FORMAT,
        MAX_EVENT_BYTES,
        TestLetters.WIDE,
        0,
        () -> 1_800_000_000_000L,
        new Storage(1L << 40, () -> 0, TestNotices.silent()).quiet(),
        "test-dead-letters");
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void lettersThatStandThereWholeAreListedAndNothingElse(
      @ForAll("files") int changed, @ForAll("mutations") List<Mutation> mutations)
      throws IOException {
    try (Scratch scratch = new Scratch()) {
      List<Integer> standing = new ArrayList<>();
      int index = 0;
      for (Map.Entry<String, byte[]> one : Written.ONCE.files.entrySet()) {
        byte[] bytes = one.getValue();
        if (index == changed) {
          bytes = Mutation.apply(mutations, bytes, Written.ONCE.fields.get(index));
        }
        Path file = scratch.path().resolve(one.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        standing.addAll(standing(bytes));
        index++;
      }
      judge(scratch.path(), standing);
    }
  }

  private static void judge(Path parent, List<Integer> standing) throws IOException {
    List<DeadLetter> found = new ArrayList<>();
    long[] count = new long[1];
    long allocated =
        Allocated.by(
            () -> {
              try (DeadLetterStore store = open(parent)) {
                count[0] = store.count();
                found.addAll(letters(store, 1_000));
              }
            });
    assertTrue(allocated <= SLACK_BYTES, "allocated " + allocated);
    assertEquals(found.size(), count[0]);
    List<Integer> numbers = new ArrayList<>();
    for (DeadLetter letter : found) {
      int number = Written.ONCE.letters.indexOf(letter);
      assertTrue(number >= 0, "never written: " + letter.event());
      numbers.add(number);
    }
    if (isRising(standing)) {
      assertEquals(standing, numbers);
    } else {
      assertTrue(standing.containsAll(numbers), "not there: " + numbers);
    }
  }

  private static List<Integer> standing(byte[] bytes) {
    List<Integer> standing = new ArrayList<>();
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = Integer.BYTES; at + Frame.OVERHEAD_BYTES <= bytes.length; at += 4) {
      if (words.getInt(at) == LETTER_HEADER) {
        for (int i = 0; i < Written.ONCE.frames.size(); i++) {
          byte[] frame = Written.ONCE.frames.get(i);
          if (at + frame.length <= bytes.length
              && Arrays.equals(bytes, at, at + frame.length, frame, 0, frame.length)) {
            standing.add(i);
          }
        }
      }
    }
    return standing;
  }

  private static boolean isRising(List<Integer> numbers) {
    for (int i = 1; i < numbers.size(); i++) {
      if (numbers.get(i) <= numbers.get(i - 1)) {
        return false;
      }
    }
    return true;
  }

  @Provide
  Arbitrary<Integer> files() {
    return Arbitraries.of(0, 1);
  }

  @Provide
  Arbitrary<List<Mutation>> mutations() {
    return Mutation.some(Mutation.Kind.values());
  }
}
