package io.github.eventbuffer.peers;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that breaks one rule.
 *
 * @param rule in words
 * @param place of what is changed in {@link #whole}
 * @param value what stands there, as JSON; null when it is left out
 * @param keyword of JSON Schema that the checker has to name
 */
record Breakage(String rule, String place, @Nullable String value, String keyword) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WHOLE =
      """
      {"event_source_id": "website_pixel",
       "test_event_code": "TEST1",
       "events": [
        {"event_id": "txn_abc123",
         "event_type": "purchase",
         "event_time": "2026-04-26T14:30:00-05:00",
         "action_source": "website",
         "event_source_url": "https://shop.example.com/checkout/complete",
         "user_match": {
          "uids": [{"type": "rampid", "value": "Xi1234"}],
          "hashed_email": "ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976",
          "hashed_phone": "f48869b8f9aa60d5eb6147b2130ae29eae6e2d6877dbb9eb9448ce04fe90e3ca",
          "click_id": "fb.1.1700000000.AbCdEfGh", "click_id_type": "fbclid",
          "client_ip": "192.0.2.7", "client_user_agent": "Mozilla/5.0"},
         "custom_data": {
          "value": 89.99, "currency": "USD", "order_id": "order_55512",
          "content_ids": ["sku_red_shoe_42"], "content_type": "product", "num_items": 1,
          "contents": [
           {"id": "sku_red_shoe_42", "quantity": 1, "price": 89.99, "brand": "Acme"}]}},
        {"event_id": "demo_booked_98765",
         "event_type": "custom",
         "custom_event_name": "qualified_demo_booked",
         "event_time": "2026-04-26T15:05:00Z",
         "user_match": {"uids": [{"type": "id5", "value": "ID5*abc"}]}}]}
      """;

  private static final String EVENT = "/events/0";
  private static final String USER = EVENT + "/user_match";
  private static final String UID = USER + "/uids/0";
  private static final String DATA = EVENT + "/custom_data";
  private static final String ITEM = DATA + "/contents/0";

  /** Every rule of the request, broken in one way or another. */
  static List<Breakage> all() {
    return List.of(
        missing("/event_source_id"),
        tooShort("/event_source_id"),
        tooLong("/event_source_id", 256),
        other("a number for a text", "/event_source_id", "1", "type"),
        tooLong("/test_event_code", 256),
        missing("/events"),
        other("no list of events", "/events", "{}", "type"),
        other("no events", "/events", "[]", "minItems"),
        other("too many events", "/events", events(10_001), "maxItems"),
        other("an event that is no object", EVENT, "\"purchase\"", "type"),
        missing(EVENT + "/event_id"),
        tooShort(EVENT + "/event_id"),
        tooLong(EVENT + "/event_id", 256),
        other("an id out of the supplementary planes", EVENT + "/event_id", shoes(257), tooLong()),
        other("a number for an id", EVENT + "/event_id", "55512", "type"),
        other("null for an id", EVENT + "/event_id", "null", "type"),
        missing(EVENT + "/event_type"),
        tooShort(EVENT + "/event_type"),
        other("a type that is no text", EVENT + "/event_type", "[\"purchase\"]", "type"),
        missing(EVENT + "/event_time"),
        time("without an offset", "2026-04-26T14:30:00"),
        time("without an offset and seconds", "2026-04-26T14:30"),
        time("a date", "2026-04-26"),
        time("with a space", "2026-04-26 14:30:00Z"),
        time("z in lower case", "2026-04-26T14:30:00z"),
        time("offset in words", "2026-04-26T14:30:00 UTC"),
        time("comma before the fraction", "2026-04-26T14:30:00,5Z"),
        time("nothing behind the point", "2026-04-26T14:30:00.Z"),
        time("a year of five digits", "+12026-04-26T14:30:00Z"),
        other("13th month", EVENT + "/event_time", "\"2026-13-26T14:30:00Z\"", "format"),
        other("30 February", EVENT + "/event_time", "\"2026-02-30T14:30:00Z\"", "format"),
        other("25 o'clock", EVENT + "/event_time", "\"2026-04-26T25:30:00Z\"", "format"),
        other("25 o'clock sharp", EVENT + "/event_time", "\"2026-04-26T25:30Z\"", "pattern"),
        other("milliseconds since 1970", EVENT + "/event_time", "1777231800000", "type"),
        missing("/events/1/custom_event_name"),
        tooLong("/events/1/custom_event_name", 256),
        tooLong(EVENT + "/custom_event_name", 256),
        other("a source of AdCP's", EVENT + "/action_source", "\"chat\"", "enum"),
        other("a source in upper case", EVENT + "/action_source", "\"WEBSITE\"", "enum"),
        url("no scheme", "shop.example.com/checkout"),
        url("relative", "/checkout/complete"),
        url("relative to the scheme", "//shop.example.com/"),
        url("no host", "https:///checkout"),
        url("a port that is no number", "https://shop.example.com:port/"),
        url("a bracket without its like", "https://[2001:db8::1/"),
        url("a space in the host", "https://shop example.com/"),
        url("a space", "https://shop.example.com/check out"),
        missing(USER),
        other("no identifier", USER, "{}", "anyOf"),
        other("no uid in the list", USER, "{\"uids\":[]}", "anyOf"),
        other("an empty click id", USER, "{\"click_id\":\"\"}", "anyOf"),
        other("the kind of a click id", USER, "{\"click_id_type\":\"gclid\"}", "anyOf"),
        other("an address alone", USER, "{\"client_ip\":\"192.0.2.7\"}", "anyOf"),
        other("a user agent alone", USER, "{\"client_user_agent\":\"Mozilla/5.0\"}", "anyOf"),
        missing(UID + "/type"),
        missing(UID + "/value"),
        tooShort(UID + "/type"),
        tooShort(UID + "/value"),
        tooLong(UID + "/type", 64),
        tooLong(UID + "/value", 512),
        other("upper case", USER + "/hashed_email", "\"" + "AB".repeat(32) + "\"", "pattern"),
        other("a digit less", USER + "/hashed_email", "\"" + "a".repeat(63) + "\"", "pattern"),
        other("a digit more", USER + "/hashed_phone", "\"" + "a".repeat(65) + "\"", "pattern"),
        other("no hash", USER + "/hashed_email", "\"alice@example.com\"", "pattern"),
        other("no hash", USER + "/hashed_phone", "\"+12065551234\"", "pattern"),
        tooLong(USER + "/click_id", 512),
        tooLong(USER + "/click_id_type", 64),
        tooLong(USER + "/client_ip", 45),
        tooLong(USER + "/client_user_agent", 512),
        other("negative", DATA + "/value", "-0.01", "minimum"),
        other("a text for a number", DATA + "/value", "\"89.99\"", "type"),
        other("value without currency", DATA + "/currency", null, "dependentRequired"),
        other("lower case", DATA + "/currency", "\"usd\"", "pattern"),
        other("two letters", DATA + "/currency", "\"US\"", "pattern"),
        other("four letters", DATA + "/currency", "\"USDT\"", "pattern"),
        other("a sign", DATA + "/currency", "\"$\"", "pattern"),
        other("letters beyond ASCII", DATA + "/currency", "\"\u00C4\u00D6\u00DC\"", "pattern"),
        tooLong(DATA + "/order_id", 256),
        tooLong(DATA + "/content_ids/0", 256),
        other("a text for a list", DATA + "/content_ids", "\"sku\"", "type"),
        other("a number for an id", DATA + "/content_ids/0", "42", "type"),
        tooLong(DATA + "/content_type", 128),
        other("negative", DATA + "/num_items", "-1", "minimum"),
        other("a fraction", DATA + "/num_items", "1.5", "type"),
        other("2^53", DATA + "/num_items", "9007199254740992", "maximum"),
        tooLong(ITEM + "/id", 256),
        other("none", ITEM + "/quantity", "0", "minimum"),
        other("a fraction", ITEM + "/quantity", "1.5", "type"),
        other("negative", ITEM + "/price", "-0.01", "minimum"),
        other("a text for a number", ITEM + "/price", "\"89.99\"", "type"),
        tooLong(ITEM + "/brand", 256));
  }

  private static Breakage missing(String place) {
    return new Breakage("left out", place, null, "required");
  }

  private static Breakage tooShort(String place) {
    return new Breakage("empty", place, "\"\"", "minLength");
  }

  private static Breakage tooLong(String place, int most) {
    return new Breakage("too long", place, "\"" + "x".repeat(most + 1) + "\"", tooLong());
  }

  private static String tooLong() {
    return "maxLength";
  }

  private static Breakage time(String rule, String text) {
    return new Breakage(rule, EVENT + "/event_time", "\"" + text + "\"", "pattern");
  }

  private static Breakage url(String rule, String text) {
    return new Breakage(rule, EVENT + "/event_source_url", "\"" + text + "\"", "pattern");
  }

  private static Breakage other(String rule, String place, @Nullable String value, String keyword) {
    return new Breakage(rule, place, value, keyword);
  }

  private static String shoes(int count) {
    return "\"" + "\uD83D\uDC5F".repeat(count) + "\"";
  }

  /** So many good events, in brackets. */
  static String events(int count) {
    ArrayNode events = JSON.createArrayNode();
    ObjectNode event = (ObjectNode) whole().at("/events/1");
    for (int i = 0; i < count; i++) {
      events.add(event.deepCopy().put("event_id", "id_" + i));
    }
    return events.toString();
  }

  /** A good request with every field. */
  static ObjectNode whole() {
    return (ObjectNode) parse(WHOLE);
  }

  /** The good request with this one change. */
  ObjectNode body() {
    ObjectNode body = whole();
    JsonPointer pointer = JsonPointer.compile(place);
    JsonNode parent = body.at(pointer.head());
    if (parent instanceof ArrayNode array) {
      array.set(pointer.last().getMatchingIndex(), parse(value));
    } else if (value == null) {
      ((ObjectNode) parent).remove(pointer.last().getMatchingProperty());
    } else {
      ((ObjectNode) parent).set(pointer.last().getMatchingProperty(), parse(value));
    }
    return body;
  }

  /** Where the checker has to see it: what is left out is missed by what it was part of. */
  String seenAt() {
    return "/body" + (value == null ? JsonPointer.compile(place).head().toString() : place);
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return place + ": " + rule;
  }
}
