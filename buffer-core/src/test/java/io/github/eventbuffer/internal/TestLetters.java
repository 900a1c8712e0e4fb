package io.github.eventbuffer.internal;

import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.WhenDeadLettersFull;
import java.io.IOException;
import java.util.List;

/** What the tests of the dead letters' store share. */
final class TestLetters {
  static final LetterBound WIDE = new LetterBound(1L << 40, WhenDeadLettersFull.DROP_OLDEST);

  private TestLetters() {}

  static List<DeadLetter> letters(DeadLetterStore store, int most) throws IOException {
    return store.list(0, most).stream().map(DeadLetterStore.Stored::letter).toList();
  }
}
