package io.github.eventbuffer.torture;

import io.github.eventbuffer.EventBufferListener;
import io.github.eventbuffer.RecoveryReport;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Hears what a buffer says of damage. Thread-safe. */
final class Ear implements EventBufferListener {
  private final AtomicLong damaged = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private volatile RecoveryReport recovery = new RecoveryReport(false, false, 0, List.of());

  @Override
  public void onRecovery(RecoveryReport found) {
    recovery = found;
  }

  @Override
  public void onDamage(long events) {
    damaged.addAndGet(events);
  }

  @Override
  public void onDropped(long events) {
    dropped.addAndGet(events);
  }

  /** Events told to be damaged. */
  long damaged() {
    return damaged.get();
  }

  /** Events told to be dropped. */
  long dropped() {
    return dropped.get();
  }

  /** Whether the open told of places or files that cannot be read. */
  boolean heardOfPlaces() {
    return recovery.unreadablePlaces() > 0 || !recovery.quarantined().isEmpty();
  }

  @Override
  public String toString() {
    return "damaged " + damaged + ", " + recovery;
  }
}
