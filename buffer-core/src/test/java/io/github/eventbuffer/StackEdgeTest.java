package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Appends by callers whose stack is about to end. */
class StackEdgeTest extends BufferTestCase {
  private static final long STACK_BYTES = 512 << 10;

  private final Set<Integer> accepted = new TreeSet<>();
  private final AtomicInteger next = new AtomicInteger();

  /**
   * Below each depth, down to the last, and in steps between. Without care the append lock, or a
   * condition's place in it, is lost in one of them.
   */
  @Test
  void noDepthBreaksTheBufferForOthers() throws Exception {
    try (EventBuffer buffer = builder().appendTimeout(Duration.ofSeconds(2)).open()) {
      append(buffer, 1_000_000, 1_000_010);
      Thread deep = new Thread(null, () -> toTheEnd(buffer), "deep", STACK_BYTES);
      deep.setDaemon(true);
      deep.start();
      deep.join(2 * LONG.toMillis());
      assertFalse(deep.isAlive(), "an append hangs");
      assertTrue(next.get() > 2_000, next + " depths");
      assertTrue(accepted.size() < next.get(), accepted.size() + " accepted");
      append(buffer, 2_000_000, 2_000_010);
      assertTrue(buffer.flush(LONG).complete(), buffer.stats().toString());
      BufferStats stats = buffer.stats();
      assertEquals(stats.accepted(), stats.delivered() + stats.damaged());
      Map<String, Integer> arrived = transport.arrivals();
      for (int number : accepted) {
        assertTrue(arrived.containsKey("event-" + number), "event-" + number);
      }
    }
  }

  private void toTheEnd(EventBuffer buffer) {
    for (int pad = 0; pad < 4; pad++) {
      int deepest = deepest(0);
      for (int depth = Math.max(0, deepest - 1_500); depth < deepest; depth++) {
        at(depth, pad, buffer);
      }
    }
  }

  @SuppressWarnings("InfiniteRecursion") // its end is what is looked for
  private static int deepest(int depth) {
    try {
      return deepest(depth + 1);
    } catch (StackOverflowError e) {
      return depth;
    }
  }

  private void at(int depth, int pad, EventBuffer buffer) {
    int number = next.getAndIncrement();
    ConversionEvent event = Events.purchase("event-" + number);
    try {
      if (descend(depth, pad, buffer, event) == AppendResult.ACCEPTED) {
        accepted.add(number);
      }
    } catch (StackOverflowError e) {
      // Before the append, or in its call.
      return;
    }
  }

  private static AppendResult descend(
      int depth, int pad, EventBuffer buffer, ConversionEvent event) {
    if (depth > 0) {
      return descend(depth - 1, pad, buffer, event);
    }
    return switch (pad) {
      case 0 -> buffer.append(event);
      case 1 -> padded(1, buffer, event);
      case 2 -> padded(1, 2, 3, buffer, event);
      default -> padded(1, 2, 3, 4, 5, buffer, event);
    };
  }

  private static AppendResult padded(long one, EventBuffer buffer, ConversionEvent event) {
    return one == 0 ? AppendResult.FAILED : buffer.append(event);
  }

  private static AppendResult padded(
      long one, long two, long three, EventBuffer buffer, ConversionEvent event) {
    return one + two + three == 0 ? AppendResult.FAILED : buffer.append(event);
  }

  private static AppendResult padded(
      long one,
      long two,
      long three,
      long four,
      long five,
      EventBuffer buffer,
      ConversionEvent event) {
    return one + two + three + four + five == 0 ? AppendResult.FAILED : buffer.append(event);
  }
}
