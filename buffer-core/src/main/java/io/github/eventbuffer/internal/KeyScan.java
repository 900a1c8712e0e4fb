package io.github.eventbuffer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reads the duplicate keys of whole segments, as fast as they can be read: it follows the chain of
 * documents (see {@link SegmentReader}) and sums no payload of an event that is committed. A key
 * that damage changed is the key of no event, so the worst that comes of it is an id that is not
 * known. An event that is not committed is verified: should it be damaged, nobody will deliver it,
 * and whoever brings it again must not be told that it is there. Where the chain makes no sense, or
 * the file cannot be read, it says so, and {@link SegmentReader} has to find its way.
 *
 * <p>Not thread-safe.
 */
final class KeyScan {
  private static final int INCOMPLETE = 0x8000_0000;
  private static final int METADATA = 0x4000_0000;
  private static final int LENGTH = 0x3fff_ffff;
  private static final int PAGE_BYTES = 4 << 10;

  /** How many of the last entries {@link #recent()} leaves to a reader that verifies. */
  private static final int RECENT = 128;

  private final EntryFormat format;
  private final long committedSequence;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer window =
      ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer summed = window.duplicate();
  private final long[] recent = new long[RECENT];
  private long windowStart;
  private long lastSequence;
  private long newest;
  private int documents;
  private int number;

  /** {@code committedSequence}: events above it are verified. */
  KeyScan(EntryFormat format, long committedSequence) {
    this.format = format;
    this.committedSequence = committedSequence;
  }

  /**
   * Reads the keys of one segment.
   *
   * @return whether all of it made sense; else nothing was added
   */
  boolean read(Segment segment, EarlierIds.Builder into) {
    number = segment.number();
    int before = into.size();
    documents = 0;
    lastSequence = -1;
    newest = 0;
    // An interrupt would close this channel; then the other reader does it.
    try (FileChannel channel = FileChannel.open(segment.file(), StandardOpenOption.READ)) {
      windowStart = 0;
      window.clear().limit(0);
      if (follow(channel, channel.size(), into)) {
        return true;
      }
    } catch (IOException e) {
      // The other reader knows what to do about a bad sector.
    }
    into.truncate(before);
    return false;
  }

  /** The offset of an entry shortly before the end of the segment that was read last. */
  long recent() {
    return documents < RECENT ? 0 : recent[documents % RECENT];
  }

  /** The highest sequence in the segment that was read last, of those that are not committed. */
  long newest() {
    return newest;
  }

  private boolean follow(FileChannel channel, long size, EarlierIds.Builder into)
      throws IOException {
    int before = into.size();
    long at = 0;
    while (readable(channel, at, Integer.BYTES)) {
      int header = intAt(at);
      if (header == 0 || (header & INCOMPLETE) != 0) {
        return endsAt(channel, at, size);
      }
      int length = header & LENGTH;
      if ((header & METADATA) == 0) {
        if (length > format.mostFrameBytes() + Integer.BYTES
            || length < Frame.OVERHEAD_BYTES
            || !readable(channel, at, Integer.BYTES + length)
            || !take(at, length, into)) {
          return false;
        }
        if (into.isFull()) {
          // If the rest of the file is like what was read; and a little more.
          long all = (into.size() - before) * size / (at + length);
          into.expect(before + all + all / 32);
        }
      } else if (isEntry(channel, at)) {
        return false;
      }
      at = at + Integer.BYTES + length + 3 & ~3L;
    }
    return at >= size - Integer.BYTES && at <= size;
  }

  /**
   * Whether the entries end here. Zeros or an end mark in the middle of a file are damage; and what
   * follows a header that was not completed may be whole, where a kill cut the append short: then
   * it is delivered, and its id has to be known.
   */
  private boolean endsAt(FileChannel channel, long at, long size) throws IOException {
    if (size - at > 2 * PAGE_BYTES || !readable(channel, at, (int) (size - at))) {
      return false;
    }
    for (long next = at + Integer.BYTES; next + Integer.BYTES <= size; next += Integer.BYTES) {
      if (format.isHeader(intAt(next))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a frame begins behind a header, whatever the header says. */
  private boolean isEntry(FileChannel channel, long at) throws IOException {
    return readable(channel, at, 2 * Integer.BYTES) && format.isHeader(intAt(at + Integer.BYTES));
  }

  private boolean take(long at, int length, EarlierIds.Builder into) {
    int frame = (int) (at + Integer.BYTES - windowStart);
    int word = window.getInt(frame);
    if (!format.isHeader(word)
        || window.getInt(frame + Frame.PAYLOAD_LENGTH_AT) != length - Frame.OVERHEAD_BYTES
        || !format.belongs(Frame.kind(word), window.getInt(frame + Frame.ID_HASH_AT), number)
        || !isCommittedOrIntact(frame, frame + length - Frame.TRAILER_BYTES)) {
      return false;
    }
    recent[documents++ % RECENT] = at;
    if (Frame.kind(word) == Frame.EVENT) {
      into.add(
          window.getLong(frame + Frame.KEY_AT),
          window.getLong(frame + Frame.KEY_AT + Long.BYTES),
          window.getLong(frame + Frame.ACCEPTED_AT));
    }
    return true;
  }

  private boolean isCommittedOrIntact(int frame, int trailer) {
    long sequence = window.getLong(trailer);
    // Damage may have made a sequence small.
    boolean committed = sequence <= committedSequence && sequence == lastSequence + 1;
    lastSequence = sequence;
    if (committed) {
      return true;
    }
    summed.limit(trailer + Long.BYTES).position(frame);
    crc.reset();
    crc.update(summed);
    boolean intact = (int) crc.getValue() == window.getInt(trailer + Long.BYTES);
    newest = intact ? Math.max(newest, sequence) : newest;
    return intact;
  }

  private int intAt(long at) {
    return window.getInt((int) (at - windowStart));
  }

  private boolean readable(FileChannel channel, long at, int bytes) throws IOException {
    if (at >= windowStart && at + bytes <= windowStart + window.limit()) {
      return true;
    }
    windowStart = at;
    window.clear();
    while (window.hasRemaining()) {
      int read = channel.read(window, at + window.position());
      if (read <= 0) {
        break;
      }
    }
    window.flip();
    return window.limit() >= bytes;
  }
}
