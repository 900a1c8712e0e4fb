package io.github.eventbuffer.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.eventbuffer.Violation;
import java.io.Closeable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A strict walk over JSON that knows where it is and never repeats what it reads: a message names a
 * field and a place, not the content. Not thread-safe.
 */
final class JsonCursor implements Closeable {

  static final int MAX_DEPTH = 32;

  private static final String EVENT = "(event)";

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final JsonParser parser;
  private final List<Violation> problems = new ArrayList<>();

  /**
   * Before the first token of the text.
   *
   * @throws MalformedEventException if the bytes are not UTF-8
   */
  JsonCursor(byte[] json) throws MalformedEventException {
    // Decoded here, because Jackson would take UTF-16 and some invalid UTF-8, and the bytes are
    // stored as they are.
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(json);
    CharBuffer text = CharBuffer.allocate(json.length);
    if (decoder.decode(bytes, text, true).isError() || decoder.flush(text).isError()) {
      throw malformed(EVENT, "UTF-8", "something else at byte " + bytes.position());
    }
    try {
      parser = FACTORY.createParser(text.array(), 0, text.position());
    } catch (IOException e) {
      throw new IllegalStateException("reading from an array", e);
    }
  }

  /** What was wrong so far without being malformed, {@link Findings#MAX} at most. */
  List<Violation> problems() {
    return problems;
  }

  /** Moves on by one token; null at the end of the text. */
  @Nullable JsonToken next() throws MalformedEventException {
    try {
      return parser.nextToken();
    } catch (JsonProcessingException e) {
      String rule = "well-formed JSON, each key once, at most " + MAX_DEPTH + " levels deep";
      throw malformed(EVENT, rule, place(e.getLocation()));
    } catch (IOException e) {
      throw new IllegalStateException("reading from an array", e);
    }
  }

  /** Moves on to the value of the next field and returns its name; null at the object's end. */
  @Nullable String nextField() throws MalformedEventException {
    if (next() == JsonToken.END_OBJECT) {
      return null;
    }
    String name = name();
    next();
    return name;
  }

  /** Moves on to the next element and tells whether there is one. */
  boolean nextElement() throws MalformedEventException {
    return next() != JsonToken.END_ARRAY;
  }

  /** The string here, or null for JSON null. */
  @Nullable String string() throws MalformedEventException {
    return is(JsonToken.VALUE_STRING, "a string") ? text() : null;
  }

  /** The string here, which must not be JSON null. */
  String element() throws MalformedEventException {
    String text = string();
    if (text == null) {
      throw malformed(path(), "a string", given());
    }
    return text;
  }

  /** The number here; null for JSON null and, with a problem, for an exponent beyond 32 bits. */
  @Nullable BigDecimal number() throws MalformedEventException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      try {
        return new BigDecimal(text());
      } catch (NumberFormatException e) {
        addProblem("a number of sane size", "a number with an extreme exponent");
        return null;
      }
    }
    is(JsonToken.VALUE_NUMBER_FLOAT, "a number");
    return null;
  }

  /** Whether an object begins here; false for JSON null. */
  boolean object() throws MalformedEventException {
    return is(JsonToken.START_OBJECT, "an object");
  }

  /** Whether an array begins here; false for JSON null. */
  boolean array() throws MalformedEventException {
    return is(JsonToken.START_ARRAY, "an array");
  }

  /** An object must begin here; JSON null is refused. */
  void requireObject() throws MalformedEventException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw malformed(path(), "an object", given());
    }
  }

  /** The text must end here. */
  void requireEnd() throws MalformedEventException {
    if (next() != null) {
      throw malformed(EVENT, "one JSON object and nothing behind it", given());
    }
  }

  private boolean is(JsonToken expected, String rule) throws MalformedEventException {
    JsonToken token = parser.currentToken();
    if (token != expected && token != JsonToken.VALUE_NULL) {
      throw malformed(path(), rule, given());
    }
    return token == expected;
  }

  /** Passes over the unknown field here and notes what must not be in there, its key included. */
  void screen(String key) throws MalformedEventException {
    screenText(key);
    int depth = 0;
    for (JsonToken token = parser.currentToken(); ; token = next()) {
      if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
        depth--;
      } else if (token == JsonToken.FIELD_NAME) {
        screenText(name());
      } else if (token == JsonToken.VALUE_STRING) {
        screenText(text());
      }
      if (depth == 0) {
        return;
      }
    }
  }

  private void screenText(String text) {
    int traits = Text.traits(text);
    if ((traits & (Text.SUSPECT | Text.NON_ASCII)) == 0) {
      return;
    }
    String kind = PersonalData.find(text);
    if (kind != null) {
      addProblem(Given.NO_PERSONAL_DATA_RULE, Given.lookingLike(text, kind));
    }
    if (Text.hasLoneSurrogate(text)) {
      addProblem(Given.ENCODABLE_RULE, Given.length(text));
    }
  }

  /** Notes a problem of the field here. */
  void addProblem(String rule, String given) {
    if (problems.size() < Findings.MAX) {
      problems.add(new Violation(path(), rule, given));
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new IllegalStateException("reading from an array", e);
    }
  }

  /** The key just read. */
  private String name() {
    return parser.getParsingContext().getCurrentName();
  }

  /** Strings are decoded only here, so what is malformed in them shows here too. */
  private String text() throws MalformedEventException {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw malformed(path(), "well-formed JSON", place(parser.currentLocation()));
    }
  }

  /** Path of the current field. A key that could hold anything personal is shown as (key). */
  private String path() {
    List<String> steps = new ArrayList<>();
    for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
      if (at.inArray() && at.hasCurrentIndex()) {
        steps.add("[" + at.getCurrentIndex() + "]");
      } else if (at.inObject() && at.hasCurrentName()) {
        steps.add("." + shown(at.getCurrentName()));
      }
    }
    StringBuilder path = new StringBuilder();
    for (int i = steps.size() - 1; i >= 0; i--) {
      path.append(steps.get(i));
    }
    return path.isEmpty() ? EVENT : path.substring(1);
  }

  private static String shown(String key) {
    boolean plain = !key.isEmpty() && key.length() <= 64;
    for (int i = 0; plain && i < key.length(); i++) {
      char c = key.charAt(i);
      plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
    return plain ? key : "(key)";
  }

  /** The kind of the current token and its place. */
  String given() {
    JsonToken token = parser.currentToken();
    String kind =
        token == null
            ? "nothing"
            : switch (token) {
              case START_OBJECT, END_OBJECT -> "an object";
              case START_ARRAY, END_ARRAY -> "an array";
              case VALUE_STRING, FIELD_NAME -> "a string";
              case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
              case VALUE_TRUE, VALUE_FALSE -> "a boolean";
              case VALUE_NULL -> "null";
              default -> "something else";
            };
    return kind + " at " + place(parser.currentTokenLocation());
  }

  private static String place(@Nullable JsonLocation location) {
    return location == null
        ? "an unknown place"
        : "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static MalformedEventException malformed(String field, String rule, String given) {
    return new MalformedEventException(new Violation(field, rule, given));
  }
}
