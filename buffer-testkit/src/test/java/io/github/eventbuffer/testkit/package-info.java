/** Tests of the test kit, each seen from an ordinary HTTP client. */
@NullMarked
package io.github.eventbuffer.testkit;

import org.jspecify.annotations.NullMarked;
