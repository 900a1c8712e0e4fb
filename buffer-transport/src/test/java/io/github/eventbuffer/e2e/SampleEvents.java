package io.github.eventbuffer.e2e;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.UserMatch;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Events of every known type and with every field, for the endpoint's schema to judge. */
final class SampleEvents {
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00.5+02:00");

  private SampleEvents() {}

  static ConversionEvent numbered(int number) {
    return ConversionEvent.purchase("txn_" + number, TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(UserMatch.email("customer" + number + "@example.com"))
        .value("89.99", "USD")
        .build();
  }

  static List<ConversionEvent> all() {
    List<ConversionEvent> events = new ArrayList<>();
    for (EventType type : constants(EventType.class)) {
      events.add(
          ConversionEvent.builder("id_" + type.value(), type, TIME)
              .customEventName(type.equals(EventType.CUSTOM) ? "qualified_demo_booked" : null)
              .user(UserMatch.phone("+1 (206) 555-1234").uid("uid2", "A4AAAA"))
              .customData(CustomData.builder().progressPercent(new BigDecimal("25")))
              .build());
    }
    for (ActionSource source : constants(ActionSource.class)) {
      events.add(
          ConversionEvent.lead("source_" + source.value(), TIME)
              .actionSource(source)
              .eventSourceUrl("https://shop.example.com/a?b=c#d")
              .user(UserMatch.builder().clientIp("192.0.2.7").clientUserAgent("Mozilla/5.0"))
              .build());
    }
    events.add(
        ConversionEvent.purchase("everything \"\\\u00e9\ud83d\ude00", TIME)
            .source("https://shop.example.com/checkout/complete")
            .user(
                UserMatch.email(" Alice@Example.com")
                    .phone("+12065551234")
                    .uid("rampid", "Xi1234")
                    .uid("id5", "ID5*abc")
                    .clickId("fbclid", "fb.1.1700000000.AbCdEfGh")
                    .clientIp("2001:db8::1")
                    .clientUserAgent("Mozilla/5.0 (X11; Linux x86_64)"))
            .value("89.99", "USD")
            .orderId("order_55512")
            .contentIds("sku_red_shoe_42", "sku_blue_shoe_43")
            .contentType("product")
            .numItems(2)
            .content(item("sku_red_shoe_42"))
            .build());
    return events;
  }

  private static ContentItem item(String id) {
    return ContentItem.of(id).quantity(1).price("44.99").brand("Acme");
  }

  /** All constants that a type declares of itself. */
  private static <T> List<T> constants(Class<T> type) {
    List<T> found = new ArrayList<>();
    for (Field field : type.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == type) {
        try {
          found.add(type.cast(field.get(null)));
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return found;
  }
}
