package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.eventbuffer.http.AnswerJson;
import io.github.eventbuffer.http.NotUnderstoodException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the response to a request in what came back: one JSON-RPC message, or a stream of events
 * with messages, of which the others are none of our business. Token by token and without a tree;
 * what is kept is a copy of the payload, and no longer than the answer. Strict about what tells
 * success from failure.
 */
final class MessageReader {
  /** No longer than the longest answer that is read. */
  private static final int MAX_TEXT_CHARS = 64 << 20;

  private static final int MAX_WORDS_CHARS = 4_096;

  /** A message has some levels around the payload, which is read again by itself. */
  private static final int MAX_DEPTH = 80;

  private static final JsonFactory JSON = AnswerJson.factory(MAX_DEPTH, MAX_TEXT_CHARS);

  private final long id;
  private final boolean idRequired;

  /**
   * A reader for the response to one request.
   *
   * @param idRequired whether a message without an id is none for us
   */
  MessageReader(long id, boolean idRequired) {
    this.id = id;
    this.idRequired = idRequired;
  }

  /** Reads an answer that is one message. Throws if it is not the response. */
  McpMessage read(byte[] body) throws NotUnderstoodException {
    McpMessage message = response(withoutMark(body));
    if (message == null) {
      throw new NotUnderstoodException("it is not the response to this request");
    }
    return message;
  }

  /** Reads a stream of server-sent events. Throws if not exactly one of them is the response. */
  McpMessage readEvents(byte[] body) throws NotUnderstoodException {
    McpMessage found = null;
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    byte[] stream = withoutMark(body);
    int at = 0;
    while (at < stream.length || data.size() > 0) {
      int end = at;
      while (end < stream.length && stream[end] != '\n' && stream[end] != '\r') {
        end++;
      }
      // An empty line ends an event; so does the end, after which nothing of it can be missing
      // but what the message itself would lack.
      if (end == at && data.size() > 0) {
        McpMessage message = response(data.toByteArray());
        if (message != null && found != null) {
          throw new NotUnderstoodException("it has two responses to this request");
        }
        found = message == null ? found : message;
        data.reset();
      } else {
        takeData(stream, at, end, data);
      }
      boolean both = end + 1 < stream.length && stream[end] == '\r' && stream[end + 1] == '\n';
      at = Math.min(stream.length, end + (both ? 2 : 1));
    }
    if (found == null) {
      throw new NotUnderstoodException("its events have no response to this request");
    }
    return found;
  }

  private static void takeData(byte[] stream, int from, int to, ByteArrayOutputStream data) {
    byte[] field = {'d', 'a', 't', 'a', ':'};
    if (to - from < field.length
        || !Arrays.equals(stream, from, from + field.length, field, 0, field.length)) {
      return;
    }
    int start = from + field.length;
    if (start < to && stream[start] == ' ') {
      start++;
    }
    if (data.size() > 0) {
      data.write('\n');
    }
    data.write(stream, start, to - start);
  }

  /** The parser would skip it, and count its places from behind it or not. */
  private static byte[] withoutMark(byte[] body) {
    boolean marked =
        body.length >= 3
            && body[0] == (byte) 0xEF
            && body[1] == (byte) 0xBB
            && body[2] == (byte) 0xBF;
    return marked ? Arrays.copyOfRange(body, 3, body.length) : body;
  }

  /** Null if the message is another one than the response to this request. */
  private @Nullable McpMessage response(byte[] message) throws NotUnderstoodException {
    Draft draft = new Draft(message);
    AnswerJson.readObject(JSON, message, "it", draft::take);
    return draft.isFor(id, idRequired) ? draft.message() : null;
  }

  /** One message while it is read; its members come in any order. */
  private static final class Draft {
    private final byte[] bytes;
    private final Set<String> seen = new HashSet<>();
    private boolean versioned;
    private boolean request;
    private @Nullable Long id;
    private boolean hasId;
    private boolean hasResult;
    private boolean hasError;
    private boolean toolError;
    private long code;
    private String words = "";
    private String agreedVersion = "";
    private byte @Nullable [] structured;
    private byte @Nullable [] told;

    Draft(byte[] bytes) {
      this.bytes = bytes;
    }

    void take(JsonParser json) throws IOException {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        switch (name) {
          case "jsonrpc" -> versioned = value == JsonToken.VALUE_STRING && is(json, "2.0");
          case "method" -> {
            request = true;
            json.skipChildren();
          }
          case "id" -> takeId(json);
          case "result" -> {
            once(name);
            hasResult = true;
            takeResult(json);
          }
          case "error" -> {
            once(name);
            hasError = value != JsonToken.VALUE_NULL;
            takeError(json);
          }
          default -> json.skipChildren();
        }
      }
    }

    private static boolean is(JsonParser json, String text) throws IOException {
      return json.getText().equals(text);
    }

    private void once(String name) throws NotUnderstoodException {
      if (!seen.add(name)) {
        throw new NotUnderstoodException(name + " appears twice");
      }
    }

    private void takeId(JsonParser json) throws IOException {
      once("id");
      hasId = json.currentToken() != JsonToken.VALUE_NULL;
      boolean whole =
          json.currentToken() == JsonToken.VALUE_NUMBER_INT
              && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      id = whole ? json.getLongValue() : null;
      json.skipChildren();
    }

    private void takeResult(JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new NotUnderstoodException("result is no object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        switch (name) {
          case "isError" -> {
            once(name);
            if (!value.isBoolean()) {
              throw new NotUnderstoodException(name + " is no boolean");
            }
            toolError = json.getBooleanValue();
          }
          case "structuredContent" -> {
            once(name);
            if (value != JsonToken.VALUE_NULL) {
              structured = object(name, json);
            }
          }
          case "content" -> {
            once(name);
            takeContent(json);
          }
          case "protocolVersion" -> {
            agreedVersion = value == JsonToken.VALUE_STRING ? cut(json.getText()) : "";
            json.skipChildren();
          }
          default -> json.skipChildren();
        }
      }
    }

    private void takeContent(JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        json.skipChildren();
        return;
      }
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
          takeBlock(json);
        } else {
          json.skipChildren();
        }
      }
    }

    private void takeBlock(JsonParser json) throws IOException {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        if (json.nextToken() != JsonToken.VALUE_STRING || !name.equals("text")) {
          json.skipChildren();
          continue;
        }
        String text = json.getText();
        if (text.stripLeading().startsWith("{")) {
          told = told == null ? text.getBytes(StandardCharsets.UTF_8) : told;
        } else if (words.isEmpty()) {
          words = cut(text);
        }
      }
    }

    private void takeError(JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        return;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("code") && value == JsonToken.VALUE_NUMBER_INT) {
          boolean big = json.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
          code = big ? 0 : json.getLongValue();
        } else if (name.equals("message") && value == JsonToken.VALUE_STRING) {
          words = cut(json.getText());
        } else if (name.equals("data") && value == JsonToken.START_OBJECT) {
          structured = object(name, json);
        } else {
          json.skipChildren();
        }
      }
    }

    private static String cut(String text) {
      return text.length() <= MAX_WORDS_CHARS ? text : text.substring(0, MAX_WORDS_CHARS);
    }

    /** The bytes of the object that the parser stands on. */
    private byte[] object(String name, JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new NotUnderstoodException(name + " is no object");
      }
      long start = json.currentTokenLocation().getByteOffset();
      json.skipChildren();
      long end = json.currentLocation().getByteOffset();
      if (start < 0 || end <= start || end > bytes.length) {
        throw new NotUnderstoodException("it is not UTF-8");
      }
      return Arrays.copyOfRange(bytes, (int) start, (int) end);
    }

    boolean isFor(long wanted, boolean idRequired) {
      if (request || !versioned) {
        return false;
      }
      Long own = id;
      return own == null ? !hasId && !idRequired : own == wanted;
    }

    McpMessage message() throws NotUnderstoodException {
      if (hasResult == hasError) {
        throw new NotUnderstoodException("it has not either a result or an error");
      }
      return new McpMessage(
          hasError, toolError, code, words, agreedVersion, structured == null ? told : structured);
    }
  }
}
