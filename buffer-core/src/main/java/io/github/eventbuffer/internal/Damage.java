package io.github.eventbuffer.internal;

import io.github.eventbuffer.RecoveryReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what an open finds damaged. Belongs to the thread that opens. */
final class Damage {
  private final Quarantine quarantine;
  private final List<Path> quarantined = new ArrayList<>();
  private boolean checkpoint;
  private boolean metadata;
  private long unreadablePlaces;

  Damage(Quarantine quarantine) {
    this.quarantine = quarantine;
  }

  void checkpoint() {
    checkpoint = true;
  }

  void metadata() {
    metadata = true;
  }

  void unreadable(long places) {
    unreadablePlaces += places;
  }

  /** Moves a file away in which nothing can be read. */
  void quarantine(Path file) throws IOException {
    quarantined.add(quarantine.take(file));
  }

  RecoveryReport report() {
    return new RecoveryReport(checkpoint, metadata, unreadablePlaces, quarantined);
  }
}
