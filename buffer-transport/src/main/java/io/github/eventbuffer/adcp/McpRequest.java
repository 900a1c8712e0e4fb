package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.PublicText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC message to the agent and what its answer means. Called on threads of the endpoint; may
 * be sent twice, the second time in a session.
 *
 * @param <T> what comes of it; immutable
 */
interface McpRequest<T> {

  /** Why it must not be sent, or null. */
  default @Nullable T refusal() {
    return null;
  }

  /** The whole message under this id. */
  HttpCall.Content message(long id) throws JsonProcessingException;

  /** The answer, whatever it is. */
  T answered(McpAnswer answer, PublicText text);

  /**
   * It needs a session, and the agent made none.
   *
   * @param why held, unavailable or throttled
   */
  T withoutSession(McpAnswer refusal, DeliveryResult why, PublicText text);

  /** No answer came, or none that counts; or there is no key. */
  T failed(Failure failure);

  /** Whether this outcome says that requests come too fast. */
  boolean isThrottled(T outcome);

  /** How long this outcome asks to wait, or null. */
  @Nullable Duration retryAfter(T outcome);

  /**
   * Why there is no answer.
   *
   * @param reason for people, without secrets
   * @param isForKey whether it was not sent because there is no key that could be
   * @param cutOff whether the connection broke over the body, before an answer began
   */
  record Failure(String reason, boolean isForKey, boolean cutOff) {}
}
