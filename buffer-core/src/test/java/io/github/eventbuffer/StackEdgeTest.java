package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Appends by callers whose stack is about to end. */
class StackEdgeTest extends BufferTestCase {
  private static final long STACK_BYTES = 512 << 10;
  private static final int DEPTHS = 2_000;
  private static final int ROUNDS = 4;

  private final ConversionEvent[] events = new ConversionEvent[ROUNDS * DEPTHS];
  private final boolean[] accepted = new boolean[events.length];
  private EventBuffer buffer;
  private int tried;
  private int most;

  /**
   * At each depth, from the last one up, and at places between. Without care the append lock is
   * lost at one of them, and that append never returns.
   */
  @Test
  void noDepthBreaksTheBufferForOthers() throws Exception {
    for (int i = 0; i < events.length; i++) {
      events[i] = Events.purchase("event-" + i);
    }
    buffer = builder().appendTimeout(Duration.ofSeconds(2)).open();
    try (EventBuffer open = buffer) {
      append(open, 1_000_000, 1_000_010);
      Thread deep = new Thread(null, this::allDepths, "deep", STACK_BYTES);
      deep.setDaemon(true);
      deep.start();
      deep.join(2 * LONG.toMillis());
      assertFalse(deep.isAlive(), "an append hangs");
      append(open, 2_000_000, 2_000_010);
      assertTrue(open.flush(LONG).complete(), open.stats().toString());
      Map<String, Integer> arrived = transport.arrivals();
      int kept = 0;
      for (int i = 0; i < events.length; i++) {
        kept += accepted[i] ? 1 : 0;
        assertTrue(!accepted[i] || arrived.containsKey("event-" + i), "event-" + i);
      }
      assertTrue(kept > 0 && kept < events.length, kept + " accepted");
    }
  }

  /** A class is lost for good when the stack ends while it is made. */
  @Test
  void theFirstAppendOfAllMayComeFromTheStacksEnd() throws Exception {
    ChildJvm.Result result =
        ChildJvm.current().run(DeepFirstAppend.class, directory.resolve("child").toString());
    assertEquals(List.of("ACCEPTED INVALID"), result.out(), result.all());
  }

  private void allDepths() {
    for (int round = 1; round <= ROUNDS; round++) {
      most = round * DEPTHS;
      shifted(round);
      tried = most;
    }
  }

  private void shifted(int words) {
    if (words == 0) {
      toTheEnd();
    } else {
      // Another frame first, so that those below end elsewhere.
      shifted(words - 1);
    }
  }

  @SuppressWarnings("InfiniteRecursion") // its end is what is looked for
  private void toTheEnd() {
    try {
      toTheEnd();
    } catch (StackOverflowError e) {
      // From here on up; no call has room in here.
    }
    if (tried < most) {
      try {
        accepted[tried] = buffer.append(events[tried]) == AppendResult.ACCEPTED;
      } catch (StackOverflowError e) {
        // In the call itself.
      }
      tried++;
    }
  }
}
