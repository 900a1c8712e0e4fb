package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.Events;
import io.github.eventbuffer.ScriptedTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever callers do at once, their answers are those of a set of ids that they ask one after the
 * other. Lincheck draws who asks what, the same in every build, and looks for such an order.
 */
@Tag("slow")
@Tag("lincheck")
class DuplicateFilterLincheckTest {
  /** Shorter than the 30 s after which Lincheck takes its threads for stuck. */
  private static final Duration LONG = Duration.ofSeconds(10);

  private static final String FEW = "1:3";

  @TempDir Path directory;

  @Test
  void callersOfTheFilterSeeASet() {
    stress(20, 300).check(FilterAndList.class);
  }

  /**
   * The filter's steps in many orders. A call of a table counts as one step, as it is made under a
   * stripe's lock.
   */
  @Test
  void callersOfTheFilterSeeASetInWhateverOrderTheirStepsAreTaken() {
    new ModelCheckingOptions()
        .sequentialSpecification(SetOfIds.class)
        .threads(2)
        .actorsBefore(0)
        .actorsPerThread(2)
        .actorsAfter(1)
        .iterations(5)
        .invocationsPerIteration(60)
        .addGuarantee(
            ManagedStrategyGuaranteeKt.forClasses(type -> type.equals(KeyTable.class.getName()))
                .allMethods()
                .treatAsAtomic())
        .check(FilterAndList.class);
  }

  @Test
  void callersOfABufferOnDiskSeeASet() {
    ScriptedTransport transport = new ScriptedTransport();
    try (EventBuffer buffer =
        EventBuffer.builder(directory.resolve("events"))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(transport)
            .segmentBytes(2 << 20)
            .appendTimeout(LONG)
            .open()) {
      BufferOnDisk.buffer = buffer;
      stress(15, 200).check(BufferOnDisk.class);
      assertTrue(buffer.flush(LONG).complete());
      Map<String, Integer> arrivals = transport.arrivals();
      assertEquals(buffer.stats().accepted(), arrivals.size());
      assertEquals(Set.of(1), Set.copyOf(arrivals.values()));
    } finally {
      BufferOnDisk.buffer = null;
    }
  }

  private static StressOptions stress(int scenarios, int timesEach) {
    return new StressOptions()
        .sequentialSpecification(SetOfIds.class)
        .threads(3)
        .actorsBefore(0)
        .actorsPerThread(3)
        .actorsAfter(1)
        .iterations(scenarios)
        .invocationsPerIteration(timesEach)
        // Callers that wait for ever would do so once more in every try to make the report shorter.
        .minimizeFailedScenario(false);
  }

  /**
   * The filter as {@link Appends} uses it, with a list for the queue, which may fail. Public, as
   * Lincheck calls it from a package of its own, like those below.
   */
  public static final class FilterAndList {
    private final DuplicateFilter filter =
        new DuplicateFilter(100, Duration.ofMinutes(10), EarlierIds.NONE);

    /** Under its own lock. */
    private final List<Integer> queue = new ArrayList<>();

    @Operation
    public AppendResult.Status append(
        @Param(gen = IntGen.class, conf = FEW) int id, boolean succeeds) {
      DuplicateKey key = TestKeys.key(id, id, 0);
      long deadline = System.nanoTime() + LONG.toNanos();
      DuplicateFilter.Outcome outcome = filter.reserve(key, LONG.toNanos());
      if (System.nanoTime() - deadline >= 0) {
        throw new IllegalStateException("nobody told the waiter, its deadline woke it");
      }
      if (outcome == DuplicateFilter.Outcome.DUPLICATE) {
        return AppendResult.Status.DUPLICATE;
      }
      if (outcome != DuplicateFilter.Outcome.RESERVED) {
        throw new IllegalStateException(outcome.toString());
      }
      if (!succeeds) {
        TestKeys.release(filter, key);
        return AppendResult.Status.FAILED;
      }
      synchronized (queue) {
        queue.add(id);
      }
      TestKeys.confirm(filter, key);
      return AppendResult.Status.ACCEPTED;
    }

    /** Without it, "duplicate" of what is not stored yet would be as good an answer as any. */
    @Operation
    public int stored() {
      synchronized (queue) {
        return queue.size();
      }
    }

    @Validate
    public void noIdIsStoredTwice() {
      if (queue.size() > new HashSet<>(queue).size()) {
        throw new IllegalStateException(queue.toString());
      }
    }
  }

  /**
   * One buffer for all, as opening one takes longer than what is tried; ids of its own for each.
   */
  public static final class BufferOnDisk {
    private static final AtomicInteger INVOCATIONS = new AtomicInteger();
    private static volatile EventBuffer buffer;

    private final long before = buffer.stats().accepted();
    private final ConversionEvent[] events = new ConversionEvent[3];

    public BufferOnDisk() {
      String invocation = "invocation-" + INVOCATIONS.incrementAndGet() + "-";
      for (int id = 1; id <= events.length; id++) {
        events[id - 1] = Events.purchase(invocation + id);
      }
    }

    @Operation
    public AppendResult.Status append(@Param(gen = IntGen.class, conf = FEW) int id) {
      return buffer.append(events[id - 1]).status();
    }

    @Operation
    public int stored() {
      return (int) (buffer.stats().accepted() - before);
    }
  }

  /** What a caller may believe to talk to. */
  public static final class SetOfIds {
    private final Set<Integer> ids = new HashSet<>();

    public AppendResult.Status append(int id, boolean succeeds) {
      if (ids.contains(id)) {
        return AppendResult.Status.DUPLICATE;
      }
      return succeeds ? append(id) : AppendResult.Status.FAILED;
    }

    public AppendResult.Status append(int id) {
      return ids.add(id) ? AppendResult.Status.ACCEPTED : AppendResult.Status.DUPLICATE;
    }

    public int stored() {
      return ids.size();
    }
  }
}
