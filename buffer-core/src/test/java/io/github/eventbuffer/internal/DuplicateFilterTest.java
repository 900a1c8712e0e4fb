package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.internal.DuplicateFilter.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DuplicateFilterTest {
  private static final Duration AGE = Duration.ofMinutes(10);
  private final DuplicateFilter filter = new DuplicateFilter(100, AGE, EarlierIds.NONE);

  private static DuplicateKey key(long id, long acceptedAtMillis) {
    return TestKeys.key(id, id, acceptedAtMillis);
  }

  private static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }

  private void accept(long id, long at) {
    DuplicateKey key = key(id, at);
    assertEquals(Outcome.RESERVED, filter.reserve(key, seconds(1)));
    TestKeys.confirm(filter, key);
  }

  @Test
  void anAcceptedIdIsADuplicate() {
    accept(1, 0);
    assertEquals(Outcome.DUPLICATE, filter.reserve(key(1, 0), seconds(1)));
  }

  @Test
  void aReleasedIdIsFreeAgain() {
    DuplicateKey first = key(1, 0);
    filter.reserve(first, seconds(1));
    TestKeys.release(filter, first);
    assertEquals(Outcome.RESERVED, filter.reserve(key(1, 0), seconds(1)));
  }

  /** On a full heap a caller does not know whether its key was reserved. */
  @Test
  void aKeyThatWasNotReservedReleasesNoOtherCallersId() {
    accept(1, 0);
    TestKeys.release(filter, key(1, 0));
    assertEquals(Outcome.DUPLICATE, filter.reserve(key(1, 0), seconds(1)));
    DuplicateKey pending = key(2, 0);
    filter.reserve(pending, seconds(1));
    TestKeys.release(filter, key(2, 0));
    assertEquals(Outcome.TIMED_OUT, filter.reserve(key(2, 0), 1_000_000));
  }

  /** The stack of its owner ended: it could decide, which is a store, and not call the filter. */
  @Test
  void aKeyThatIsDecidedOnButNotSettledKeepsNobodyWaiting() {
    DuplicateKey stored = key(1, 0);
    filter.reserve(stored, seconds(1));
    stored.state = DuplicateKey.CONFIRMED;
    assertEquals(Outcome.DUPLICATE, filter.reserve(key(1, 0), 0));
    assertEquals(DuplicateKey.FREE, stored.state);

    DuplicateKey failed = key(2, 0);
    filter.reserve(failed, seconds(1));
    failed.state = DuplicateKey.RELEASED;
    DuplicateKey retry = key(2, 0);
    assertEquals(Outcome.RESERVED, filter.reserve(retry, 0));
    TestKeys.release(filter, failed);
    assertEquals(Outcome.TIMED_OUT, filter.reserve(key(2, 0), 0), "the retry's own was ended");
    assertEquals(2, filter.held());
  }

  @Test
  void theSecondCallerWaitsForTheFirstOnesOutcome() throws Exception {
    for (boolean stored : new boolean[] {true, false}) {
      DuplicateKey first = key(stored ? 1 : 2, 0);
      filter.reserve(first, seconds(1));
      CompletableFuture<Outcome> second =
          CompletableFuture.supplyAsync(() -> filter.reserve(key(stored ? 1 : 2, 0), seconds(30)));
      if (stored) {
        TestKeys.confirm(filter, first);
      } else {
        TestKeys.release(filter, first);
      }
      assertEquals(stored ? Outcome.DUPLICATE : Outcome.RESERVED, second.get(30, TimeUnit.SECONDS));
    }
  }

  /**
   * Nobody signals then: the owner's stack ended, or a third caller ended the reservation for it.
   */
  @Test
  void whoWaitsLooksAgainUnasked() throws Exception {
    DuplicateKey first = key(1, 0);
    filter.reserve(first, seconds(1));
    CompletableFuture<Outcome> second = new CompletableFuture<>();
    Thread waiter = new Thread(() -> second.complete(filter.reserve(key(1, 0), seconds(3_600))));
    waiter.setDaemon(true);
    waiter.start();
    while (waiter.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    first.state = DuplicateKey.CONFIRMED;
    assertEquals(Outcome.DUPLICATE, second.get(30, TimeUnit.SECONDS));
  }

  @Test
  void theWaitForAnotherCallerHasABound() {
    filter.reserve(key(1, 0), seconds(1));
    assertEquals(Outcome.TIMED_OUT, filter.reserve(key(1, 0), 1_000_000));
  }

  @Test
  void anInterruptNeitherEndsTheWaitNorIsLost() throws Exception {
    DuplicateKey first = key(1, 0);
    filter.reserve(first, seconds(1));
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              Outcome outcome = filter.reserve(key(1, 0), seconds(30));
              interrupted.complete(
                  Thread.currentThread().isInterrupted() && outcome == Outcome.DUPLICATE);
            });
    waiter.start();
    TestKeys.confirm(filter, first);
    assertTrue(interrupted.get(30, TimeUnit.SECONDS));
  }

  @Test
  void theWindowHoldsExactlyAsManyAsItSays() {
    for (long id = 0; id < 101; id++) {
      accept(id, 0);
    }
    assertEquals(Outcome.RESERVED, filter.reserve(key(0, 0), seconds(1)));
    for (long id = 1; id < 101; id++) {
      assertEquals(Outcome.DUPLICATE, filter.reserve(key(id, 0), seconds(1)), "id " + id);
    }
  }

  /**
   * Over many windows and several stripes, with failures, steps of time, and one key used again.
   */
  @Test
  void knowsExactlyWhatAListOfTheAcceptedKnows() {
    Random random = new Random(7);
    for (int entries : new int[] {1, 2, 700, 3_000}) {
      DuplicateFilter window = new DuplicateFilter(entries, AGE, EarlierIds.NONE);
      // By id: which it was of all that were accepted, and when.
      Map<Long, long[]> accepted = new HashMap<>();
      DuplicateKey key = new DuplicateKey();
      long count = 0;
      long now = 0;
      for (int step = 0; step < 40_000; step++) {
        now += random.nextInt(1_000) == 0 ? AGE.toMillis() / 2 : random.nextInt(3);
        long id = random.nextInt(4 * entries);
        key.set(id * 0x9E3779B97F4A7C15L, id * 0xC2B2AE3D27D4EB4FL, now);
        long[] known = accepted.get(id);
        boolean duplicate =
            known != null && known[0] > count - entries && now - known[1] <= AGE.toMillis();
        assertEquals(
            duplicate ? Outcome.DUPLICATE : Outcome.RESERVED,
            window.reserve(key, 0),
            "id " + id + " of " + entries + " at step " + step);
        if (!duplicate && random.nextInt(5) > 0) {
          TestKeys.confirm(window, key);
          accepted.put(id, new long[] {++count, now});
        } else if (!duplicate) {
          TestKeys.release(window, key);
        }
      }
    }
  }

  /** Many caches' own bounds would turn the newest away in favour of those. */
  @Test
  void theNewestIdsAreKnownHoweverOftenOldOnesAreAskedFor() {
    for (long id = 0; id < 100; id++) {
      accept(id, 0);
      for (int i = 0; i < 20; i++) {
        filter.reserve(key(id, 0), seconds(1));
      }
    }
    for (long id = 100; id < 150; id++) {
      accept(id, 0);
    }
    for (long id = 50; id < 150; id++) {
      assertEquals(Outcome.DUPLICATE, filter.reserve(key(id, 0), seconds(1)), "id " + id);
    }
  }

  @Test
  void anIdOlderThanTheWindowIsAcceptedAgain() {
    accept(1, 0);
    assertEquals(Outcome.DUPLICATE, filter.reserve(key(1, AGE.toMillis()), seconds(1)));
    assertEquals(Outcome.RESERVED, filter.reserve(key(1, AGE.toMillis() + 1), seconds(1)));
  }

  /** A window of many and of little age must not fill the heap with what is out of it. */
  @Test
  void idsOlderThanTheWindowAreLetGoOf() {
    DuplicateFilter large = new DuplicateFilter(10_000, AGE, EarlierIds.NONE);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5_000; i++) {
        DuplicateKey key = key(5_000 * round + i, (AGE.toMillis() + 1) * round);
        assertEquals(Outcome.RESERVED, large.reserve(key, seconds(1)));
        TestKeys.confirm(large, key);
      }
      // A stripe lets go of a table once all in it is too old: of one round, and of the one before.
      assertTrue(large.held() >= 5_000 && large.held() <= 10_000, "held " + large.held());
    }
  }

  @Test
  void ofManyCallersWithOneIdExactlyOneAppends() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    for (long id = 0; id < 2_000; id++) {
      long same = 1_000 + id;
      AtomicInteger appended = new AtomicInteger();
      CompletableFuture<?>[] callers = new CompletableFuture<?>[4];
      for (int i = 0; i < callers.length; i++) {
        boolean fails = i == 0;
        callers[i] =
            CompletableFuture.runAsync(
                () -> {
                  DuplicateKey key = key(same, 0);
                  if (filter.reserve(key, seconds(30)) == Outcome.RESERVED) {
                    if (fails) {
                      TestKeys.release(filter, key);
                    } else {
                      appended.incrementAndGet();
                      TestKeys.confirm(filter, key);
                    }
                  }
                },
                pool);
      }
      CompletableFuture.allOf(callers).get(60, TimeUnit.SECONDS);
      assertEquals(1, appended.get(), "id " + same);
    }
    pool.shutdown();
  }

  @Test
  void keysTellTypeFromIdAndLookAlikesApart() {
    String[][] events = {
      {"purchase", "a"},
      {"purchas", "ea"},
      {"purchase", "b"},
      {"lead", "a"},
      {"purchase", "\u0141"},
      {"purchase", "A"},
      {"purchase", "\u00c1"},
      {"purchase", "a\u0080"},
      {"purchase", "\ud83d\ude00"}
    };
    DuplicateKey.Digest digest = new DuplicateKey.Digest();
    for (int i = 0; i < events.length; i++) {
      digest.update(events[i][0], events[i][1]);
      long high = digest.high();
      long low = digest.low();
      for (int j = i + 1; j < events.length; j++) {
        digest.update(events[j][0], events[j][1]);
        assertNotEquals(high, digest.high());
        assertNotEquals(low, digest.low());
      }
    }
    digest.update("a".repeat(64), "\uffff".repeat(512));
  }
}
