package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.http.BaseUrl;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request of the client: JSON, or nothing, to an address below the endpoint's. */
final class JsonCall implements HttpCall<Reply> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable JsonNode request;
  private final String[] path;

  /**
   * A call.
   *
   * @param request what is posted; null for a GET
   */
  JsonCall(@Nullable JsonNode request, String... path) {
    this.request = request;
    this.path = path;
  }

  @Override
  public @Nullable URI uri(BaseUrl base) {
    return base.resolve(path);
  }

  @Override
  public Reply refusal() {
    return Reply.failed(error("an id cannot be a part of a URL; correct it", false));
  }

  @Override
  public @Nullable Content content() throws JsonProcessingException {
    return request == null ? null : Content.of(JSON.writeValueAsBytes(request));
  }

  @Override
  public Reply withoutKey(String reason) {
    return Reply.failed(error(reason, false));
  }

  @Override
  public Reply answered(Response response, PublicText text) {
    return ReplyReader.read(response, text);
  }

  @Override
  public Reply failed(String cause, boolean cutOff) {
    return Reply.failed(error(cause, true));
  }

  @Override
  public boolean isThrottled(Reply outcome) {
    return outcome.throttled();
  }

  @Override
  public @Nullable Duration retryAfter(Reply outcome) {
    return outcome.retryAfter();
  }

  static InterchangeException error(String message, boolean retryable) {
    return new InterchangeException(message, 0, "", null, List.of(), retryable);
  }
}
