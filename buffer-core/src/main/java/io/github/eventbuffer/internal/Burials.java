package io.github.eventbuffer.internal;

import io.github.eventbuffer.DeadLetter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes dead letters of events of a batch. Belongs to the flusher. */
final class Burials {
  private final DeadLetterStore deadLetters;
  private final Notices notices;

  Burials(DeadLetterStore deadLetters, Notices notices) {
    this.deadLetters = deadLetters;
    this.notices = notices;
  }

  /** Says of each event that a batch sends why it is to be a dead letter; null if it is not. */
  interface Sentence {
    @Nullable Refusal of(long sequence, SegmentReader at) throws IOException;
  }

  /**
   * Buries the events that are sentenced. All of them are on the device when this returns.
   *
   * @return how many were sentenced
   * @throws IOException if one cannot be stored; the batch must not be committed, nor sent without
   *     those that are
   */
  long bury(QueuedBatch batch, Burial burial, Sentence sentence) throws IOException {
    long[] dead = {0};
    // Of an event that was refused with others, the batch itself may not have been tried.
    int attempt = burial == Burial.EXPIRED ? batch.attempt() : Math.max(1, batch.attempt());
    long droppedBefore = deadLetters.dropped();
    try {
      add(batch, burial, sentence, attempt, dead);
    } finally {
      // Also when one cannot be stored: the next attempt is made without those that are.
      deadLetters.force();
    }
    if (deadLetters.dropped() > droppedBefore) {
      notices.deadLettersDropped(deadLetters.dropped() - droppedBefore);
    }
    return dead[0];
  }

  private void add(QueuedBatch batch, Burial burial, Sentence sentence, int attempt, long[] dead)
      throws IOException {
    batch.forEach(
        (sequence, at) -> {
          Refusal why = sentence.of(sequence, at);
          if (why != null) {
            dead[0]++;
            DeadLetter letter =
                deadLetters.add(
                    sequence, DeadLetterStore.text(at), burial, why.code(), why.message(), attempt);
            if (letter != null) {
              notices.deadLetter(letter);
            }
          }
          return true;
        });
  }

  /** The events up to {@code last} from {@code first} on are committed and do not come again. */
  void committed(long first, long last) {
    deadLetters.committed(first, last);
  }
}
