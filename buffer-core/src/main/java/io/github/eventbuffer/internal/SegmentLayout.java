package io.github.eventbuffer.internal;

import io.github.eventbuffer.Durability;

/**
 * What the files of a queue hold, and how large they are.
 *
 * @param format which entries are in them
 * @param blocks how many blocks of a segment are used
 * @param blockBytes what Chronicle maps at a time, less a quarter; a power of two
 * @param maxFrameBytes the largest frame that is appended
 * @param writeBytes how much of a segment is zero-filled at a time. A file system with large folios
 *     (ext4 from Linux 6.16 on) makes one of each write. A byte that is changed through a mapping
 *     makes the whole of it dirty, and a force writes it; an append, though, takes longer where
 *     they are small (ADR 0014)
 */
record SegmentLayout(
    EntryFormat format, int blocks, int blockBytes, int maxFrameBytes, int writeBytes) {
  static final int MOST_WRITE_BYTES = 256 << 10;

  private static final int FORCED_WRITE_BYTES = 64 << 10;

  /** Chronicle refuses a message over a quarter of a block. */
  private static final int FRAMES_PER_BLOCK = 4;

  private static final int LEAST_BLOCK_BYTES = 1 << 20;

  /** The least segment size that holds events of this size. */
  static long leastSegmentBytes(int maxEventBytes) {
    return blockBytes(maxEventBytes);
  }

  /**
   * A segment of at least {@code segmentBytes} for payloads of at most {@code maxEventBytes}.
   *
   * @param durability of most of what is appended
   */
  static SegmentLayout of(
      EntryFormat format, long segmentBytes, int maxEventBytes, Durability durability) {
    int block = blockBytes(maxEventBytes);
    int blocks = blocks(segmentBytes, block);
    int writeBytes = durability == Durability.POWER ? FORCED_WRITE_BYTES : MOST_WRITE_BYTES;
    return new SegmentLayout(
        format, blocks, block, maxEventBytes + Frame.OVERHEAD_BYTES, writeBytes);
  }

  /** Length of the file of such a segment. */
  static long fileBytes(long segmentBytes, int maxEventBytes) {
    int block = blockBytes(maxEventBytes);
    return SegmentFiles.segmentBytes(blocks(segmentBytes, block), block);
  }

  private static int blocks(long segmentBytes, int block) {
    return (int) Math.max(1, (segmentBytes + block - 1) / block);
  }

  private static int blockBytes(int maxEventBytes) {
    int least = FRAMES_PER_BLOCK * (maxEventBytes + Frame.OVERHEAD_BYTES + Long.BYTES);
    return Math.max(LEAST_BLOCK_BYTES, Integer.highestOneBit(least - 1) << 1);
  }

  /** Where a segment must be left, so that Chronicle never maps past the end of its file. */
  long usableBytes() {
    return (long) blocks * blockBytes;
  }

  /** Length of a segment's file. */
  long segmentBytes() {
    return SegmentFiles.segmentBytes(blocks, blockBytes);
  }
}
