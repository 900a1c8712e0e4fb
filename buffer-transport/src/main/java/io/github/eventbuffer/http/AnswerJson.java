package io.github.eventbuffer.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.List;

/** How the JSON of answers is read: within bounds, token by token, and never quoted. */
public final class AnswerJson {
  /** As many errors as are kept of one answer. */
  public static final int MAX_ERRORS = 100;

  /** For the code of an error, in characters. */
  public static final int MAX_CODE_CHARS = 64;

  private static final int MAX_DEPTH = 64;
  private static final int MAX_TEXT_CHARS = 1 << 20;

  private AnswerJson() {}

  /** Reads one value; the parser stands on its first token, and on its last one after that. */
  public interface Value<T> {
    /** The value. */
    T read(JsonParser json) throws IOException;
  }

  /** Reads the members of an object; the parser stands on its start, and on its end after that. */
  public interface Members {
    /** Takes them all. */
    void read(JsonParser json) throws IOException;
  }

  /** A factory of parsers with the bounds of an answer: 64 levels, texts of 1 Mi characters. */
  public static JsonFactory factory() {
    return factory(MAX_DEPTH, MAX_TEXT_CHARS);
  }

  /** The same with other bounds for levels and texts. */
  public static JsonFactory factory(int maxDepth, int maxTextChars) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxNumberLength(100)
                .maxNameLength(1_000)
                .maxStringLength(maxTextChars)
                .build())
        .build();
  }

  /**
   * Reads a text that is one object.
   *
   * @param subject what the text is called, for example {@code it}
   * @throws NotUnderstoodException if it is no JSON within the factory's bounds, is another value
   *     than an object or goes on behind it; and what {@code members} throws
   */
  public static void readObject(JsonFactory factory, byte[] text, String subject, Members members)
      throws NotUnderstoodException {
    try (JsonParser json = factory.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new NotUnderstoodException(subject + " is no JSON object");
      }
      members.read(json);
      if (json.nextToken() != null) {
        throw new NotUnderstoodException("something follows the JSON object");
      }
    } catch (NotUnderstoodException e) {
      throw e;
    } catch (JsonProcessingException e) {
      // The parser's words quote the answer; its class says enough.
      throw new NotUnderstoodException(subject + " is not JSON within bounds");
    } catch (IOException e) {
      throw new NotUnderstoodException(subject + " is not JSON text");
    }
  }

  /** Text of a string, number or boolean; empty for null, objects and arrays, which are skipped. */
  public static String scalar(JsonParser json) throws IOException {
    if (json.currentToken().isStructStart()) {
      json.skipChildren();
      return "";
    }
    return json.currentToken() == JsonToken.VALUE_NULL ? "" : json.getText();
  }

  /**
   * Takes an error or an array of them; null and false are none. At most {@link #MAX_ERRORS} are
   * kept, all are read.
   */
  public static <T> void takeErrors(JsonParser json, List<T> into, Value<T> reader)
      throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL
        || json.currentToken() == JsonToken.VALUE_FALSE) {
      return;
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      keep(reader.read(json), into);
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      keep(reader.read(json), into);
    }
  }

  private static <T> void keep(T error, List<T> into) {
    if (into.size() < MAX_ERRORS) {
      into.add(error);
    }
  }
}
