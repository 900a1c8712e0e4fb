package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.eventbuffer.http.PublicText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of one request of the client: a body that is understood, or an error.
 *
 * @param body unwrapped from {@code data}; missing when there is an error
 * @param text makes what the body says fit for logs
 * @param error null when there is none
 * @param throttled whether requests come too fast
 * @param retryAfter how long the endpoint wants to be left alone, or null
 */
record Reply(
    JsonNode body,
    PublicText text,
    @Nullable InterchangeException error,
    boolean throttled,
    @Nullable Duration retryAfter) {

  static Reply of(JsonNode body, PublicText text) {
    return new Reply(body, text, null, false, null);
  }

  static Reply failed(InterchangeException error) {
    return new Reply(MissingNode.getInstance(), new PublicText(""), error, false, null);
  }
}
