package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBufferListener;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventTransport;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.WhenDeadLettersFull;
import io.github.eventbuffer.WhenFull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** All options of a buffer, checked by the builder, which documents them. */
public record BufferOptions(
    Path directory,
    Destination destination,
    EventTransport transport,
    EventBufferListener listener,
    BufferClock clock,
    Durability durability,
    WhenFull whenFull,
    RetryPolicy retryPolicy,
    int maxBatchEvents,
    long maxBatchBytes,
    Duration flushInterval,
    int maxInFlightBatches,
    Duration attemptTimeout,
    int maxAttempts,
    int suspiciousBatch,
    int maxEventBytes,
    long segmentBytes,
    long maxDiskBytes,
    int duplicateWindowEntries,
    Duration duplicateWindowAge,
    Duration appendTimeout,
    Duration maxEventAge,
    long maxDeadLetterBytes,
    WhenDeadLettersFull whenDeadLettersFull,
    List<EventSource> eventSources,
    boolean requireIdentifier,
    boolean requireSourceUrl) {

  /** Whether the oldest events give way to new ones when there is no space. */
  boolean dropsOldest() {
    return whenFull.policy() == WhenFull.Policy.DROP_OLDEST;
  }

  /** The largest {@code maxEventBytes} that any buffer may have. */
  public static final int MOST_EVENT_BYTES = 16 << 20;

  /** The least {@code segmentBytes} for a {@code maxEventBytes}. */
  public static long leastSegmentBytes(int maxEventBytes) {
    return SegmentLayout.leastSegmentBytes(maxEventBytes);
  }

  /** The least {@code maxDeadLetterBytes}: one segment in use, and the next one. */
  public static long leastDeadLetterBytes(int maxEventBytes) {
    return 2 * DeadLetterStore.segmentBytes(maxEventBytes) + SegmentFiles.METADATA_BYTES;
  }

  /**
   * The least {@code maxDiskBytes}: four segments, so that the queue can move on while one is being
   * delivered, and two of the dead letters', so that those never take the queue's.
   */
  public static long leastDiskBytes(long segmentBytes, int maxEventBytes) {
    long segment = SegmentLayout.fileBytes(segmentBytes, maxEventBytes);
    long letters = DeadLetterStore.segmentBytes(maxEventBytes);
    return 4 * segment + 2 * letters + 2 * SegmentFiles.METADATA_BYTES;
  }
}
