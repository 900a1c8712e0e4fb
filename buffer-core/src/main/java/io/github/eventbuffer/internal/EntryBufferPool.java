package io.github.eventbuffer.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Lends entry buffers. Not one per thread: a service may append from thousands of virtual threads.
 * When all are out, a new one is made and let go afterwards. Thread-safe, lock-free.
 */
final class EntryBufferPool {
  /** A buffer that a large event made grow beyond this is not kept. */
  private static final int KEEP_BYTES = 64 << 10;

  private final AtomicReferenceArray<@Nullable EntryBuffer> free;
  private final int maxPayloadBytes;
  private final EntryFormat format;

  EntryBufferPool(int size, int maxPayloadBytes, EntryFormat format) {
    this.maxPayloadBytes = maxPayloadBytes;
    this.format = format;
    free = new AtomicReferenceArray<>(size);
  }

  EntryBuffer take() {
    int start = start();
    for (int i = 0; i < free.length(); i++) {
      int slot = (start + i) % free.length();
      if (free.getPlain(slot) != null) {
        EntryBuffer buffer = free.getAndSet(slot, null);
        if (buffer != null) {
          return buffer;
        }
      }
    }
    return new EntryBuffer(maxPayloadBytes, format);
  }

  void give(EntryBuffer buffer) {
    if (buffer.json.array().length > KEEP_BYTES) {
      return;
    }
    int start = start();
    for (int i = 0; i < free.length(); i++) {
      int slot = (start + i) % free.length();
      if (free.getPlain(slot) == null && free.compareAndSet(slot, null, buffer)) {
        return;
      }
    }
  }

  private int start() {
    return (Thread.currentThread().hashCode() & 0x7fffffff) % free.length();
  }
}
