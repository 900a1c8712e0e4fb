package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.UserMatch;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;

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

  /** Odd, so that no two numbers give one product, and each product gives its number back. */
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private static final long INVERSE = inverse(FACTOR);

  /** Length of the JSON of each event. */
  static final int BYTES = json(id(0)).length;

  private static final int ID_END = "{\"event_id\":\"".length() + id(0).length();

  private CheckoutEvent() {}

  /** Newton's iteration: each step doubles the low bits that are right, from three on. */
  private static long inverse(long odd) {
    long inverse = odd;
    for (int bits = 3; bits < Long.SIZE; bits *= 2) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }

  /** The number of the id with these hexadecimal digits. */
  static long number(long digits) {
    return digits * INVERSE;
  }

  /** An id of 20 characters; every number gives another. */
  static String id(long number) {
    String hex = Long.toHexString(number * FACTOR);
    return "txn_" + "0".repeat(16 - hex.length()) + hex;
  }

  /** The events with numbers from {@code first} on. */
  static ConversionEvent[] events(long first, int count) {
    ConversionEvent[] events = new ConversionEvent[count];
    Arrays.setAll(events, i -> event(id(first + i)));
    return events;
  }

  /** The same as JSON. */
  static byte[][] jsons(long first, int count) {
    byte[][] jsons = new byte[count][];
    Arrays.setAll(jsons, i -> json(id(first + i)));
    return jsons;
  }

  static ConversionEvent event(String id) {
    return ConversionEvent.purchase(id, TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(USER)
        .customData(DATA)
        .build();
  }

  /** Writes the id of a number into an event's JSON. */
  static void number(byte[] json, long number) {
    long digits = number * FACTOR;
    for (int i = ID_END - 1; i >= ID_END - 16; i--) {
      json[i] = (byte) Character.forDigit((int) (digits & 15), 16);
      digits >>>= 4;
    }
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
