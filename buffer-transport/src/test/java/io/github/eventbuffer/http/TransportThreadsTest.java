package io.github.eventbuffer.http;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The threads of a transport, closed by one of them. */
class TransportThreadsTest {
  private enum Kind {
    WORKER((threads, task) -> threads.workers().execute(task)),
    TIMER((threads, task) -> threads.after(0, task));

    final BiConsumer<TransportThreads, Runnable> run;

    Kind(BiConsumer<TransportThreads, Runnable> run) {
      this.run = run;
    }
  }

  /** It would wait for its own end, for as long as it may: here for ever. */
  @ParameterizedTest
  @EnumSource
  void oneOfThemThatClosesThemDoesNotWaitForItself(Kind kind) throws Exception {
    TransportThreads threads = new TransportThreads();
    CountDownLatch closed = new CountDownLatch(1);
    kind.run.accept(
        threads,
        () -> {
          threads.close(Long.MAX_VALUE);
          closed.countDown();
        });
    assertTrue(closed.await(20, TimeUnit.SECONDS));
    assertThrows(RejectedExecutionException.class, () -> kind.run.accept(threads, () -> {}));
  }
}
