package io.github.eventbuffer;

import org.jspecify.annotations.Nullable;

/**
 * What a flush came to.
 *
 * @param complete whether every event that was accepted before the call is delivered or
 *     dead-lettered
 * @param pending how many events are still to be delivered now, later ones included
 * @param reason why it is not complete, for people; null when it is
 */
public record FlushResult(boolean complete, long pending, @Nullable String reason) {}
