package io.github.eventbuffer.internal;

import io.github.eventbuffer.Destination;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint file: two slots, written in turn; the newest valid one wins. A write that a kill
 * or a power cut tears leaves the other slot. Little-endian:
 *
 * <pre>
 *  each slot, 16 KiB:
 *       0   8  magic "EVBUFCP1"
 *       8   8  generation, rising by one with each write
 *      16   8  committed sequence
 *      24   4  segment      28  8  offset            of the next entry
 *      36  48  delivered, dead-lettered, expired, dropped, damaged, unattributed
 *      84   4  n, number of batches in flight, at most 256
 *      88  45  first sequence 8, last sequence 8, segment 4, offset 8, key 16, done 1; n times
 *       …   4  hash of the destination ({@link EntryFormat#hash})
 *       …   4  CRC32C of all that precedes in the slot
 * </pre>
 *
 * A slot of another destination's buffer, which a disk may put in the place of one of these, would
 * have events pass for delivered that never were.
 *
 * <p>The whole file is allocated when it is made and written in place, so a full disk does not stop
 * a commit. Written by the flusher only. Not thread-safe.
 */
final class Checkpoint implements Closeable {
  /** How many batches fit. */
  static final int MOST_IN_FLIGHT = 256;

  private static final int SLOT_BYTES = 16 << 10;
  private static final long MAGIC = 0x3150_4346_5542_5645L;

  private final Path path;
  private RandomAccessFile file;
  private final ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final boolean forced;
  private final int destinationHash;
  private final boolean found;
  private final boolean damaged;
  private long generation;
  private CheckpointState state;
  private CheckpointState written;
  private boolean unforced;
  private boolean suspect;

  /**
   * Opens or makes the file.
   *
   * @param forced whether each write is forced to the device
   */
  Checkpoint(Path path, Destination destination, boolean forced) throws IOException {
    this.forced = forced;
    destinationHash = EntryFormat.hash(destination);
    this.path = path;
    Files.deleteIfExists(fresh());
    file = open(path);
    lock(file);
    CheckpointState newest = null;
    int unreadable = 0;
    for (int i = 0; i < 2; i++) {
      CheckpointState read = read(i);
      if (read == null) {
        unreadable++;
      } else if (slot.getLong(8) > generation) {
        generation = slot.getLong(8);
        newest = read;
      }
    }
    found = newest != null;
    // The first write of all leaves the other slot as it was made.
    damaged = found && unreadable == 1 && generation > 1;
    state = newest == null ? CheckpointState.START : newest;
    written = state;
  }

  /**
   * A second lock on the directory: somebody may take the lock file for a leftover and remove it,
   * and then two processes would have the buffer.
   */
  private void lock(RandomAccessFile opened) throws IOException {
    if (opened.getChannel().tryLock() == null) {
      opened.close();
      Path directory = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a directory");
      throw DirectoryLock.locked(directory, "another process, whose lock file was removed");
    }
  }

  /** Makes the file, or makes it whole again: a file that was cut short may have one slot left. */
  private static RandomAccessFile open(Path path) throws IOException {
    byte[] old = new byte[0];
    boolean whole = Files.exists(path) && Files.size(path) == 2 * SLOT_BYTES;
    if (!whole) {
      if (Files.exists(path)) {
        try (InputStream in = Files.newInputStream(path)) {
          old = in.readNBytes(2 * SLOT_BYTES);
        }
      }
      SegmentFiles.allocate(path, 2 * SLOT_BYTES);
    }
    RandomAccessFile opened = new RandomAccessFile(path.toFile(), "rw");
    opened.write(old);
    return opened;
  }

  /** Whether a valid slot was there. When not, all that is in the queue counts as undelivered. */
  boolean found() {
    return found;
  }

  /** Whether one slot could not be read, perhaps the newest. */
  boolean isDamaged() {
    return damaged;
  }

  CheckpointState state() {
    return state;
  }

  /** What is surely in the file. */
  CheckpointState written() {
    return written;
  }

  /**
   * Takes a new state and writes it; on failure the state is kept and the next write tries again.
   */
  void write(CheckpointState next) throws IOException {
    state = next;
    long number = generation + 1;
    encode(next, number);
    file.seek(number % 2 * SLOT_BYTES);
    file.write(slot.array(), 0, slot.position());
    generation = number;
    unforced = true;
    if (forced) {
      force();
    }
    written = next;
  }

  /**
   * Forces what was written to the device, if that is still to be done. After a force that failed,
   * the next one begins with a new file: the kernel may have dropped what it could not write, and
   * would say of the old one that all is well.
   */
  void force() throws IOException {
    if (!unforced) {
      return;
    }
    if (suspect) {
      replaceFile();
    }
    suspect = true;
    file.getFD().sync();
    suspect = false;
    unforced = false;
  }

  private Path fresh() {
    return path.resolveSibling(path.getFileName() + ".new");
  }

  private void replaceFile() throws IOException {
    Path fresh = fresh();
    SegmentFiles.allocate(fresh, 2 * SLOT_BYTES);
    RandomAccessFile opened = new RandomAccessFile(fresh.toFile(), "rw");
    try {
      // Both slots: one that is empty would look damaged.
      for (long number = Math.max(1, generation - 1); number <= generation; number++) {
        encode(state, number);
        opened.seek(number % 2 * SLOT_BYTES);
        opened.write(slot.array(), 0, slot.position());
      }
      opened.getFD().sync();
      lock(opened);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      SegmentFiles.forceDirectory(path.toAbsolutePath().getParent());
    } catch (IOException | RuntimeException | Error e) {
      opened.close();
      throw e;
    }
    RandomAccessFile old = file;
    file = opened;
    written = state;
    old.close();
  }

  private void encode(CheckpointState next, long number) {
    slot.clear();
    slot.putLong(MAGIC).putLong(number).putLong(next.committedSequence());
    put(next.position());
    slot.putLong(next.delivered())
        .putLong(next.deadLettered())
        .putLong(next.expired())
        .putLong(next.dropped())
        .putLong(next.damaged())
        .putLong(next.unattributed())
        .putInt(next.inFlight().size());
    for (InFlight batch : next.inFlight()) {
      slot.putLong(batch.firstSequence()).putLong(batch.lastSequence());
      put(batch.position());
      slot.putLong(batch.key().getMostSignificantBits())
          .putLong(batch.key().getLeastSignificantBits())
          .put((byte) (batch.done() ? 1 : 0));
    }
    slot.putInt(destinationHash);
    slot.putInt(crc(slot.position()));
  }

  private @Nullable CheckpointState read(int index) {
    slot.clear();
    try {
      file.seek((long) index * SLOT_BYTES);
      file.readFully(slot.array());
    } catch (IOException e) {
      // A bad sector: the other slot is all there is.
      return null;
    }
    try {
      if (slot.getLong() != MAGIC) {
        return null;
      }
      slot.getLong();
      long committed = slot.getLong();
      Position position = position();
      long[] counters = new long[6];
      for (int i = 0; i < counters.length; i++) {
        counters[i] = slot.getLong();
      }
      int count = slot.getInt();
      if (count < 0 || count > MOST_IN_FLIGHT) {
        return null;
      }
      List<InFlight> inFlight = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        inFlight.add(
            new InFlight(
                slot.getLong(),
                slot.getLong(),
                position(),
                new UUID(slot.getLong(), slot.getLong()),
                slot.get() == 1));
      }
      if (slot.getInt() != destinationHash || crc(slot.position()) != slot.getInt()) {
        return null;
      }
      return new CheckpointState(
          committed,
          position,
          counters[0],
          counters[1],
          counters[2],
          counters[3],
          counters[4],
          counters[5],
          inFlight);
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  private void put(Position position) {
    slot.putInt(position.segment()).putLong(position.offset());
  }

  private Position position() {
    return new Position(slot.getInt(), slot.getLong());
  }

  private int crc(int length) {
    CRC32C crc = new CRC32C();
    crc.update(slot.array(), 0, length);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
