/**
 * What a test of an integration needs: an endpoint that checks and misbehaves on demand, and a
 * clock that is moved by hand.
 *
 * <pre>
 *  client → FakeEndpoint → RateLimit → Script → [ read → judge → Ledger ] → answer, or what the Fault says
 *                                                    ↓
 *                                        AdCP schema, then REST rules
 * </pre>
 *
 * Nothing here binds anything but the loopback address, writes a file or logs.
 */
@NullMarked
package io.github.eventbuffer.testkit;

import org.jspecify.annotations.NullMarked;
