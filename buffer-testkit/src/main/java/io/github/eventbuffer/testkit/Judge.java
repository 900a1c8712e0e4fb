package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the endpoint would answer to a request, and what it would store. Has no state but
 * the event sources.
 */
final class Judge {

  private static final int MAX_EVENTS = 10_000;
  private static final String INVALID = "VALIDATION_ERROR";
  private static final JsonNode GOOD_EVENT =
      ParsedBatch.MAPPER
          .createObjectNode()
          .put("event_id", "1")
          .put("event_type", "purchase")
          .put("event_time", "2026-01-01T00:00:00Z");

  /** The outcome. {@code stored} is null when nothing is stored, not even duplicates. */
  record Verdict(
      int status,
      ObjectNode body,
      @Nullable ParsedBatch batch,
      @Nullable List<Ledger.Arrival> stored,
      List<FoundViolation> found) {}

  /** What is wrong in the call, and with which code it is refused. */
  private record Refused(Issue issue, String code) {}

  private static final String LOG_EVENT = "/log-event";
  private static final String SYNC = "/event-sources/sync";

  private final Options options;
  private final EventSources sources;
  private final SyncJudge syncJudge;

  Judge(Options options, EventSources sources) {
    this.options = options;
    this.sources = sources;
    syncJudge = new SyncJudge(options, sources);
  }

  Verdict judge(IncomingRequest request, Fault fault) {
    String prefix = options.basePath() + "/advertisers/";
    String path = request.path();
    String suffix = path.endsWith(SYNC) ? SYNC : LOG_EVENT;
    if (!path.startsWith(prefix)
        || !path.endsWith(suffix)
        || path.length() <= prefix.length() + suffix.length()) {
      return error(404, "NOT_FOUND", "no such path: " + path);
    }
    if (!request.method().equals("POST")) {
      return error(405, "METHOD_NOT_ALLOWED", "POST only");
    }
    if (!request.header("Authorization").orElse("").equals("Bearer " + options.apiKey())) {
      return error(401, "UNAUTHORIZED", "missing or unknown API key");
    }
    String advertiser = path.substring(prefix.length(), path.length() - suffix.length());
    if (advertiser.contains("/")
        || !(options.advertisers().isEmpty() || options.advertisers().contains(advertiser))) {
      return error(404, "NOT_FOUND", "no such advertiser: " + advertiser);
    }
    String type = request.header("Content-Type").orElse("");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      return error(400, "BAD_REQUEST", "Content-Type must be application/json");
    }
    if (request.undecodable()) {
      return error(400, "BAD_REQUEST", "the body is not encoded as Content-Encoding says");
    }
    if (request.tooLarge()) {
      return error(413, "BAD_REQUEST", "over " + options.maxBodyBytes() + " bytes");
    }
    if (suffix.equals(SYNC)) {
      return syncJudge.judge(request, advertiser, fault.stores);
    }
    try {
      ParsedBatch batch = ParsedBatch.read(request.bytes(), options.rules()::check);
      return judge(request, batch, advertiser, fault);
    } catch (IOException e) {
      FoundViolation found = new FoundViolation(request.number(), -1, "", "not a JSON object");
      Verdict verdict = error(400, "BAD_REQUEST", "the body is not a JSON object");
      return new Verdict(400, verdict.body, null, null, List.of(found));
    }
  }

  private Verdict judge(
      IncomingRequest request, ParsedBatch batch, String advertiser, Fault fault) {
    List<Issue> envelope = envelopeIssues(batch);
    if (!envelope.isEmpty()) {
      List<FoundViolation> found = new ArrayList<>();
      for (Issue issue : envelope) {
        found.add(new FoundViolation(request.number(), -1, issue.path(), issue.message()));
      }
      return new Verdict(400, invalid(envelope), batch, null, found);
    }
    boolean unknown = !sources.knows(advertiser, batch.sourceId());
    if (unknown && options.unknownSource() == FakeEndpoint.UnknownSource.NOT_FOUND) {
      return of(404, "NOT_FOUND", "no such event source", batch);
    }
    if (unknown && options.unknownSource() == FakeEndpoint.UnknownSource.BAD_REQUEST) {
      return of(400, "BAD_REQUEST", "no such event source", batch);
    }
    return events(request, batch, fault, unknown);
  }

  private Verdict events(
      IncomingRequest request, ParsedBatch batch, Fault fault, boolean unknownSource) {
    List<Ledger.Arrival> stored = new ArrayList<>(batch.events().size());
    List<FoundViolation> found = new ArrayList<>();
    List<Refused> refused = new ArrayList<>();
    ArrayNode failures = ParsedBatch.MAPPER.createArrayNode();
    for (int i = 0; i < batch.events().size(); i++) {
      ParsedBatch.Event event = batch.events().get(i);
      EventKey key = new EventKey(batch.sourceId(), event.type(), event.id());
      String place = "events[" + i + "]";
      if (!event.issues().isEmpty()) {
        for (Issue issue : event.issues()) {
          Issue whole = issue.within(place);
          refused.add(new Refused(whole, INVALID));
          found.add(new FoundViolation(request.number(), i, whole.path(), whole.message()));
        }
        failures.add(failure(event, INVALID, event.issues().get(0)));
      } else if (fault.refusal != null && fault.refusal.events().test(key)) {
        Issue why = new Issue("", fault.refusal.message());
        refused.add(new Refused(why.within(place), fault.refusal.code()));
        failures.add(failure(event, fault.refusal.code(), why));
      } else if (unknownSource) {
        failures.add(failure(event, "NOT_FOUND", new Issue("", "no such event source")));
      } else {
        byte[] json = Arrays.copyOfRange(request.bytes(), event.start(), event.end());
        stored.add(new Ledger.Arrival(key, json));
      }
    }
    if (!refused.isEmpty() && options.onViolation() != FakeEndpoint.OnViolation.PARTIAL_FAILURES) {
      boolean named = options.onViolation() == FakeEndpoint.OnViolation.FAIL_CALL;
      return new Verdict(400, failedCall(refused, named), batch, null, found);
    }
    ObjectNode answer = success(batch.events().size(), stored.size(), failures, fault);
    return new Verdict(200, answer, batch, stored, found);
  }

  /** The envelope is checked with the request schema, one good event standing in for the events. */
  private List<Issue> envelopeIssues(ParsedBatch batch) {
    ObjectNode request = batch.envelope().deepCopy();
    request.put("idempotency_key", "0123456789abcdef");
    List<Issue> issues = new ArrayList<>();
    if (batch.hasEvents()) {
      ArrayNode events = request.putArray("events");
      if (!batch.events().isEmpty()) {
        events.add(GOOD_EVENT);
      }
      if (batch.events().size() > MAX_EVENTS) {
        issues.add(new Issue("events", "at most " + MAX_EVENTS + " events"));
      }
    }
    for (Error error : AdcpSchema.request(request)) {
      issues.add(EventRules.issue(error));
    }
    length(batch.envelope(), "event_source_id", 1, issues);
    length(batch.envelope(), "test_event_code", 0, issues);
    return issues;
  }

  private static void length(ObjectNode envelope, String name, int min, List<Issue> issues) {
    JsonNode value = envelope.path(name);
    int length = value.asText().codePointCount(0, value.asText().length());
    if (value.isTextual() && (length < min || length > 256)) {
      issues.add(new Issue(name, min + " to 256 characters, not " + length));
    }
  }

  private ObjectNode success(int received, int processed, ArrayNode failures, Fault fault) {
    ObjectNode result = ParsedBatch.MAPPER.createObjectNode();
    Fault.Counts counts = fault.counts;
    result.put("events_received", counts == null ? received : counts.received());
    result.put(
        "events_processed", counts == null ? processed - fault.shortfall : counts.processed());
    if (!failures.isEmpty()) {
      result.set("partial_failures", failures);
    }
    result.putArray("warnings");
    result.put("match_quality", 0.87);
    return wrapped(options, result);
  }

  /** A success as the endpoint's option says. */
  static ObjectNode wrapped(Options options, ObjectNode result) {
    if (!options.wrapped()) {
      return result;
    }
    ObjectNode root = ParsedBatch.MAPPER.createObjectNode();
    root.set("data", result);
    root.putNull("error");
    return root;
  }

  private static ObjectNode failure(ParsedBatch.Event event, String code, Issue issue) {
    String place = issue.path().isEmpty() ? "" : issue.path() + ": ";
    return ParsedBatch.MAPPER
        .createObjectNode()
        .put("event_id", event.id())
        .put("code", code)
        .put("message", place + issue.message());
  }

  private static ObjectNode invalid(List<Issue> issues) {
    return failedCall(issues.stream().map(issue -> new Refused(issue, INVALID)).toList(), true);
  }

  /** The call has the code of the first; another code stands at its own issue. */
  private static ObjectNode failedCall(List<Refused> refused, boolean named) {
    Refused first = refused.get(0);
    boolean ruled = first.code().equals(INVALID);
    ObjectNode error =
        ErrorBodies.error(
            first.code(), ruled ? "the request is not valid" : first.issue().message());
    if (named) {
      ArrayNode list = error.putObject("details").putArray("issues");
      for (Refused one : refused) {
        ObjectNode issue = list.addObject();
        issue.put("path", one.issue().path()).put("message", one.issue().message());
        if (!one.code().equals(first.code())) {
          issue.put("code", one.code());
        }
      }
    }
    return ErrorBodies.wrap(error);
  }

  private static Verdict error(int status, String code, String message) {
    return of(status, code, message, null);
  }

  private static Verdict of(int status, String code, String message, @Nullable ParsedBatch batch) {
    ObjectNode body = ErrorBodies.wrap(ErrorBodies.error(code, message));
    return new Verdict(status, body, batch, null, List.of());
  }
}
