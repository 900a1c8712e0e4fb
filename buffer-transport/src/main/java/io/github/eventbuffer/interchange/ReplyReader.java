package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.eventbuffer.http.AnswerJson;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import io.github.eventbuffer.http.RetryAfter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the answers to the client's requests. Holds nothing; thread-safe. */
final class ReplyReader {
  private static final int MOST_ISSUES = 100;
  private static final int MOST_READ = 16_384;
  private static final ObjectMapper JSON =
      new ObjectMapper(AnswerJson.factory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** E-mail addresses, phone numbers and hashes, which an endpoint may quote from a request. */
  private static final Pattern PERSONAL =
      Pattern.compile(
          "[^\\s\"',;<>]{1,320}@[^\\s\"',;<>]+|\\+?\\d[\\d ()./-]{6,}\\d|[0-9a-fA-F]{32,}");

  private ReplyReader() {}

  static Reply read(Response response, PublicText text) {
    int status = response.status();
    JsonNode body = MissingNode.getInstance();
    String doubt = response.flaw();
    if (doubt == null) {
      try {
        body = JSON.readTree(response.body());
        doubt = body.isObject() ? null : "it is no JSON object";
      } catch (IOException e) {
        // The parser's words quote the answer.
        doubt = "it is not JSON within bounds";
      }
    }
    boolean success = status >= 200 && status <= 299;
    JsonNode error = errorIn(body, success);
    if (!success || error != null) {
      return failure(response, error, text);
    }
    if (doubt != null) {
      return Reply.failed(
          new InterchangeException(
              "the answer of HTTP " + status + " is not understood: " + doubt,
              status,
              "",
              null,
              List.of(),
              true));
    }
    JsonNode data = body.get("data");
    return Reply.of(data != null && data.isObject() ? data : body, text);
  }

  /** The error of an answer, wrapped or bare; null when there is none. */
  private static @Nullable JsonNode errorIn(JsonNode body, boolean success) {
    JsonNode error = body.path("error");
    if (error.isObject() || error.isTextual()) {
      return error;
    }
    JsonNode first = body.path("errors").path(0);
    if (first.isObject()) {
      return first;
    }
    return !success && body.isObject() ? body : null;
  }

  private static Reply failure(Response response, @Nullable JsonNode given, PublicText text) {
    int status = response.status();
    JsonNode error = given == null ? MissingNode.getInstance() : given;
    String code = shown(text, error.path("code"), AnswerJson.MAX_CODE_CHARS);
    String message =
        shown(text, error.isTextual() ? error : error.path("message"), PublicText.MAX_ERROR_CHARS);
    String field = shown(text, error.path("field"), PublicText.MAX_ERROR_CHARS);
    boolean throttled = status == 408 || status == 429 || Fault.of(code) == Fault.PACE;
    boolean retryable =
        throttled
            || status == 409
            || status >= 500 && status != 501
            || status / 100 == 2 && Fault.of(code) == Fault.SERVICE;
    Instant now = Instant.now();
    Duration retryAfter =
        throttled
            ? RetryAfter.ofRateLimit(response.headers(), now)
            : RetryAfter.of(response.headers(), now);
    String advice = Advice.onCall(status, code);
    String words =
        "HTTP "
            + status
            + (code.isEmpty() ? "" : ' ' + code)
            + (message.isEmpty() ? "" : ": " + message)
            + (field.isEmpty() ? "" : " (" + field + ')')
            + (advice == null ? "" : "; " + advice);
    return new Reply(
        MissingNode.getInstance(),
        text,
        new InterchangeException(
            words, status, code, field.isEmpty() ? null : field, issues(error, text), retryable),
        throttled && status != 408,
        retryAfter);
  }

  private static List<InterchangeException.Issue> issues(JsonNode error, PublicText text) {
    List<InterchangeException.Issue> issues = new ArrayList<>();
    JsonNode details = error.path("details");
    for (JsonNode list :
        List.of(error.path("issues"), details.isArray() ? details : details.path("issues"))) {
      for (JsonNode issue : list) {
        if (issue.isObject() && issues.size() < MOST_ISSUES) {
          issues.add(
              new InterchangeException.Issue(
                  shown(text, path(issue), PublicText.MAX_ERROR_CHARS),
                  shown(
                      text,
                      issue.has("code") ? issue.path("code") : issue.path("keyword"),
                      AnswerJson.MAX_CODE_CHARS),
                  shown(text, issue.path("message"), PublicText.MAX_ERROR_CHARS)));
        }
      }
    }
    return issues;
  }

  private static JsonNode path(JsonNode issue) {
    for (String name : List.of("path", "pointer", "field")) {
      if (issue.has(name)) {
        return issue.path(name);
      }
    }
    return MissingNode.getInstance();
  }

  /** The text of a value, fit for logs; of an array, its elements with dots between. */
  static String shown(PublicText text, JsonNode value, int most) {
    String words = value.asText();
    if (value.isArray()) {
      List<String> parts = new ArrayList<>();
      value.forEach(part -> parts.add(part.asText()));
      words = String.join(".", parts);
    }
    // The pattern looks at each place up to 320 times.
    String head = words.length() <= MOST_READ ? words : words.substring(0, MOST_READ);
    return text.of(PERSONAL.matcher(head).replaceAll("[hidden]"), most);
  }
}
