package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that must hold for one event: the AdCP schema, and the rules of the REST endpoint that
 * the schema does not have. Immutable.
 *
 * <p>Where REST is the wider of the two (types of its guide, times without seconds, any fraction),
 * REST wins unless the rules are strict.
 */
final class EventRules {

  private static final Set<String> GUIDE_TYPES = Set.of("deposit", "subscription");
  private static final Set<String> ACTION_SOURCES =
      Set.of("website", "app", "in_store", "phone_call", "system_generated", "other");
  private static final Pattern REST_TIME =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d)(:\\d\\d)?(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");
  private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  private final boolean strict;
  private final boolean requireUrl;
  private final Set<String> extraTypes;

  EventRules(boolean strict, boolean requireUrl, Set<String> extraTypes) {
    this.strict = strict;
    this.requireUrl = requireUrl;
    this.extraTypes = extraTypes;
  }

  /** What is wrong with the event; empty when it is good. Paths start inside the event. */
  List<Issue> check(JsonNode event) {
    List<Issue> issues = new ArrayList<>(0);
    for (Error error : AdcpSchema.event(event)) {
      Issue issue = issue(error);
      if (!allowedByRest(issue.path(), error.getKeyword(), event)) {
        issues.add(issue);
      }
    }
    if (event.isObject()) {
      new RestCheck(issues).event(event);
    }
    return issues;
  }

  /** Names the keyword and its bound, unlike the validator's message, which repeats the value. */
  static Issue issue(Error error) {
    String path = error.getInstanceLocation().toString();
    path = path.startsWith("$.") ? path.substring(2) : path.substring(1);
    String property = error.getProperty() == null ? "" : " '" + error.getProperty() + "'";
    JsonNode rule = error.getSchemaNode();
    String bound = rule == null || rule.isContainerNode() ? "" : " " + rule.asText();
    return new Issue(path, "violates AdCP " + error.getKeyword() + property + bound);
  }

  private boolean allowedByRest(String path, String keyword, JsonNode event) {
    String text = event.path(path).asText();
    if (path.equals("event_type") && keyword.equals("enum")) {
      return extraTypes.contains(text) || (!strict && GUIDE_TYPES.contains(text));
    }
    return path.equals("event_time") && keyword.equals("format") && !strict && isRestTime(text);
  }

  private static boolean isRestTime(String text) {
    Matcher time = REST_TIME.matcher(text);
    if (!time.matches()) {
      return false;
    }
    try {
      String seconds = time.group(2) == null ? ":00" : time.group(2);
      OffsetDateTime.parse(time.group(1) + seconds + time.group(4));
      return time.group(2) != null || time.group(3) == null;
    } catch (DateTimeException e) {
      return false;
    }
  }

  /** The REST rules, one event at a time. */
  private final class RestCheck {

    private final List<Issue> issues;

    RestCheck(List<Issue> issues) {
      this.issues = issues;
    }

    void event(JsonNode event) {
      length(event, "", "custom_event_name", 0, 256);
      if (event.path("event_type").asText().equals("custom")
          && event.path("custom_event_name").asText().isEmpty()) {
        add("custom_event_name", "required when event_type is custom");
      }
      JsonNode source = event.path("action_source");
      if (source.isTextual() && !ACTION_SOURCES.contains(source.textValue())) {
        add("action_source", "must be one of " + new TreeSet<>(ACTION_SOURCES));
      }
      if (requireUrl
          && source.asText().equals("website")
          && !event.path("event_source_url").isTextual()) {
        add("event_source_url", "required when action_source is website");
      }
      userMatch(event.path("user_match"));
      customData(event.path("custom_data"));
    }

    private void userMatch(JsonNode match) {
      length(match, "user_match.", "click_id", 0, 512);
      length(match, "user_match.", "click_id_type", 0, 64);
      length(match, "user_match.", "client_ip", 0, 45);
      length(match, "user_match.", "client_user_agent", 0, 512);
      JsonNode uids = match.path("uids");
      for (int i = 0; i < uids.size(); i++) {
        length(uids.path(i), "user_match.uids[" + i + "].", "type", 1, 64);
        length(uids.path(i), "user_match.uids[" + i + "].", "value", 1, 512);
      }
      boolean usable =
          uids.size() > 0
              || given(match, "hashed_email")
              || given(match, "hashed_phone")
              || given(match, "click_id")
              || (given(match, "client_ip") && given(match, "client_user_agent"));
      if (!usable) {
        add("user_match", "at least one usable identifier is required");
      }
    }

    private void customData(JsonNode data) {
      if (data.hasNonNull("value") && !given(data, "currency")) {
        add("custom_data.currency", "required with value");
      }
      length(data, "custom_data.", "order_id", 0, 256);
      length(data, "custom_data.", "content_type", 0, 128);
      if (data.path("num_items").isIntegralNumber()
          && (!data.path("num_items").canConvertToLong()
              || data.path("num_items").longValue() > MAX_SAFE_INTEGER)) {
        add("custom_data.num_items", "at most 2^53-1");
      }
      JsonNode ids = data.path("content_ids");
      for (int i = 0; i < ids.size(); i++) {
        if (ids.path(i).isTextual() && codePoints(ids.path(i)) > 256) {
          add("custom_data.content_ids[" + i + "]", "at most 256 characters");
        }
      }
      JsonNode contents = data.path("contents");
      for (int i = 0; i < contents.size(); i++) {
        length(contents.path(i), "custom_data.contents[" + i + "].", "id", 0, 256);
        length(contents.path(i), "custom_data.contents[" + i + "].", "brand", 0, 256);
      }
    }

    private void length(JsonNode parent, String path, String name, int min, int max) {
      JsonNode value = parent.path(name);
      if (value.isTextual()) {
        int length = codePoints(value);
        if (length < min || length > max) {
          add(path + name, min + " to " + max + " characters, not " + length);
        }
      }
    }

    private void add(String path, String message) {
      issues.add(new Issue(path, message));
    }
  }

  private static int codePoints(JsonNode text) {
    String value = text.textValue();
    return value.codePointCount(0, value.length());
  }

  private static boolean given(JsonNode parent, String name) {
    return parent.path(name).isTextual() && !parent.path(name).textValue().isEmpty();
  }
}
