package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTableTest {
  private final KeyTable table = new KeyTable();

  private void add(long high, long low, long number, long millis) {
    table.ensureRoom(1);
    table.add(high, low, number, millis);
  }

  @Test
  void knowsNothingAtFirst() {
    assertFalse(table.contains(0, 0, Long.MIN_VALUE, Long.MIN_VALUE));
    assertEquals(0, table.count());
    assertTrue(table.isOut(0, 0));
  }

  /** Low halves that meet in a few slots, so that keys lie far from where they belong. */
  @Test
  void knowsWhatAMapKnows() {
    Random random = new Random(4);
    for (int round = 0; round < 3; round++) {
      Map<Long, Long> numbers = new HashMap<>();
      table.clear();
      for (long number = 1; number <= 2_000; number++) {
        long low = random.nextInt(50);
        long high = random.nextInt(1_000);
        numbers.put(high * 50 + low, number);
        add(high, low, number, 10 * number);
      }
      assertEquals(2_000, table.count());
      for (long high = 0; high < 1_000; high++) {
        for (long low = 0; low < 50; low++) {
          long newest = numbers.getOrDefault(high * 50 + low, 0L);
          assertEquals(newest > 0, table.contains(high, low, 0, 0));
          assertEquals(newest > 1_000, table.contains(high, low, 1_000, 0));
          assertEquals(newest > 1_500, table.contains(high, low, 0, 15_001));
        }
      }
    }
  }

  /** An event that is too old, or pushed out, is accepted again while its key is still there. */
  @Test
  void aKeyMayBeThereTwice() {
    add(7, 7, 1, 100);
    add(7, 7, 9, 900);
    assertTrue(table.contains(7, 7, 8, 900));
    assertFalse(table.contains(7, 7, 9, 0));
    assertFalse(table.contains(7, 7, 0, 901));
  }

  @Test
  void isOutOnceItsNewestKeyIs() {
    add(1, 1, 5, 500);
    add(2, 2, 6, 400);
    assertFalse(table.isOut(5, 500));
    assertTrue(table.isOut(6, 0));
    assertTrue(table.isOut(0, 501));
  }

  @Test
  void whatThereIsRoomForTakesNoMemory() throws IOException {
    table.ensureRoom(1_000);
    long bytes =
        Allocated.by(
            () -> {
              for (int number = 1; number <= 1_000; number++) {
                table.add(number, number, number, number);
              }
            });
    assertTrue(bytes < 1_000, bytes + " bytes");
  }
}
