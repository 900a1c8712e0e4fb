package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.eventbuffer.RejectedEvent;
import io.github.eventbuffer.http.PublicText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the payload of an answer to {@code log_event} token by token, without a tree: what is kept
 * is bounded by the batch, whatever the agent sends. Strict about what decides between commit and
 * resend, lenient about the rest. One reader reads one payload; not thread-safe.
 */
final class LogEventReader {
  private static final int MAX_WARNINGS = 100;
  private static final int MAX_ERRORS = 100;
  private static final int MAX_EVENT_ID_CHARS = 256;
  private static final int MAX_CODE_CHARS = 64;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(64)
                  .maxNumberLength(100)
                  .maxNameLength(1_000)
                  .maxStringLength(1 << 20)
                  .build())
          .build();

  private final int count;
  private final PublicText text;
  private final Set<String> seen = new HashSet<>();
  private final Map<String, RejectedEvent> rejected = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<AdcpError> errors = new ArrayList<>();
  private long received = -1;
  private long processed = -1;
  private String status = "";
  private int unnamed;
  private int surplus;
  private @Nullable Double matchQuality;

  /**
   * A reader for the answer to a batch.
   *
   * @param count number of events in the batch
   */
  LogEventReader(int count, PublicText text) {
    this.count = count;
    this.text = text;
  }

  /**
   * Reads a payload to its end.
   *
   * @throws UnclearAnswerException if it is not one JSON object, or a member that decides has
   *     another type, a negative number, or appears twice
   */
  LogEventAnswer read(byte[] payload) throws UnclearAnswerException {
    try (JsonParser json = JSON.createParser(payload)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new UnclearAnswerException("the result is no JSON object");
      }
      takeObject(json);
      if (json.nextToken() != null) {
        throw new UnclearAnswerException("something follows the result's JSON object");
      }
    } catch (UnclearAnswerException e) {
      throw e;
    } catch (JsonProcessingException e) {
      // The parser's words quote the answer; its class says enough.
      throw new UnclearAnswerException("the result is not JSON within bounds");
    } catch (IOException e) {
      throw new UnclearAnswerException("the result is not JSON text");
    }
    if (unnamed > 0) {
      warnings.add(unnamed + " partial_failures named no event id and were ignored");
    }
    if (surplus > 0) {
      warnings.add(
          surplus + " partial_failures beyond the batch's " + count + " events were ignored");
    }
    return new LogEventAnswer(
        received,
        processed,
        status,
        List.copyOf(rejected.values()),
        warnings,
        matchQuality,
        errors);
  }

  private void takeObject(JsonParser json) throws IOException {
    ErrorReader bare = new ErrorReader(text);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "events_received" -> received = number(name, json);
        case "events_processed" -> processed = number(name, json);
        case "status" -> {
          once(name);
          status = text.of(ErrorReader.scalar(json), MAX_CODE_CHARS);
        }
        case "partial_failures" -> takeFailures(name, json);
        case "warnings" -> takeWarnings(json);
        case "match_quality" -> takeMatchQuality(json);
        case "adcp_error", "error", "errors" -> takeErrors(json);
        default -> bare.take(name, json);
      }
    }
    if (bare.hasCode() && received < 0 && errors.isEmpty()) {
      errors.add(bare.error());
    }
  }

  private void once(String name) throws UnclearAnswerException {
    if (!seen.add(name)) {
      throw new UnclearAnswerException(name + " appears twice");
    }
  }

  private long number(String name, JsonParser json) throws IOException {
    once(name);
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || json.getLongValue() < 0) {
      throw new UnclearAnswerException(name + " is no integer of 0 or more");
    }
    return json.getLongValue();
  }

  private void takeFailures(String name, JsonParser json) throws IOException {
    once(name);
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new UnclearAnswerException(name + " is no array");
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
        case "event_id" -> eventId = ErrorReader.scalar(json);
        case "code" -> code = text.of(ErrorReader.scalar(json), MAX_CODE_CHARS);
        case "message" -> message = text.of(ErrorReader.scalar(json), PublicText.MAX_EVENT_CHARS);
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
      String words = ErrorReader.scalar(json);
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

  private void takeErrors(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL
        || json.currentToken() == JsonToken.VALUE_FALSE) {
      return;
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      addError(ErrorReader.read(json, text));
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      addError(ErrorReader.read(json, text));
    }
  }

  private void addError(AdcpError error) {
    if (errors.size() < MAX_ERRORS) {
      errors.add(error);
    }
  }
}
