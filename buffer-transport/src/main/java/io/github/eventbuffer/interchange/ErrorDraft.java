package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.http.AnswerJson;
import io.github.eventbuffer.http.EventPath;
import io.github.eventbuffer.http.PublicText;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error object while it is read. The members come in any order: issues may be read before the
 * code that they inherit. Not thread-safe.
 */
final class ErrorDraft {
  private static final int MAX_PATH_SEGMENTS = 16;
  private static final int MAX_RETRY_SECONDS = 3600;

  private final int count;
  private final PublicText text;
  private final Map<Integer, Issue> issues = new LinkedHashMap<>();
  private String code = "";
  private String message = "";
  private @Nullable Duration retryAfter;
  private int field = EventPath.NONE;

  /**
   * An empty draft.
   *
   * @param count number of events in the batch
   */
  ErrorDraft(int count, PublicText text) {
    this.count = count;
    this.text = text;
  }

  /** Reads a whole value as an error: an object, or the words alone. */
  static EndpointError read(JsonParser json, int count, PublicText text) throws IOException {
    ErrorDraft draft = new ErrorDraft(count, text);
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        draft.take(name, json);
      }
    } else {
      draft.message = text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS);
    }
    return draft.error();
  }

  /** Takes one member's value, whatever its name; the parser stands on the value's first token. */
  void take(String name, JsonParser json) throws IOException {
    switch (name) {
      case "code" -> code = text.of(AnswerJson.scalar(json), AnswerJson.MAX_CODE_CHARS);
      case "message" -> message = text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS);
      case "field", "path", "pointer" -> field = position(json);
      case "retry_after" -> retryAfter = seconds(json);
      case "issues" -> takeIssues(json);
      case "details" -> takeDetails(json);
      default -> json.skipChildren();
    }
  }

  /** Whether the object said what kind of error it is. */
  boolean hasCode() {
    return !code.isEmpty();
  }

  /** What was read. */
  EndpointError error() {
    List<InvalidEvent> invalid = new ArrayList<>();
    String inherited = code.isEmpty() ? "UNKNOWN" : code;
    issues.forEach(
        (position, issue) ->
            invalid.add(
                new InvalidEvent(
                    position, issue.code.isEmpty() ? inherited : issue.code, issue.message)));
    if (field != EventPath.NONE && !issues.containsKey(field)) {
      invalid.add(new InvalidEvent(field, inherited, message));
    }
    return new EndpointError(code, message, retryAfter, invalid);
  }

  private void takeDetails(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = json.currentName().equals("issues");
        json.nextToken();
        if (found) {
          takeIssues(json);
        } else {
          json.skipChildren();
        }
      }
    } else {
      takeIssues(json);
    }
  }

  private void takeIssues(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        takeIssue(json);
      } else {
        json.skipChildren();
      }
    }
  }

  private void takeIssue(JsonParser json) throws IOException {
    int position = EventPath.NONE;
    Issue issue = new Issue("", "");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "path", "pointer", "field" -> {
          int found = position(json);
          position = found == EventPath.NONE ? position : found;
        }
        case "code", "keyword" ->
            issue =
                new Issue(
                    text.of(AnswerJson.scalar(json), AnswerJson.MAX_CODE_CHARS), issue.message);
        case "message" ->
            issue =
                new Issue(issue.code, text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS));
        default -> json.skipChildren();
      }
    }
    if (position != EventPath.NONE) {
      issues.putIfAbsent(position, issue);
    }
  }

  private int position(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return EventPath.position(AnswerJson.scalar(json), count);
    }
    List<String> segments = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String segment = AnswerJson.scalar(json);
      if (segments.size() < MAX_PATH_SEGMENTS) {
        segments.add(segment);
      }
    }
    return EventPath.position(segments, count);
  }

  private static @Nullable Duration seconds(JsonParser json) throws IOException {
    if (!json.currentToken().isNumeric()) {
      json.skipChildren();
      return null;
    }
    double seconds = json.getDoubleValue();
    return seconds >= 0
        ? Duration.ofSeconds((long) Math.ceil(Math.min(seconds, MAX_RETRY_SECONDS)))
        : null;
  }

  private record Issue(String code, String message) {}
}
