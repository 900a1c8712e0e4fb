package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.eventbuffer.http.AnswerJson;
import io.github.eventbuffer.http.PublicText;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error object while it is read; its members come in any order. What is kept is bounded. Not
 * thread-safe.
 */
final class ErrorReader {
  /** As many as a batch has events. */
  private static final int MAX_ISSUES = 10_000;

  private static final int LEAST_RETRY_SECONDS = 1;
  private static final int MOST_RETRY_SECONDS = 3_600;

  private final PublicText text;
  private final List<AdcpIssue> issues = new ArrayList<>();
  private final List<AdcpIssue> detailed = new ArrayList<>();
  private String code = "";
  private String message = "";
  private @Nullable String field;
  private @Nullable String suggestion;
  private @Nullable String recovery;
  private @Nullable Duration retryAfter;

  ErrorReader(PublicText text) {
    this.text = text;
  }

  /** Reads a whole value as an error: an object, or the words alone. */
  static AdcpError read(JsonParser json, PublicText text) throws IOException {
    ErrorReader reader = new ErrorReader(text);
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        reader.take(name, json);
      }
    } else {
      reader.message = text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS);
    }
    return reader.error();
  }

  /** Takes one member's value, whatever its name; the parser stands on the value's first token. */
  void take(String name, JsonParser json) throws IOException {
    switch (name) {
      case "code" -> code = text.of(AnswerJson.scalar(json), AnswerJson.MAX_CODE_CHARS);
      case "message" -> message = text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS);
      case "field" -> field = words(json);
      case "suggestion" -> suggestion = words(json);
      case "recovery" ->
          // A word that is none is not understood, which is not the same as absent.
          recovery = json.currentToken() == JsonToken.VALUE_NULL ? null : AnswerJson.scalar(json);
      case "retry_after" -> retryAfter = seconds(json);
      case "issues" -> takeIssues(json, issues);
      case "details" -> takeDetails(json);
      default -> json.skipChildren();
    }
  }

  /** Whether the object said what kind of error it is. */
  boolean hasCode() {
    return !code.isEmpty();
  }

  /** What was read. */
  AdcpError error() {
    String named = code.isEmpty() ? "UNKNOWN" : code;
    return new AdcpError(
        named,
        message,
        field,
        suggestion,
        retryAfter,
        Recovery.of(named, recovery),
        issues.isEmpty() ? detailed : issues);
  }

  private @Nullable String words(JsonParser json) throws IOException {
    String words = text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS);
    return words.isEmpty() ? null : words;
  }

  private void takeDetails(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean found = json.currentName().equals("issues");
      json.nextToken();
      if (found) {
        takeIssues(json, detailed);
      } else {
        json.skipChildren();
      }
    }
  }

  private void takeIssues(JsonParser json, List<AdcpIssue> into) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        takeIssue(json, into);
      } else {
        json.skipChildren();
      }
    }
  }

  private void takeIssue(JsonParser json, List<AdcpIssue> into) throws IOException {
    String pointer = "";
    String keyword = "";
    String words = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "pointer" -> pointer = text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS);
        case "keyword" -> keyword = text.of(AnswerJson.scalar(json), AnswerJson.MAX_CODE_CHARS);
        case "message" -> words = text.of(AnswerJson.scalar(json), PublicText.MAX_ERROR_CHARS);
        default -> json.skipChildren();
      }
    }
    if (into.size() < MAX_ISSUES) {
      into.add(new AdcpIssue(pointer, keyword, words));
    }
  }

  /** Clamped, as AdCP tells its clients to. */
  private static @Nullable Duration seconds(JsonParser json) throws IOException {
    if (!json.currentToken().isNumeric()) {
      json.skipChildren();
      return null;
    }
    double seconds = json.getDoubleValue();
    if (Double.isNaN(seconds)) {
      return null;
    }
    double clamped = Math.max(LEAST_RETRY_SECONDS, Math.min(seconds, MOST_RETRY_SECONDS));
    return Duration.ofSeconds((long) Math.ceil(clamped));
  }
}
