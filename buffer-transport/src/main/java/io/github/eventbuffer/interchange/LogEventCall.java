package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.http.BaseUrl;
import io.github.eventbuffer.http.BatchContent;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import io.github.eventbuffer.http.Unicode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One attempt to deliver one batch. */
final class LogEventCall implements HttpCall<DeliveryResult> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ResponseReader READER = new ResponseReader(Clock.systemUTC());
  private static final byte[] SUFFIX = {'}'};

  private final EventBatch batch;

  LogEventCall(EventBatch batch) {
    this.batch = batch;
  }

  @Override
  public @Nullable URI uri(BaseUrl base) {
    Destination to = batch.destination();
    return Unicode.isValid(to.eventSourceId()) && Unicode.isValid(to.testEventCode())
        ? base.resolve("advertisers", to.advertiserId(), "log-event")
        : null;
  }

  @Override
  public DeliveryResult refusal() {
    Destination to = batch.destination();
    return new DeliveryResult.Held(
        Unicode.isValid(to.eventSourceId()) && Unicode.isValid(to.testEventCode())
            ? "advertiserId cannot be a part of a URL; correct it"
            : "eventSourceId or testEventCode is not valid Unicode; correct it");
  }

  @Override
  public Content content() throws JsonProcessingException {
    return new BatchContent(prefix(batch.destination()), batch, SUFFIX);
  }

  @Override
  public DeliveryResult withoutKey(String reason) {
    return new DeliveryResult.Held(reason);
  }

  @Override
  public DeliveryResult answered(Response response, PublicText text) {
    return READER.read(response, batch.count(), text);
  }

  @Override
  public DeliveryResult failed(String cause, boolean cutOff) {
    return new DeliveryResult.Unavailable(cause, null, cutOff);
  }

  @Override
  public boolean isThrottled(DeliveryResult outcome) {
    return outcome instanceof DeliveryResult.Throttled;
  }

  @Override
  public @Nullable Duration retryAfter(DeliveryResult outcome) {
    return outcome instanceof DeliveryResult.Throttled throttled ? throttled.retryAfter() : null;
  }

  private static byte[] prefix(Destination destination) throws JsonProcessingException {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("event_source_id", destination.eventSourceId());
    if (destination.testEventCode() != null) {
      members.put("test_event_code", destination.testEventCode());
    }
    byte[] object = JSON.writeValueAsBytes(members);
    byte[] events = {',', '"', 'e', 'v', 'e', 'n', 't', 's', '"', ':'};
    // The events take the place of the closing brace.
    byte[] prefix = Arrays.copyOf(object, object.length - 1 + events.length);
    System.arraycopy(events, 0, prefix, object.length - 1, events.length);
    return prefix;
  }
}
