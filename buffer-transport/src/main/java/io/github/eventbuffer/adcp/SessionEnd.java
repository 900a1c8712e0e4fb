package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.BaseUrl;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DELETE that ends a session, as MCP asks of a client that leaves (2025-06-18, Session
 * Management). Nothing hangs on it: an agent ends idle sessions by itself, and may say 405 to this.
 * What comes of it is a line in the debug log.
 */
final class SessionEnd implements HttpCall<String> {
  private static final Logger LOG = LoggerFactory.getLogger(McpTransport.class);

  private final Session session;
  private final boolean slash;

  /**
   * The end of a session.
   *
   * @param slash whether the agent's address ends with one
   */
  SessionEnd(Session session, boolean slash) {
    this.session = session;
    this.slash = slash;
  }

  @Override
  public @Nullable URI uri(BaseUrl base) {
    return slash ? base.resolve("") : base.resolve();
  }

  @Override
  public String refusal() {
    return logged("the address is not valid");
  }

  @Override
  public @Nullable Content content() {
    return null;
  }

  @Override
  public String method() {
    return "DELETE";
  }

  @Override
  public Map<String, String> headers() {
    return session.headers();
  }

  @Override
  public String withoutKey(String reason) {
    return logged(reason);
  }

  @Override
  public String answered(Response response, PublicText text) {
    return logged("HTTP " + response.status());
  }

  @Override
  public String failed(String cause, boolean cutOff) {
    return logged(cause);
  }

  @Override
  public boolean isThrottled(String outcome) {
    return false;
  }

  @Override
  public @Nullable Duration retryAfter(String outcome) {
    return null;
  }

  private static String logged(String outcome) {
    LOG.debug("the agent was told that its session is over: {}", outcome);
    return outcome;
  }
}
