package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.http.BatchContent;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Unicode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code log_event} for one batch. The arguments are the same bytes at every attempt; only the id
 * of the JSON-RPC message around them differs.
 */
final class LogEventRequest implements McpRequest<DeliveryResult> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] SUFFIX = {'}', '}', '}'};

  private final EventBatch batch;
  private final AdcpAccount account;

  LogEventRequest(EventBatch batch, AdcpAccount account) {
    this.batch = batch;
    this.account = account;
  }

  @Override
  public @Nullable DeliveryResult refusal() {
    Destination to = batch.destination();
    if (account instanceof AdcpAccount.Id own && !own.accountId().equals(to.advertiserId())) {
      return new DeliveryResult.Held(
          "the buffer's advertiserId is not the transport's account; give each account a transport"
              + " of its own");
    }
    return Unicode.isValid(to.eventSourceId()) && Unicode.isValid(to.testEventCode())
        ? null
        : new DeliveryResult.Held(
            "eventSourceId or testEventCode is not valid Unicode; correct it");
  }

  @Override
  public HttpCall.Content message(long id) throws JsonProcessingException {
    Destination to = batch.destination();
    Map<String, Object> arguments = ToolRequest.versioned();
    arguments.put("idempotency_key", batch.idempotencyKey());
    arguments.put("event_source_id", to.eventSourceId());
    if (to.testEventCode() != null) {
      arguments.put("test_event_code", to.testEventCode());
    }
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("name", "log_event");
    params.put("arguments", arguments);
    byte[] message = JSON.writeValueAsBytes(ToolRequest.toolsCall(id, params));
    byte[] events = ",\"events\":".getBytes(StandardCharsets.UTF_8);
    // The events take the place of the closing braces, which follow them: arguments are the last
    // member of params, and params the last of the message.
    byte[] prefix = Arrays.copyOf(message, message.length - SUFFIX.length + events.length);
    System.arraycopy(events, 0, prefix, message.length - SUFFIX.length, events.length);
    return new BatchContent(prefix, batch, SUFFIX);
  }

  @Override
  public DeliveryResult answered(McpAnswer answer, PublicText text) {
    return new LogEventJudge(batch.count(), text).judge(answer);
  }

  @Override
  public DeliveryResult withoutSession(McpAnswer refusal, DeliveryResult why, PublicText text) {
    return why;
  }

  @Override
  public DeliveryResult failed(Failure failure) {
    return failure.isForKey()
        ? new DeliveryResult.Held(failure.reason())
        : new DeliveryResult.Unavailable(failure.reason(), null, failure.cutOff());
  }

  @Override
  public boolean isThrottled(DeliveryResult outcome) {
    return outcome instanceof DeliveryResult.Throttled;
  }

  @Override
  public @Nullable Duration retryAfter(DeliveryResult outcome) {
    return outcome instanceof DeliveryResult.Throttled throttled ? throttled.retryAfter() : null;
  }
}
