/** A checkout service that uses the buffer, and the quick start that puts it to the test. */
@NullMarked
package io.github.eventbuffer.examples;

import org.jspecify.annotations.NullMarked;
