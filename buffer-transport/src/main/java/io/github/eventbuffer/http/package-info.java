/**
 * What the transports share: one connection, one key, one pace, one deadline over each request.
 *
 * <pre>
 *  HttpCall → HttpEndpoint → Exchange ─ ApiKey → RequestBody → java.net.http → CappedBody → HttpCall
 *                 └ Pacing       └ deadline over all of it
 * </pre>
 *
 * Not an API: applications use {@code io.github.eventbuffer.interchange}. What is public here is so
 * for the packages beside it, and may change in any release.
 */
@NullMarked
package io.github.eventbuffer.http;

import org.jspecify.annotations.NullMarked;
