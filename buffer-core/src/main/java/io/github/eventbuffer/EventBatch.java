package io.github.eventbuffer;

import java.io.InputStream;

/**
 * A run of accepted events on its way to the endpoint.
 *
 * <p>The bounds and the key of a batch are on disk before its first attempt, so a resend, in this
 * process or in the next one, carries the same events, the same bytes and the same key. Immutable
 * and thread-safe. Valid until the delivery's stage completes; the bytes come from the queue's
 * files, not from the heap.
 */
public interface EventBatch {

  /** Where the batch goes. */
  Destination destination();

  /**
   * The key that names this batch at every attempt: 36 characters of {@code [0-9a-f-]}, unique per
   * batch.
   */
  String idempotencyKey();

  /** Number of events, at least 1. */
  int count();

  /** Length in bytes of what {@link #openEvents()} returns, before any compression. */
  long byteSize();

  /** 1 for the first attempt in this process, 2 for the second, and so on. */
  int attempt();

  /**
   * Opens the events as one JSON array in UTF-8, each event exactly as it was stored. May be called
   * several times; each stream starts at the beginning, belongs to one thread at a time and must be
   * closed by the caller. Reading throws {@link java.io.IOException} when the buffer was closed
   * meanwhile or a stored event turned out to be damaged.
   */
  InputStream openEvents();
}
