package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LetterSegmentsTest {
  /** A letter that was listed, whose segment was given up before it was taken. */
  @Test
  void aLetterTakenAfterItsSegmentWasGivenUpCountsOnce() {
    LetterSegments alive = new LetterSegments();
    alive.add(1);
    alive.add(2);
    alive.forget(1);
    alive.remove(1);
    assertEquals(1, alive.count());
  }
}
