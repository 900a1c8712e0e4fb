package io.github.eventbuffer.internal;

import io.github.eventbuffer.RecoveryReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Collects what an open finds damaged. Belongs to the thread that opens. */
final class Damage {
  private final Path quarantine;
  private final List<Path> quarantined = new ArrayList<>();
  private boolean checkpoint;
  private boolean metadata;
  private long unreadablePlaces;

  /** {@code quarantine}: where files go, untouched, in which nothing can be read. */
  Damage(Path quarantine) {
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
    if (!Files.isDirectory(quarantine)) {
      Files.createDirectory(quarantine, PrivateFiles.DIRECTORY);
    }
    Path parent = Objects.requireNonNull(file.getParent(), "a file of the buffer");
    String name = parent.getFileName() + "-" + file.getFileName();
    Path to = quarantine.resolve(name);
    // Numbers may come again when nothing could be read in any file.
    for (int i = 2; Files.exists(to); i++) {
      to = quarantine.resolve(name + "." + i);
    }
    Files.move(file, to);
    quarantined.add(to);
  }

  RecoveryReport report() {
    return new RecoveryReport(checkpoint, metadata, unreadablePlaces, quarantined);
  }
}
