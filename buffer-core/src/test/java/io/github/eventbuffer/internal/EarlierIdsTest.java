package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.internal.DuplicateFilter.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What earlier runs accepted is known for as long as the window reaches, and no longer. */
class EarlierIdsTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final Duration AGE = Duration.ofMinutes(10);

  private static EarlierIds ids(int count, int most) {
    EarlierIds.Builder builder = new EarlierIds.Builder();
    for (int i = 1; i <= count; i++) {
      builder.add(~i, i, NOW + i);
    }
    return builder.build(most);
  }

  private static boolean contains(EarlierIds ids, long id, long room) {
    return ids.contains(~id, id, 0, room);
  }

  @Test
  void theNewestAreKnownAndNoOthers() {
    for (int count : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 100, 1_000, 1_025}) {
      EarlierIds ids = ids(count, 1_000);
      assertEquals(Math.min(count, 1_000), ids.count());
      for (int id = -10; id <= count + 10; id++) {
        assertEquals(
            id >= 1 && id <= count && id > count - 1_000, contains(ids, id, 1_000), "id " + id);
      }
    }
  }

  @Test
  void theOldestGoWhenTheRoomShrinks() {
    EarlierIds ids = ids(100, 1_000);
    for (int room = 0; room <= 100; room++) {
      for (int id = 1; id <= 100; id++) {
        assertEquals(id > 100 - room, contains(ids, id, room), "id " + id + ", room " + room);
      }
    }
  }

  @Test
  void bothHalvesOfAKeyCount() {
    EarlierIds ids = ids(100, 100);
    assertTrue(ids.contains(~5, 5, 0, 100));
    assertFalse(ids.contains(~5, 6, 0, 100));
    assertFalse(ids.contains(~6, 5, 0, 100));
  }

  @Test
  void keysThatShareASlotAreToldApart() {
    EarlierIds.Builder builder = new EarlierIds.Builder();
    for (long i = 0; i < 1_000; i++) {
      builder.add(i, i << 40, NOW);
    }
    EarlierIds ids = builder.build(1_000);
    for (long i = 0; i < 1_000; i++) {
      assertTrue(ids.contains(i, i << 40, 0, 1_000));
      assertFalse(ids.contains(i + 1_000, i << 40, 0, 1_000));
    }
  }

  @Test
  void anIdThatWasAcceptedAgainIsAsYoungAsTheLastTime() {
    EarlierIds.Builder builder = new EarlierIds.Builder();
    builder.add(1, 1, NOW);
    builder.add(2, 2, NOW);
    builder.add(1, 1, NOW + 1_000);
    EarlierIds ids = builder.build(3);
    assertTrue(ids.contains(1, 1, NOW + 1_000, 1));
    assertFalse(ids.contains(2, 2, NOW, 1));
  }

  @Test
  void timesThatNoClockShowsDoNotWrapAround() {
    for (long time : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
      EarlierIds.Builder builder = new EarlierIds.Builder();
      builder.add(1, 1, time);
      assertTrue(builder.build(1).contains(1, 1, 0, 1), "time " + time);
      assertEquals(time > NOW, builder.build(1).contains(1, 1, NOW, 1), "time " + time);
    }
  }

  @Test
  void theFilterKnowsThemUntilTheirAgeOrTheirPlaceIsPassed() {
    DuplicateFilter filter = new DuplicateFilter(100, AGE, ids(100, 100));
    assertEquals(Outcome.DUPLICATE, reserve(filter, 50, NOW + 50 + AGE.toMillis()));
    assertEquals(Outcome.RESERVED, reserve(filter, 1, NOW + 20 + AGE.toMillis()));
    for (int i = 0; i < 50; i++) {
      DuplicateKey key = TestKeys.key(i, i << 20, NOW);
      assertEquals(Outcome.RESERVED, filter.reserve(key, Long.MAX_VALUE));
      TestKeys.confirm(filter, key);
    }
    assertEquals(Outcome.RESERVED, reserve(filter, 50, NOW));
    assertEquals(Outcome.DUPLICATE, reserve(filter, 51, NOW));
  }

  private static Outcome reserve(DuplicateFilter filter, long id, long at) {
    return filter.reserve(TestKeys.key(~id, id, at), Long.MAX_VALUE);
  }

  /** A part for each segment; where one ends and the next begins must make no difference. */
  @Test
  void partsAreAsOne() {
    for (int split = 0; split <= 100; split++) {
      List<EarlierIds.Builder> parts =
          List.of(new EarlierIds.Builder(), new EarlierIds.Builder(), new EarlierIds.Builder());
      for (int i = 1; i <= 100; i++) {
        // All with the same tag and half of them with the same slot: each is compared with others.
        parts.get(i <= split ? 0 : i <= split + 20 ? 1 : 2).add(i << 8, i & ~1, NOW + i);
      }
      EarlierIds ids = EarlierIds.of(parts, 70);
      assertEquals(70, ids.count());
      assertEquals(NOW + 100, ids.newestMillis());
      for (int i = 1; i <= 100; i++) {
        assertEquals(i > 30, ids.contains(i << 8, i & ~1, NOW + i, 70), "id " + i);
        assertEquals(i > 90, ids.contains(i << 8, i & ~1, 0, 10), "id " + i);
        assertFalse(ids.contains(i << 8, i & ~1, NOW + i + 1, 70), "id " + i);
      }
    }
  }

  @Test
  void manyAreFoundAsInASet() {
    Random random = new Random(1);
    EarlierIds.Builder builder = new EarlierIds.Builder();
    long[][] keys = new long[100_000][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = new long[] {random.nextLong(), random.nextLong()};
      builder.add(keys[i][0], keys[i][1], NOW);
    }
    EarlierIds ids = builder.build(keys.length);
    for (long[] key : keys) {
      assertTrue(ids.contains(key[0], key[1], NOW, keys.length));
      assertFalse(ids.contains(key[0], key[1] + 1, NOW, keys.length));
    }
  }
}
