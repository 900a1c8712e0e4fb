package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloseTest {
  @TempDir Path root;
  private final ScriptedTransport transport = new ScriptedTransport();

  private EventBuffer open(EventBufferListener listener) {
    return EventBuffer.builder(root.resolve("events"))
        .destination(Destination.of("12345", "website_pixel"))
        .transport(transport)
        .listener(listener)
        .segmentBytes(2 << 20)
        .flushInterval(Duration.ofMillis(1))
        .open();
  }

  /** The lock goes when the flusher has ended, a moment after the close that it called itself. */
  private EventBuffer reopened() {
    EventBufferException refused = null;
    for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() < end; ) {
      try {
        return open(new EventBufferListener() {});
      } catch (EventBufferException e) {
        assertEquals(EventBufferException.Reason.LOCKED, e.reason());
        refused = e;
      }
    }
    throw new AssertionError("still locked", refused);
  }

  @Test
  void aListenerMayCloseTheBuffer() throws InterruptedException {
    AtomicReference<EventBuffer> opened = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    EventBuffer buffer =
        open(
            new EventBufferListener() {
              @Override
              public void onDelivered(int delivered, int attempt, List<String> warnings) {
                opened.get().close();
                closed.countDown();
              }
            });
    opened.set(buffer);
    buffer.append(Events.purchase("a"));
    assertTrue(closed.await(30, TimeUnit.SECONDS));
    try (EventBuffer again = reopened()) {
      assertEquals(1, again.stats().delivered());
    }
  }

  @Test
  void aListenerMayCloseTheBufferWhileAnotherThreadDoes() throws InterruptedException {
    AtomicReference<EventBuffer> opened = new AtomicReference<>();
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    EventBuffer buffer =
        open(
            new EventBufferListener() {
              @Override
              public void onDelivered(int delivered, int attempt, List<String> warnings) {
                told.countDown();
                try {
                  closing.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                opened.get().close();
              }
            });
    opened.set(buffer);
    buffer.append(Events.purchase("a"));
    assertTrue(told.await(30, TimeUnit.SECONDS));
    Thread other = new Thread(() -> buffer.close(Duration.ofSeconds(20)));
    other.start();
    while (buffer.health().state() != BufferHealth.State.CLOSED) {
      Thread.onSpinWait();
    }
    closing.countDown();
    other.join(15_000);
    assertTrue(!other.isAlive());
    reopened().close();
  }

  @Test
  void aFlusherThatComesBackLateFreesTheDirectory() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    EventBuffer buffer =
        open(
            new EventBufferListener() {
              @Override
              public void onDelivered(int delivered, int attempt, List<String> warnings) {
                told.countDown();
                try {
                  goOn.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              }
            });
    buffer.append(Events.purchase("a"));
    assertTrue(told.await(30, TimeUnit.SECONDS));
    buffer.close(Duration.ZERO);
    goOn.countDown();
    reopened().close();
  }

  private List<String> logged(int events, int seconds) throws Exception {
    ChildJvm.Result result =
        ChildJvm.current()
            .classPath(ChildJvm.classPathWithLogging())
            .flags("-Dorg.slf4j.simpleLogger.log.io.github.eventbuffer=info")
            .run(
                CloseProgram.class,
                root.resolve("events").toString(),
                Integer.toString(events),
                Integer.toString(seconds));
    assertEquals(0, result.exit(), result.all());
    String closed = "INFO io.github.eventbuffer.EventBuffer - website_pixel: closed";
    return result.err().stream()
        .filter(line -> line.contains(closed))
        .map(line -> line.substring(line.indexOf(closed) + closed.length()))
        .toList();
  }

  @Test
  void theLogSaysHowManyEventsStayBehind() throws Exception {
    assertEquals(
        List.of(", 3 event(s) pending on disk, delivered at the next start"), logged(3, 0));
    // Three are duplicates of those of the first run.
    assertEquals(
        List.of(", 5 event(s) pending on disk, delivered at the next start"), logged(5, 0));
  }

  @Test
  void theLogSaysNothingWhenNoneDoes() throws Exception {
    assertEquals(List.of(), logged(0, 0));
    assertEquals(List.of(), logged(3, 30));
  }

  /** Nobody waits for a key that is missing, above all not in a container that is to end. */
  @Test
  void aHoldThatBeginsDuringTheCloseEndsIt() {
    CountDownLatch asked = new CountDownLatch(1);
    ScriptedTransport held =
        new ScriptedTransport()
            .answer(
                attempt -> {
                  asked.countDown();
                  return new DeliveryResult.Held("no key");
                });
    EventBuffer buffer =
        EventBuffer.builder(root.resolve("held"))
            .destination(BufferTestCase.DESTINATION)
            .transport(held)
            .flushInterval(Duration.ofHours(1))
            .open();
    buffer.append(Events.purchase("a"));
    // Without an end of its own this close would take a day.
    FlushResult left = buffer.close(Duration.ofDays(1));
    assertEquals(0, asked.getCount());
    assertEquals(1, left.pending());
    assertEquals("no key", left.reason());
  }
}
