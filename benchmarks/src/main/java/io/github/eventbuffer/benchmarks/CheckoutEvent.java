package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.UserMatch;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;

/** The purchase of the log-events guide, as an event and as the JSON it is stored as. */
final class CheckoutEvent {
  /** Appends of one iteration. */
  static final int BURST = 100_000;

  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");
  private static final UserMatch USER =
      UserMatch.hashedEmail("5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8")
          .clickId("fbclid", "fb.1.1700000000.AbCdEfGh")
          .build();
  private static final CustomData DATA =
      CustomData.builder()
          .value("89.99", "USD")
          .orderId("order_55512")
          .contentIds("sku_red_shoe_42")
          .numItems(1)
          .build();

  private CheckoutEvent() {}

  /** An id of 20 characters; every number gives another. */
  static String id(long number) {
    String hex = Long.toHexString(number * 0x9E3779B97F4A7C15L);
    return "txn_" + "0".repeat(16 - hex.length()) + hex;
  }

  static ConversionEvent event(String id) {
    return ConversionEvent.purchase(id, TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(USER)
        .customData(DATA)
        .build();
  }

  static byte[] json(String id) {
    String json =
        "{\"event_id\":\""
            + id
            + "\",\"event_type\":\"purchase\",\"event_time\":\"2026-04-26T14:30:00-05:00\","
            + "\"action_source\":\"website\","
            + "\"event_source_url\":\"https://shop.example.com/checkout/complete\","
            + "\"user_match\":{\"hashed_email\":"
            + "\"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8\","
            + "\"click_id\":\"fb.1.1700000000.AbCdEfGh\",\"click_id_type\":\"fbclid\"},"
            + "\"custom_data\":{\"value\":89.99,\"currency\":\"USD\","
            + "\"order_id\":\"order_55512\",\"content_ids\":[\"sku_red_shoe_42\"],"
            + "\"num_items\":1}}";
    return json.getBytes(StandardCharsets.US_ASCII);
  }
}
