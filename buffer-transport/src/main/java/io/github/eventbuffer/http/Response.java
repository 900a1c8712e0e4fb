package io.github.eventbuffer.http;

import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What came over the wire.
 *
 * @param status as sent, in or out of the range of HTTP
 * @param body at most {@code maxResponseBytes}; empty when there is a flaw
 * @param flaw why the body cannot be used, or null
 */
public record Response(int status, HttpHeaders headers, byte[] body, @Nullable String flaw) {}
