package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.http.PublicText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes records of the results of tools; lenient about all that a caller can do without. */
final class ResultReader {
  private final PublicText text;

  ResultReader(PublicText text) {
    this.text = text;
  }

  /** What {@code get_adcp_capabilities} answered. */
  Capabilities capabilities(JsonNode result) {
    JsonNode adcp = result.path("adcp");
    JsonNode window = adcp.path("idempotency");
    long seconds = window.path("replay_ttl_seconds").asLong(0);
    boolean declared = window.path("supported").asBoolean(true) && seconds > 0;
    JsonNode tracking = result.path("media_buy").path("conversion_tracking");
    List<Integer> majors = new ArrayList<>();
    for (JsonNode major : adcp.path("major_versions")) {
      if (major.canConvertToInt()) {
        majors.add(major.intValue());
      }
    }
    return new Capabilities(
        majors,
        declared ? Duration.ofSeconds(seconds) : null,
        tracking.isObject(),
        texts(tracking.path("supported_event_types")).stream().map(EventType::of).toList(),
        texts(tracking.path("supported_uid_types")),
        texts(tracking.path("supported_hashed_identifiers")),
        texts(tracking.path("supported_action_sources")).stream().map(ActionSource::of).toList());
  }

  private static List<String> texts(JsonNode values) {
    List<String> read = new ArrayList<>();
    for (JsonNode value : values) {
      if (value.isTextual()) {
        read.add(value.textValue());
      }
    }
    return read;
  }
}
