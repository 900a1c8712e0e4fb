package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.http.AnswerJson;
import io.github.eventbuffer.http.NotUnderstoodException;
import io.github.eventbuffer.http.PublicText;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes records of the results of tools; lenient about all that a caller can do without. */
final class ResultReader {
  /** As long as the schema lets the message of a submitted task be. */
  private static final int MAX_MESSAGE_CHARS = 2_000;

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

  /** What {@code sync_event_sources} answered. */
  List<AdcpEventSourceResult> eventSources(JsonNode result) throws NotUnderstoodException {
    JsonNode sources = result.path("event_sources");
    if (!sources.isArray()) {
      throw new NotUnderstoodException("event_sources is no array");
    }
    List<AdcpEventSourceResult> read = new ArrayList<>();
    for (JsonNode source : sources) {
      read.add(eventSource(source));
    }
    return read;
  }

  private AdcpEventSourceResult eventSource(JsonNode source) throws NotUnderstoodException {
    String id = text(source, "event_source_id");
    String action = text(source, "action");
    if (id == null || action == null) {
      throw new NotUnderstoodException("a source lacks event_source_id or action");
    }
    String actionSource = text(source, "action_source");
    return new AdcpEventSourceResult(
        id,
        AdcpEventSourceResult.Action.of(action),
        text(source, "name"),
        text(source, "seller_id"),
        texts(source.path("event_types")).stream().map(EventType::of).toList(),
        texts(source.path("allowed_domains")),
        actionSource == null ? null : ActionSource.of(actionSource),
        AdcpEventSourceResult.Manager.of(text(source, "managed_by")),
        setup(source.path("setup")),
        health(source.path("health")),
        errors(source.path("errors")));
  }

  /** What {@code sync_audiences} answered, if it is no failure. */
  AdcpAudienceSync.Answer audiences(JsonNode result) throws NotUnderstoodException {
    if (JsonTree.isSubmitted(result)) {
      String taskId = text(result, "task_id");
      if (taskId == null || taskId.isEmpty()) {
        throw new NotUnderstoodException("it is submitted and lacks task_id");
      }
      String message = text.of(text(result, "message"), MAX_MESSAGE_CHARS);
      return new AdcpAudienceSync.Submitted(
          taskId, message.isEmpty() ? null : message, errors(result.path("errors")));
    }
    String status = text(result, "status");
    if (status != null && !status.equals("completed")) {
      throw new NotUnderstoodException(
          "its status is " + text.of(status, AnswerJson.MAX_CODE_CHARS));
    }
    JsonNode audiences = result.path("audiences");
    if (!audiences.isArray()) {
      throw new NotUnderstoodException("audiences is no array");
    }
    List<AdcpAudienceResult> read = new ArrayList<>();
    for (JsonNode audience : audiences) {
      read.add(audience(audience));
    }
    return new AdcpAudienceSync.Done(read, result.path("sandbox").asBoolean(false));
  }

  private AdcpAudienceResult audience(JsonNode audience) throws NotUnderstoodException {
    String id = text(audience, "audience_id");
    String action = text(audience, "action");
    if (id == null || action == null) {
      throw new NotUnderstoodException("an audience lacks audience_id or action");
    }
    return new AdcpAudienceResult(
        id,
        AdcpEventSourceResult.Action.of(action),
        text(audience, "name"),
        text(audience, "seller_id"),
        AdcpAudienceResult.Status.of(text(audience, "status")),
        count(audience.path("uploaded_count")),
        count(audience.path("total_uploaded_count")),
        count(audience.path("matched_count")),
        number(audience.path("effective_match_rate")),
        matches(audience.path("match_breakdown")),
        time(text(audience, "last_synced_at")),
        count(audience.path("minimum_size")),
        errors(audience.path("errors")));
  }

  /** Without those that are not said in full. */
  private static List<AdcpAudienceResult.Match> matches(JsonNode breakdown) {
    List<AdcpAudienceResult.Match> read = new ArrayList<>();
    for (JsonNode match : breakdown) {
      String type = text(match, "id_type");
      Long submitted = count(match.path("submitted"));
      Long matched = count(match.path("matched"));
      Double rate = number(match.path("match_rate"));
      if (type != null && submitted != null && matched != null && rate != null) {
        read.add(new AdcpAudienceResult.Match(type, submitted, matched, rate));
      }
    }
    return read;
  }

  private static @Nullable EventSourceSetup setup(JsonNode setup) {
    return setup.isObject()
        ? new EventSourceSetup(
            text(setup, "snippet"),
            EventSourceSetup.SnippetType.of(text(setup, "snippet_type")),
            text(setup, "instructions"))
        : null;
  }

  private static @Nullable EventSourceHealth health(JsonNode health) {
    if (!health.isObject()) {
      return null;
    }
    List<EventSourceHealth.Issue> issues = new ArrayList<>();
    for (JsonNode issue : health.path("issues")) {
      String message = text(issue, "message");
      issues.add(
          new EventSourceHealth.Issue(
              EventSourceHealth.Severity.of(text(issue, "severity")),
              message == null ? "" : message));
    }
    return new EventSourceHealth(
        EventSourceHealth.Status.of(text(health, "status")),
        detail(health.path("detail")),
        number(health.path("match_rate")),
        time(text(health, "last_event_at")),
        time(text(health, "evaluated_at")),
        count(health.path("events_received_24h")),
        issues);
  }

  private static EventSourceHealth.@Nullable Detail detail(JsonNode detail) {
    JsonNode score = detail.path("score");
    JsonNode most = detail.path("max_score");
    return score.isNumber() && most.isNumber()
        ? new EventSourceHealth.Detail(
            score.doubleValue(), most.doubleValue(), text(detail, "label"))
        : null;
  }

  private List<AdcpError> errors(JsonNode errors) throws NotUnderstoodException {
    List<AdcpError> read = new ArrayList<>();
    for (JsonNode error : errors) {
      try (JsonParser json = error.traverse()) {
        json.nextToken();
        read.add(ErrorReader.read(json, text));
      } catch (IOException e) {
        throw new NotUnderstoodException("an error in the result cannot be read");
      }
    }
    return read;
  }

  private static @Nullable Long count(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : null;
  }

  private static @Nullable Double number(JsonNode value) {
    return value.isNumber() ? value.doubleValue() : null;
  }

  private static @Nullable OffsetDateTime time(@Nullable String value) {
    try {
      return value == null ? null : OffsetDateTime.parse(value);
    } catch (DateTimeException e) {
      return null;
    }
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

  private static @Nullable String text(JsonNode object, String name) {
    return object.path(name).textValue();
  }
}
