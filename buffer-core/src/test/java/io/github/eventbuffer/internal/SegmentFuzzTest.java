package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.Dose;
import io.github.eventbuffer.Scratch;
import io.github.eventbuffer.internal.Mutation.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Two runs' segments, one of them changed in any way: every entry that still stands there whole is
 * found, no other bytes are, and what damage says of lengths costs no memory.
 */
@AddLifecycleHook(Dose.class)
class SegmentFuzzTest {
  private static final int TRIES = 400;
  private static final int[] EVENTS = {120, 40};
  private static final int EVENT_HEADER = QueueFixture.FORMAT.header(Frame.EVENT);
  private static final int KEY_AT = 16;
  private static final long SLACK_BYTES = 1 << 20;

  /** What was written, made once and never changed. */
  private static final class Written {
    final TreeMap<String, byte[]> files = new TreeMap<>();
    final Map<Long, byte[]> frames = new HashMap<>();
    final Map<Long, Long> sequences = new HashMap<>();
    final List<int[]> fields = new ArrayList<>();

    static final Written ONCE = make();

    private static Written make() {
      try (Scratch scratch = new Scratch()) {
        Written written = new Written();
        QueueFixture fixture = new QueueFixture(scratch.path());
        int number = 0;
        for (int many : EVENTS) {
          try (SegmentQueue queue = fixture.open(fixture.load())) {
            for (int i = 0; i < many; i++) {
              number++;
              int size = number % 29 == 0 ? 20_000 : number * 7919 % 3_000;
              QueueFixture.append(queue, "event " + number + " " + "x".repeat(size));
            }
          }
        }
        written.read(fixture);
        return written;
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private void read(QueueFixture fixture) throws IOException {
      for (Segment segment : fixture.load().all()) {
        Path parent = fixture.directory.getParent();
        files.put(parent.relativize(segment.file()).toString(), Files.readAllBytes(segment.file()));
        List<Integer> at = new ArrayList<>();
        try (SegmentReader reader = SegmentScan.alone(segment, QueueFixture.FORMAT)) {
          while (reader.next(Long.MAX_VALUE)) {
            int from = reader.frame();
            int length = Frame.OVERHEAD_BYTES + Frame.payloadBytes(reader.bytes(), reader.frame());
            long key = Frame.keyHigh(reader.bytes(), from);
            frames.put(key, Arrays.copyOfRange(reader.bytes(), from, from + length));
            sequences.put(key, reader.sequence());
            int document = (int) reader.position().offset();
            at.add(document);
            at.add(document + Integer.BYTES);
            at.add(document + Integer.BYTES + Frame.PAYLOAD_LENGTH_AT);
            at.add(document + Integer.BYTES + length - Frame.TRAILER_BYTES);
          }
        }
        fields.add(at.stream().mapToInt(field -> field).toArray());
      }
      assertEquals(EVENTS.length, files.size());
      assertEquals(EVENTS[0] + EVENTS[1], frames.size());
    }
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void everyEntryThatStandsThereWholeIsFoundAndNothingElse(
      @ForAll("segments") int segment, @ForAll("inPlace") List<Mutation> mutations)
      throws IOException {
    judge(segment, mutations);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void whateverIsMovedNoOtherBytesAreReadThanWereWritten(
      @ForAll("segments") int segment, @ForAll("moved") List<Mutation> mutations)
      throws IOException {
    judge(segment, mutations);
  }

  private static void judge(int changed, List<Mutation> mutations) throws IOException {
    try (Scratch scratch = new Scratch()) {
      List<Long> standing = new ArrayList<>();
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

  private static void judge(Path parent, List<Long> standing) throws IOException {
    SegmentList[] segments = new SegmentList[1];
    Quarantine quarantine = new Quarantine(parent.resolve("quarantine"));
    long allocated =
        Allocated.by(
            () -> {
              segments[0] =
                  SegmentScan.load(
                      parent.resolve("queue"), new Damage(quarantine), QueueFixture.FORMAT);
              try (SegmentReader reader = new SegmentReader(segments[0])) {
                while (reader.nextFrame(Long.MAX_VALUE)) {
                  assertTrue(reader.sequence() >= 0);
                }
                reader.unreadablePlaces();
              }
            });
    assertTrue(allocated <= SLACK_BYTES, "allocated " + allocated);
    for (byte[] mark : SegmentScan.marks(parent.resolve("queue"), QueueFixture.FORMAT)) {
      assertEquals(0, mark.length);
    }
    List<Long> found = found(segments[0]);
    if (isRising(standing)) {
      assertEquals(standing, found);
    } else {
      // Newer entries stand before older ones: which of them are passed over is another matter.
      assertTrue(standing.containsAll(found), "not there: " + found);
    }
    for (Segment segment : segments[0].all()) {
      agree(segment);
    }
  }

  private static List<Long> found(SegmentList segments) throws IOException {
    List<Long> found = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(segments)) {
      while (reader.next(Long.MAX_VALUE)) {
        int from = reader.frame();
        long key = Frame.keyHigh(reader.bytes(), from);
        byte[] frame = Written.ONCE.frames.get(key);
        assertArrayEquals(
            frame, Arrays.copyOfRange(reader.bytes(), from, from + frame.length), "other bytes");
        found.add(reader.sequence());
      }
    }
    return found;
  }

  /** What the fast way to the keys believes has to hold the keys of all that is delivered. */
  private static void agree(Segment segment) throws IOException {
    EarlierIds.Builder fast = new EarlierIds.Builder();
    KeyScan scan = new KeyScan(QueueFixture.FORMAT, Long.MAX_VALUE);
    boolean[] believed = new boolean[1];
    long allocated = Allocated.by(() -> believed[0] = scan.read(segment, fast));
    // Its table grows with what it finds, which is no more than the file has room for.
    assertTrue(allocated <= 4 * segment.bytes() + SLACK_BYTES, "allocated " + allocated);
    if (!believed[0]) {
      assertEquals(0, fast.size());
      return;
    }
    EarlierIds ids = fast.build(Math.max(1, fast.size()));
    Set<Long> unknown = new HashSet<>();
    try (SegmentReader reader = SegmentScan.alone(segment, QueueFixture.FORMAT)) {
      while (reader.next(Long.MAX_VALUE)) {
        long high = Frame.keyHigh(reader.bytes(), reader.frame());
        long low = Frame.keyLow(reader.bytes(), reader.frame());
        if (!ids.contains(high, low, 0, ids.count())) {
          unknown.add(reader.sequence());
        }
      }
    }
    assertEquals(Set.of(), unknown, "delivered, and the id is not known");
  }

  /** The sequences of all frames that stand in these bytes, in the order in which they stand. */
  private static List<Long> standing(byte[] bytes) {
    List<Long> standing = new ArrayList<>();
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    // The first word of a segment is Chronicle's.
    for (int at = Integer.BYTES; at + Frame.OVERHEAD_BYTES <= bytes.length; at += 4) {
      if (words.getInt(at) == EVENT_HEADER) {
        long key = words.getLong(at + KEY_AT);
        byte[] frame = Written.ONCE.frames.get(key);
        if (frame != null
            && at + frame.length <= bytes.length
            && Arrays.equals(bytes, at, at + frame.length, frame, 0, frame.length)) {
          standing.add(Written.ONCE.sequences.get(key));
        }
      }
    }
    return standing;
  }

  private static boolean isRising(List<Long> sequences) {
    for (int i = 1; i < sequences.size(); i++) {
      if (sequences.get(i) <= sequences.get(i - 1)) {
        return false;
      }
    }
    return true;
  }

  /** A length that reaches over a large file's rest is read once and takes one window. */
  @Example
  void aLengthThatDamageMadeUpCostsTheMemoryOfOneEntryAtMost() throws IOException {
    try (Scratch scratch = new Scratch()) {
      String name = Written.ONCE.files.firstKey();
      Path file = scratch.path().resolve(name);
      Files.createDirectories(file.getParent());
      byte[] bytes = Written.ONCE.files.get(name).clone();
      int[] fields = Written.ONCE.fields.get(0);
      int lengthField = fields[6];
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(fields[4], Integer.MAX_VALUE >>> 2)
          .putInt(lengthField, Integer.MAX_VALUE - Frame.OVERHEAD_BYTES);
      Files.write(file, bytes);
      List<Long> standing = standing(bytes);
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.seek(200 << 20);
        sparse.write(1);
      }
      Segment segment = new Segment(1, file, 1, 0, Files.size(file));
      long allocated =
          Allocated.by(
              () -> {
                try (SegmentReader reader = SegmentScan.alone(segment, QueueFixture.FORMAT)) {
                  int found = 0;
                  while (reader.next(Long.MAX_VALUE) && reader.sequence() < EVENTS[0]) {
                    found++;
                  }
                  assertEquals(standing.size(), found + 1);
                }
              });
      assertTrue(
          allocated <= QueueFixture.FORMAT.mostFrameBytes() + SLACK_BYTES,
          "allocated " + allocated);
    }
  }

  @Provide
  Arbitrary<Integer> segments() {
    return Arbitraries.of(0, 1);
  }

  @Provide
  Arbitrary<List<Mutation>> inPlace() {
    return Mutation.some(
        Kind.BIT_FLIPPED,
        Kind.ZEROED,
        Kind.OVERWRITTEN,
        Kind.CUT_OFF,
        Kind.HOSTILE_FIELD,
        Kind.HOSTILE_FIELD,
        Kind.FIELD_BIT_FLIPPED,
        Kind.FIELD_BIT_FLIPPED,
        Kind.HOSTILE_WORD);
  }

  @Provide
  Arbitrary<List<Mutation>> moved() {
    return Mutation.some(Kind.values());
  }
}
