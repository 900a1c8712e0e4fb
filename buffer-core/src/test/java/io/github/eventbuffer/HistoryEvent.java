package io.github.eventbuffer;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;

/** An event of a random history: its text follows from these two and from nothing else. */
record HistoryEvent(String type, int number, boolean fat) {
  private static final String TIME = "2026-04-26T14:30:00Z";
  private static final int FAT_BYTES = 6_000;

  static HistoryEvent of(String type, String id) {
    boolean fat = id.endsWith("f");
    return new HistoryEvent(
        type, Integer.parseInt(id.substring(1, id.length() - (fat ? 1 : 0))), fat);
  }

  String id() {
    return "e" + number + (fat ? "f" : "");
  }

  HistoryEvent namesake() {
    return new HistoryEvent("purchase", number, fat);
  }

  /** Refused for good at every attempt. */
  boolean bad() {
    return number % 11 == 10;
  }

  /** Given to append as an object, not as JSON. */
  boolean built() {
    return !fat && number % 3 == 1;
  }

  private String clickId() {
    return "c" + number * 0x9e3779b9;
  }

  String text() {
    String event =
        "{\"event_id\":\"%s\",%s\"event_type\":\"%s\",\"event_time\":\"%s\",\"action_source\":\"app\","
                .formatted(id(), built() ? "" : " ", type, TIME)
            + "\"user_match\":{\"click_id\":\"%s\",\"click_id_type\":\"gclid\"}"
                .formatted(clickId());
    int filler = number * 37 % 300 + (fat ? FAT_BYTES + number * 101 % 8_000 : 0);
    return event + (built() ? "}" : ",\"x\":\"" + "x".repeat(filler) + "\"}");
  }

  AppendResult appendTo(EventBuffer buffer) {
    if (!built()) {
      return buffer.appendJson(text().getBytes(StandardCharsets.UTF_8));
    }
    return buffer.append(
        ConversionEvent.builder(id(), EventType.of(type), OffsetDateTime.parse(TIME))
            .actionSource(ActionSource.APP)
            .user(UserMatch.clickId("gclid", clickId()))
            .build());
  }
}
