package io.github.eventbuffer.adcp;

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
 * Reads the payload of an answer to {@code log_event} token by token, without a tree: what is kept
 * is bounded by the batch, whatever the agent sends. One reader reads one payload; not thread-safe.
 */
final class LogEventReader {
  private static final JsonFactory JSON = AnswerJson.factory();

  private final PublicText text;
  private final LogEventFields fields;
  private final List<AdcpError> errors = new ArrayList<>();
  private String status = "";

  /**
   * A reader for the answer to a batch.
   *
   * @param count number of events in the batch
   */
  LogEventReader(int count, PublicText text) {
    this.text = text;
    fields = new LogEventFields(count, text);
  }

  /**
   * Reads a payload to its end.
   *
   * @throws NotUnderstoodException if it is not one JSON object, or a member that decides has
   *     another type, a negative number, or appears twice
   */
  LogEventAnswer read(byte[] payload) throws NotUnderstoodException {
    AnswerJson.readObject(JSON, payload, "the result", this::takeObject);
    return new LogEventAnswer(fields.toSuccess(), status, errors);
  }

  private void takeObject(JsonParser json) throws IOException {
    ErrorReader bare = new ErrorReader(text);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (fields.take(name, json)) {
        continue;
      }
      switch (name) {
        case "status" -> {
          fields.once(name);
          status = text.of(AnswerJson.scalar(json), AnswerJson.MAX_CODE_CHARS);
        }
        case "adcp_error", "error", "errors" ->
            AnswerJson.takeErrors(json, errors, error -> ErrorReader.read(error, text));
        default -> bare.take(name, json);
      }
    }
    if (bare.hasCode() && !fields.isReceived() && errors.isEmpty()) {
      errors.add(bare.error());
    }
  }
}
