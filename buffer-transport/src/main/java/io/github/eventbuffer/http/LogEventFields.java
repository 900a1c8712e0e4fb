package io.github.eventbuffer.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.eventbuffer.RejectedEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a {@code log-event} success while they are read; they come in any order. Strict
 * about what decides between commit and resend, lenient about the rest. What is kept is bounded by
 * the batch, whatever the endpoint sends. For one answer; not thread-safe.
 */
public final class LogEventFields {
  private static final int MAX_WARNINGS = 100;
  private static final int MAX_EVENT_ID_CHARS = 256;

  private final int count;
  private final PublicText text;
  private final Set<String> seen = new HashSet<>();
  private final Map<String, RejectedEvent> rejected = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private long received = -1;
  private long processed = -1;
  private int unnamed;
  private int surplus;
  private @Nullable Double matchQuality;

  /**
   * Nothing read yet.
   *
   * @param count number of events in the batch
   */
  public LogEventFields(int count, PublicText text) {
    this.count = count;
    this.text = text;
  }

  /**
   * Takes one member's value, if it is of a success; the parser stands on the value's first token.
   *
   * @return whether it is; else nothing was read
   * @throws NotUnderstoodException if a member that decides has another type, a negative number, or
   *     appears twice
   */
  public boolean take(String name, JsonParser json) throws IOException {
    switch (name) {
      case "events_received" -> received = number(name, json);
      case "events_processed" -> processed = number(name, json);
      case "partial_failures" -> takeFailures(name, json);
      case "warnings" -> takeWarnings(json);
      case "match_quality" -> takeMatchQuality(json);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Refuses a member that was seen before, be it of a success or not. */
  public void once(String name) throws NotUnderstoodException {
    if (!seen.add(name)) {
      throw new NotUnderstoodException(name + " appears twice");
    }
  }

  /** Whether {@code events_received} was there. */
  public boolean isReceived() {
    return received >= 0;
  }

  /** What was read. */
  public LogEventSuccess toSuccess() {
    List<String> told = new ArrayList<>(warnings);
    if (unnamed > 0) {
      told.add(unnamed + " partial_failures named no event id and were ignored");
    }
    if (surplus > 0) {
      told.add(surplus + " partial_failures beyond the batch's " + count + " events were ignored");
    }
    return new LogEventSuccess(
        received, processed, List.copyOf(rejected.values()), told, matchQuality);
  }

  private long number(String name, JsonParser json) throws IOException {
    once(name);
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || json.getLongValue() < 0) {
      throw new NotUnderstoodException(name + " is no integer of 0 or more");
    }
    return json.getLongValue();
  }

  private void takeFailures(String name, JsonParser json) throws IOException {
    once(name);
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new NotUnderstoodException(name + " is no array");
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        takeFailure(json);
      } else {
        json.skipChildren();
        unnamed++;
      }
    }
  }

  private void takeFailure(JsonParser json) throws IOException {
    String eventId = "";
    String code = "";
    String message = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "event_id" -> eventId = AnswerJson.scalar(json);
        case "code" -> code = text.of(AnswerJson.scalar(json), AnswerJson.MAX_CODE_CHARS);
        case "message" -> message = text.of(AnswerJson.scalar(json), PublicText.MAX_EVENT_CHARS);
        default -> json.skipChildren();
      }
    }
    if (eventId.isEmpty() || eventId.length() > MAX_EVENT_ID_CHARS || text.reveals(eventId)) {
      unnamed++;
    } else if (rejected.size() >= count && !rejected.containsKey(eventId)) {
      surplus++;
    } else {
      rejected.putIfAbsent(
          eventId, new RejectedEvent(eventId, code.isEmpty() ? "UNKNOWN" : code, message));
    }
  }

  private void takeWarnings(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String words = AnswerJson.scalar(json);
      if (!words.isEmpty() && warnings.size() < MAX_WARNINGS) {
        warnings.add(text.of(words, PublicText.MAX_EVENT_CHARS));
      }
    }
  }

  private void takeMatchQuality(JsonParser json) throws IOException {
    if (!json.currentToken().isNumeric()) {
      json.skipChildren();
      return;
    }
    double quality = json.getDoubleValue();
    matchQuality = quality >= 0 && quality <= 1 ? quality : null;
  }
}
