package io.github.eventbuffer.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StandstillTest {
  /** Anywhere: the machine's nanoseconds begin where they like, below zero too. */
  private static final long START = Long.MAX_VALUE - 5;

  private static final long NANOS = TimeUnit.SECONDS.toNanos(Standstill.SECONDS);
  private final Standstill standstill = new Standstill();

  @Test
  void itIsToldOnceWhenItHasLastedLongEnough() {
    assertFalse(standstill.isNew(START, 0, true));
    assertFalse(standstill.isNew(START + NANOS - 1, 0, true));
    assertTrue(standstill.isNew(START + NANOS, 0, true));
    assertFalse(standstill.isNew(START + NANOS + 1, 0, true));
    assertFalse(standstill.isNew(START + 9 * NANOS, 0, true));
  }

  @Test
  void eachOneIsToldAnew() {
    standstill.isNew(START, 1, true);
    assertTrue(standstill.isNew(START + NANOS, 1, true));
    assertFalse(standstill.isNew(START + NANOS + 1, 2, true));
    assertFalse(standstill.isNew(START + 2 * NANOS, 2, true));
    assertTrue(standstill.isNew(START + 2 * NANOS + 1, 2, true));
  }

  @Test
  void thereIsNoneWhileNothingIsPending() {
    assertFalse(standstill.isNew(START, 1, false));
    assertFalse(standstill.isNew(START + 2 * NANOS, 1, false));
    assertFalse(standstill.isNew(START + 3 * NANOS - 1, 1, true));
    assertTrue(standstill.isNew(START + 3 * NANOS, 1, true));
  }
}
