package io.github.eventbuffer;

import java.time.OffsetDateTime;

/** Events for tests. */
public final class Events {
  static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");

  private Events() {}

  /** A purchase as in the guide. */
  public static ConversionEvent purchase(String id) {
    return ConversionEvent.purchase(id, TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(UserMatch.email("alice@example.com").clickId("fbclid", "fb.1.1700000000.AbCdEfGh"))
        .value("89.99", "USD")
        .orderId("order_55512")
        .contentIds("sku_red_shoe_42")
        .numItems(1)
        .build();
  }
}
