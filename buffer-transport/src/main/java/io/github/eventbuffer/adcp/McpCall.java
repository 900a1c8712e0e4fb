package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.eventbuffer.http.BaseUrl;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One POST of one message, in a session or in none. */
final class McpCall<T> implements HttpCall<McpCall.Reply<T>> {
  private final McpRequest<T> request;
  private final long id;
  private final Session session;
  private final boolean slash;
  private final long startNanos;

  /**
   * What came of it.
   *
   * @param isForSession whether it was refused for want of a session, and not looked into
   */
  record Reply<T>(T outcome, boolean isForSession) {}

  /**
   * A call.
   *
   * @param slash whether the address ends with one
   * @param startNanos when the time-out began that it shares with others; {@link System#nanoTime}
   */
  McpCall(McpRequest<T> request, long id, Session session, boolean slash, long startNanos) {
    this.request = request;
    this.id = id;
    this.session = session;
    this.slash = slash;
    this.startNanos = startNanos;
  }

  @Override
  public @Nullable URI uri(BaseUrl base) {
    if (request.refusal() != null) {
      return null;
    }
    return slash ? base.resolve("") : base.resolve();
  }

  @Override
  public Reply<T> refusal() {
    T refusal = request.refusal();
    return refusal == null ? failed("the address is not valid", false) : last(refusal);
  }

  @Override
  public Content content() throws JsonProcessingException {
    return request.message(id);
  }

  @Override
  public String accepted() {
    return "application/json, text/event-stream";
  }

  @Override
  public Map<String, String> headers() {
    return session.headers();
  }

  @Override
  public long nanosLeft(long timeoutNanos) {
    return Math.max(0, timeoutNanos - (System.nanoTime() - startNanos));
  }

  @Override
  public Reply<T> withoutKey(String reason) {
    return last(request.failed(new McpRequest.Failure(reason, true, false)));
  }

  @Override
  public Reply<T> answered(Response response, PublicText text) {
    McpAnswer answer = McpAnswer.of(response, id);
    return new Reply<>(request.answered(answer, text), session.isRefusedBy(answer));
  }

  @Override
  public Reply<T> failed(String cause, boolean cutOff) {
    return last(request.failed(new McpRequest.Failure(cause, false, cutOff)));
  }

  @Override
  public boolean isThrottled(Reply<T> reply) {
    return request.isThrottled(reply.outcome);
  }

  @Override
  public @Nullable Duration retryAfter(Reply<T> reply) {
    return request.retryAfter(reply.outcome);
  }

  private static <T> Reply<T> last(T outcome) {
    return new Reply<>(outcome, false);
  }
}
