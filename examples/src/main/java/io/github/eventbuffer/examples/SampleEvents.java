package io.github.eventbuffer.examples;

import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.UserMatch;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * What happens in the example's shop: event number {@code n} has the same id and type every time,
 * so two processes agree on it without a word.
 */
final class SampleEvents {

  private static final URI SHOP = URI.create("https://shop.example.com/");

  private SampleEvents() {}

  /** Four purchases in ten events, three carts, a refund, a lead and a custom event. */
  static EventType type(int number) {
    return switch (number % 10) {
      case 4 -> EventType.REFUND;
      case 5 -> EventType.LEAD;
      case 6, 7, 8 -> EventType.ADD_TO_CART;
      case 9 -> EventType.CUSTOM;
      default -> EventType.PURCHASE;
    };
  }

  /** Stable across retries and restarts, as an order's number is. */
  static String id(int number) {
    return String.format(Locale.ROOT, "%s_%06d", type(number), number);
  }

  static ConversionEvent event(int number) {
    ConversionEvent.Builder event =
        ConversionEvent.builder(id(number), type(number), OffsetDateTime.now(ZoneOffset.UTC))
            .user(user(number));
    String price = (10 + number % 90) + ".99";
    return switch (number % 10) {
      case 4 -> // The value of a refund is positive.
          event
              .source(SHOP.resolve("/account/returns"))
              .value(price, "USD")
              .orderId("order_" + (number - 1))
              .build();
      case 5 -> event.source(SHOP.resolve("/newsletter")).build();
      case 6, 7, 8 ->
          event
              .source(SHOP.resolve("/cart"))
              .value(price, "USD")
              .contentIds("sku_red_shoe_" + number % 500)
              .numItems(1)
              .build();
      case 9 ->
          event
              .source(SHOP.resolve("/demo/booked"))
              .customEventName("qualified_demo_booked")
              .build();
      default ->
          event
              .source(SHOP.resolve("/checkout/complete"))
              .value(price, "USD")
              .orderId("order_" + number)
              .contentIds("sku_red_shoe_" + number % 500)
              .numItems(1)
              .build();
    };
  }

  /** The e-mail address is hashed by the builder and not kept. */
  private static UserMatch user(int number) {
    UserMatch.Builder user = UserMatch.email("customer" + number % 20_000 + "@example.com");
    return number % 3 == 0
        ? user.clickId("fbclid", "fb.1.1700000000.AbCdEf" + number).build()
        : user.build();
  }
}
