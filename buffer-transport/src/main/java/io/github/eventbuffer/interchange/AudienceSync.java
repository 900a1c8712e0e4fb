package io.github.eventbuffer.interchange;

import java.util.List;

/**
 * What came of a sync of audiences: the endpoint took it, and works on it.
 *
 * @param taskIds one for each request, in their order; see {@link Tasks}
 * @param added how many members were sent to be added
 * @param removed how many were sent to be removed
 * @param removedInstead how many of those to be added were not, because they are to be removed
 */
public record AudienceSync(List<String> taskIds, long added, long removed, long removedInstead) {
  /** Copies the list. */
  public AudienceSync {
    taskIds = List.copyOf(taskIds);
  }
}
