package io.github.eventbuffer;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one event source in a sync.
 *
 * @param eventSourceId your own id for it
 * @param action what was done
 * @param error why it failed, in the endpoint's words; null when it did not, or it did not say
 */
public record EventSourceResult(String eventSourceId, Action action, @Nullable String error) {

  /** What was done with a source. */
  public enum Action {
    /** It was not there before. */
    CREATED,
    /** It was there with another definition. */
    UPDATED,
    /** It was there as it is. */
    UNCHANGED,
    /** Nothing was done, because of an error; the others are not touched by that. */
    FAILED,
    /** It was not in the request, and what was missing was to be deleted. */
    DELETED,
    /** A word that this version of the library does not know. */
    OTHER
  }

  /** Checks for null. */
  public EventSourceResult {
    Objects.requireNonNull(eventSourceId, "eventSourceId");
    Objects.requireNonNull(action, "action");
  }

  /** Whether events for this source are accepted now, as far as the sync can tell. */
  public boolean isRegistered() {
    return action == Action.CREATED || action == Action.UPDATED || action == Action.UNCHANGED;
  }
}
