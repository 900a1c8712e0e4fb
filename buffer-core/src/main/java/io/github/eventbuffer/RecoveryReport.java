package io.github.eventbuffer;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What an open found damaged, and went on without. What an ordinary kill leaves behind is no damage
 * and not in here. Entries of a backlog that cannot be read are found later, when they are due, and
 * told to {@link EventBufferListener#onDamage}.
 *
 * @param checkpointDamaged whether the newest checkpoint could not be read; what is not surely
 *     delivered is delivered again
 * @param metadataRebuilt whether {@code buffer.json} was damaged or gone and was written anew
 * @param unreadablePlaces how many places in the newest entries and in the dead letters could not
 *     be read; each may have held one entry or several
 * @param quarantined the files in which nothing could be read, where they are now
 */
public record RecoveryReport(
    boolean checkpointDamaged,
    boolean metadataRebuilt,
    long unreadablePlaces,
    List<Path> quarantined) {

  /** Copies the list. */
  public RecoveryReport {
    quarantined = List.copyOf(Objects.requireNonNull(quarantined, "quarantined"));
  }

  /** Whether nothing was found. */
  public boolean isEmpty() {
    return !checkpointDamaged && !metadataRebuilt && unreadablePlaces == 0 && quarantined.isEmpty();
  }
}
