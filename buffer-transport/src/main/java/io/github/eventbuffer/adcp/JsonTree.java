package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.http.AnswerJson;
import io.github.eventbuffer.http.NotUnderstoodException;
import java.io.IOException;
import java.util.Set;

/** A result as a tree, if it has no more nodes than an honest one. */
final class JsonTree {
  /** A source has some fifty; an answer that is read may be 64 MiB long. */
  static final int MAX_TOKENS = 1_000_000;

  private static final Set<String> FAILURES = Set.of("adcp_error", "errors", "error");
  private static final JsonFactory JSON =
      AnswerJson.factory().rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final ObjectMapper MAPPER = new ObjectMapper(JSON);

  private JsonTree() {}

  /** Reads one object in which no member appears twice. */
  static JsonNode read(byte[] json) throws NotUnderstoodException {
    AnswerJson.readObject(JSON, json, "the result", JsonTree::count);
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      // It was read once already.
      throw new NotUnderstoodException("the result is not JSON within bounds");
    }
  }

  /** Reads to the end of the object that the parser stands on. */
  private static void count(JsonParser json) throws IOException {
    int tokens = 1;
    for (int depth = 1; depth > 0; tokens++) {
      JsonToken token = json.nextToken();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (tokens >= MAX_TOKENS) {
        throw new NotUnderstoodException("the result has too many parts");
      }
    }
  }

  /** Whether it says that the call waits in line as a whole. */
  static boolean isSubmitted(JsonNode result) {
    return result.path("status").asText().equals("submitted");
  }

  /**
   * Whether it says that the whole call failed.
   *
   * @param remarksPass whether {@code errors} does not say so
   */
  static boolean isFailure(JsonNode result, boolean remarksPass) {
    for (String name : FAILURES) {
      JsonNode told = result.path(name);
      boolean none = told.isMissingNode() || told.isNull() || told.isArray() && told.isEmpty();
      if (!none && !(remarksPass && name.equals("errors"))) {
        return true;
      }
    }
    return false;
  }
}
