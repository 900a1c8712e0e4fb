package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PreallocatorTest {

  /** As when the heap is full even for the line that tells of it. */
  @Test
  void workThatThrowsIsTriedAgain() throws InterruptedException {
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch succeeded = new CountDownLatch(1);
    try (Preallocator preallocator =
        new Preallocator(
            "test-preallocator",
            () -> {
              if (tries.incrementAndGet() < 3) {
                throw new OutOfMemoryError("pretended");
              }
              succeeded.countDown();
              return true;
            })) {
      preallocator.start();
      preallocator.request(true);
      assertTrue(succeeded.await(30, TimeUnit.SECONDS), "tries " + tries);
    }
  }
}
