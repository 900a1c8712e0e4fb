package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.eventbuffer.http.AnswerJson;
import io.github.eventbuffer.http.LogEventFields;
import io.github.eventbuffer.http.NotUnderstoodException;
import io.github.eventbuffer.http.PublicText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the JSON of an answer token by token, without a tree: what is kept is bounded by the batch,
 * whatever the endpoint sends. One parser reads one answer; not thread-safe.
 */
final class AnswerParser {
  private static final JsonFactory JSON = AnswerJson.factory();

  private final int count;
  private final PublicText text;
  private final LogEventFields fields;
  private final List<EndpointError> errors = new ArrayList<>();

  /**
   * A parser for the answer to a batch.
   *
   * @param count number of events in the batch
   */
  AnswerParser(int count, PublicText text) {
    this.count = count;
    this.text = text;
    fields = new LogEventFields(count, text);
  }

  /**
   * Reads an answer to its end.
   *
   * @throws NotUnderstoodException if it is not one JSON object, or a member that decides has
   *     another type, a negative number, or appears twice
   */
  Answer parse(byte[] body) throws NotUnderstoodException {
    AnswerJson.readObject(JSON, body, "it", json -> takeObject(json, true));
    return new Answer(fields.toSuccess(), errors);
  }

  private void takeObject(JsonParser json, boolean outer) throws IOException {
    ErrorDraft bare = new ErrorDraft(count, text);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (fields.take(name, json)) {
        continue;
      }
      switch (name) {
        case "error", "errors" ->
            AnswerJson.takeErrors(json, errors, error -> ErrorDraft.read(error, count, text));
        case "data" -> {
          if (outer && value == JsonToken.START_OBJECT) {
            fields.once(name);
            takeObject(json, false);
          } else {
            json.skipChildren();
          }
        }
        default -> bare.take(name, json);
      }
    }
    // A success may carry a message and a code of its own (AdCP's envelope).
    if (bare.hasCode() && !fields.isReceived() && errors.isEmpty()) {
      errors.add(bare.error());
    }
  }
}
