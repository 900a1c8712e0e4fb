package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.eventbuffer.Destination;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchCutterTest {
  private static final int MOST = 10;

  @TempDir Path parent;

  @Test
  void aFullHeapAtTheEndOfABatchMakesItNoLarger() throws IOException {
    QueueFixture fixture = new QueueFixture(parent);
    SegmentList segments = fixture.load();
    boolean[] full = {true};
    try (SegmentQueue queue = fixture.open(segments);
        BatchCutter cutter =
            new BatchCutter(
                new QueuedBatch.Source(
                    Destination.of("a", "s"), segments, BadSectors.skippedAtOnce(), at -> null),
                MOST,
                () -> 1 << 20,
                () -> {
                  full[0] ^= true;
                  if (!full[0]) {
                    throw new OutOfMemoryError("pretended");
                  }
                  return UUID.randomUUID();
                },
                Position.START,
                1)) {
      for (int i = 0; i < 3 * MOST; i++) {
        QueueFixture.append(queue, "event " + i);
      }
      for (int i = 0; i < 3; i++) {
        assertThrows(OutOfMemoryError.class, () -> cutter.cut(queue.lastSequence(), true, 0));
        QueuedBatch batch = found(cutter.cut(queue.lastSequence(), true, 0));
        assertEquals(MOST, batch.count());
        assertEquals(1 + i * MOST, batch.bounds().firstSequence());
        assertEquals((i + 1) * MOST, batch.bounds().lastSequence());
      }
    }
  }

  private static QueuedBatch found(QueuedBatch batch) {
    assertNotNull(batch);
    return batch;
  }
}
