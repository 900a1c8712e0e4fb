package io.github.eventbuffer.internal;

/** How an event came to be a dead letter, which decides what its batch is sent with. */
enum Burial {
  /**
   * The endpoint named it when it took the batch. Should that acknowledgement be lost, the batch is
   * sent again as it was, this event included.
   */
  NAMED(0),
  /** The endpoint refused its batch for it; the rest is sent without it. */
  REFUSED(1),
  /** It became too old; the rest is sent without it. */
  EXPIRED(2);

  private final int number;

  Burial(int number) {
    this.number = number;
  }

  /** How it stands in a dead letter's frame. */
  int number() {
    return number;
  }

  /** What a number stands for; one that nobody knows, for an event that may be sent again. */
  static Burial of(int number) {
    for (Burial burial : values()) {
      if (burial.number == number) {
        return burial;
      }
    }
    return NAMED;
  }
}
