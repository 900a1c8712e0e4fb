package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;

/** A result as a tree, if it has no more nodes than an honest one. */
final class JsonTree {
  /** A source has some fifty; an answer that is read may be 64 MiB long. */
  static final int MAX_TOKENS = 1_000_000;

  private static final Set<String> FAILURES = Set.of("adcp_error", "errors", "error");
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(64)
                  .maxNumberLength(100)
                  .maxNameLength(1_000)
                  .maxStringLength(1 << 20)
                  .build())
          .build();
  private static final ObjectMapper MAPPER = new ObjectMapper(JSON);

  private JsonTree() {}

  /** Reads one object in which no member appears twice. */
  static JsonNode read(byte[] json) throws UnclearAnswerException {
    try {
      try (JsonParser parser = JSON.createParser(json)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw new UnclearAnswerException("the result is no JSON object");
        }
        int tokens = 1;
        while (parser.nextToken() != null) {
          if (++tokens > MAX_TOKENS) {
            throw new UnclearAnswerException("the result has too many parts");
          }
        }
      }
      return MAPPER.readTree(json);
    } catch (UnclearAnswerException e) {
      throw e;
    } catch (JsonProcessingException e) {
      // The parser's words quote the answer.
      throw new UnclearAnswerException("the result is not JSON within bounds");
    } catch (IOException e) {
      throw new UnclearAnswerException("the result is not JSON text");
    }
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
