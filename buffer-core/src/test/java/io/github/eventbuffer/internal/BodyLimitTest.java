package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BodyLimitTest {
  private static final long MIB = 1 << 20;

  private final BodyLimit limit = new BodyLimit(8 * MIB);

  private void takeAtTheLimit(int times) {
    for (int i = 0; i < times; i++) {
      limit.accepted(limit.bytes());
    }
  }

  @Test
  void aRefusalHalvesAndTwentyBatchesAddAnEighth() {
    limit.refused(8 * MIB);
    assertEquals(4 * MIB, limit.bytes());
    takeAtTheLimit(19);
    assertEquals(4 * MIB, limit.bytes());
    takeAtTheLimit(1);
    assertEquals(4 * MIB + MIB / 2, limit.bytes());
  }

  @Test
  void aGuessIsTakenBackQuickly() {
    limit.cutOff(8 * MIB);
    limit.cutOff(4 * MIB);
    limit.cutOff(2 * MIB);
    assertEquals(MIB, limit.bytes());
    takeAtTheLimit(1);
    assertEquals(2 * MIB, limit.bytes());
    takeAtTheLimit(2);
    assertEquals(8 * MIB, limit.bytes());
    // The next trouble is another one.
    limit.cutOff(8 * MIB);
    takeAtTheLimit(1);
    assertEquals(8 * MIB, limit.bytes());
  }

  @Test
  void aGuessThatIsProvenIsALimitLikeAnyOther() {
    limit.cutOff(8 * MIB);
    limit.cutOff(4 * MIB);
    limit.accepted(2 * MIB);
    limit.cutOff(4 * MIB);
    assertEquals(2 * MIB, limit.bytes());
    takeAtTheLimit(19);
    assertEquals(2 * MIB, limit.bytes());
    takeAtTheLimit(1);
    assertEquals(2 * MIB + MIB / 4, limit.bytes());
  }

  @Test
  void aRefusalOverrulesAGuess() {
    limit.cutOff(8 * MIB);
    limit.refused(4 * MIB);
    takeAtTheLimit(19);
    assertEquals(2 * MIB, limit.bytes());
  }

  @Test
  void smallBatchesProveNothing() {
    limit.cutOff(8 * MIB);
    for (int i = 0; i < 100; i++) {
      limit.accepted(MIB);
    }
    assertEquals(4 * MIB, limit.bytes());
  }
}
