/**
 * The machine behind {@link io.github.eventbuffer.EventBuffer}. Nothing here is API; the one public
 * class is the door that {@code EventBuffer} goes through.
 */
@NullMarked
package io.github.eventbuffer.internal;

import org.jspecify.annotations.NullMarked;
