package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventEncoderTest {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .nodeFactory(new JsonNodeFactory(true))
          .build();

  /** The request of the log-events guide, as printed there. */
  private static final String GUIDE =
      """
      [
        {
          "event_id": "txn_abc123",
          "event_type": "purchase",
          "event_time": "2026-04-26T14:30:00-05:00",
          "action_source": "website",
          "event_source_url": "https://shop.example.com/checkout/complete",
          "user_match": {
            "hashed_email": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
            "click_id": "fb.1.1700000000.AbCdEfGh",
            "click_id_type": "fbclid"
          },
          "custom_data": {
            "value": 89.99,
            "currency": "USD",
            "order_id": "order_55512",
            "content_ids": ["sku_red_shoe_42"],
            "num_items": 1
          }
        },
        {
          "event_id": "demo_booked_98765",
          "event_type": "custom",
          "custom_event_name": "qualified_demo_booked",
          "event_time": "2026-04-26T15:05:00-05:00",
          "action_source": "website",
          "user_match": {
            "hashed_email": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
          }
        }
      ]
      """;

  @Test
  void theExamplesOfTheGuideAreEncodedAsPrinted() throws Exception {
    JsonNode guide = MAPPER.readTree(GUIDE);
    assertEquals(
        guide.get(0), MAPPER.readTree(SampleEvents.encode(SampleEvents.purchase().build())));
    assertEquals(
        guide.get(1), MAPPER.readTree(SampleEvents.encode(SampleEvents.demoBooked().build())));
  }

  @Test
  void fieldsComeInAFixedOrderWithoutWhiteSpace() {
    assertEquals(
        "{\"event_id\":\"txn_abc123\",\"event_type\":\"purchase\","
            + "\"event_time\":\"2026-04-26T14:30:00-05:00\",\"action_source\":\"website\","
            + "\"event_source_url\":\"https://shop.example.com/checkout/complete\","
            + "\"user_match\":{\"hashed_email\":"
            + "\"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8\","
            + "\"click_id\":\"fb.1.1700000000.AbCdEfGh\",\"click_id_type\":\"fbclid\"},"
            + "\"custom_data\":{\"value\":89.99,\"currency\":\"USD\",\"order_id\":\"order_55512\","
            + "\"content_ids\":[\"sku_red_shoe_42\"],\"num_items\":1}}",
        SampleEvents.json(SampleEvents.purchase().build()));
  }

  @Test
  void absentPartsAreLeftOut() {
    assertEquals(
        "{\"event_id\":\"a\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00-05:00\"}",
        SampleEvents.json(
            ConversionEvent.lead("a", SampleEvents.TIME)
                .user(UserMatch.builder())
                .customData(CustomData.builder())
                .build()));
  }

  @Test
  void anyEventIsWhatJacksonReadsBack() throws Exception {
    RandomEvents events = new RandomEvents(20260426);
    for (int i = 0; i < 5_000; i++) {
      ConversionEvent event = events.next();
      assertEquals(tree(event), MAPPER.readTree(SampleEvents.encode(event)));
    }
  }

  @Test
  void anyEventIsWhatTheReaderReadsBack() throws Exception {
    RandomEvents events = new RandomEvents(1);
    for (int i = 0; i < 5_000; i++) {
      ConversionEvent event = events.next();
      assertEquals(event, EventReader.read(SampleEvents.encode(event)));
    }
  }

  @Test
  void aRequiredFieldCannotBeLeftOut() {
    assertThrows(
        NullPointerException.class,
        () -> SampleEvents.encode(ConversionEvent.lead(null, SampleEvents.TIME).build()));
  }

  /** The event as a tree, by another way than the encoder's. */
  private static ObjectNode tree(ConversionEvent event) {
    ObjectNode tree = MAPPER.createObjectNode();
    tree.put("event_id", event.eventId()).put("event_type", event.type().value());
    tree.put("event_time", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(event.time()));
    put(tree, "custom_event_name", event.customEventName());
    put(tree, "action_source", event.actionSource() == null ? null : event.actionSource().value());
    put(tree, "event_source_url", event.eventSourceUrl());
    UserMatch user = event.user();
    if (user != null) {
      ObjectNode match = tree.putObject("user_match");
      if (!user.uids().isEmpty()) {
        ArrayNode uids = match.putArray("uids");
        for (Uid uid : user.uids()) {
          uids.addObject().put("type", uid.type()).put("value", uid.value());
        }
      }
      put(match, "hashed_email", user.hashedEmail());
      put(match, "hashed_phone", user.hashedPhone());
      put(match, "click_id", user.clickId());
      put(match, "click_id_type", user.clickIdType());
      put(match, "client_ip", user.clientIp());
      put(match, "client_user_agent", user.clientUserAgent());
    }
    CustomData data = event.customData();
    if (data != null) {
      ObjectNode custom = tree.putObject("custom_data");
      put(custom, "value", data.value());
      put(custom, "currency", data.currency());
      put(custom, "order_id", data.orderId());
      if (!data.contentIds().isEmpty()) {
        ArrayNode ids = custom.putArray("content_ids");
        data.contentIds().forEach(ids::add);
      }
      put(custom, "content_type", data.contentType());
      put(custom, "content_name", data.contentName());
      put(custom, "content_category", data.contentCategory());
      put(custom, "num_items", data.numItems());
      put(custom, "search_string", data.searchString());
      put(custom, "progress_percent", data.progressPercent());
      put(custom, "progress_seconds", data.progressSeconds());
      putContents(custom, data.contents());
    }
    return tree;
  }

  private static void putContents(ObjectNode custom, List<ContentItem> contents) {
    if (contents.isEmpty()) {
      return;
    }
    ArrayNode array = custom.putArray("contents");
    for (ContentItem item : contents) {
      ObjectNode node = array.addObject();
      put(node, "id", item.id());
      put(node, "quantity", item.quantity());
      put(node, "price", item.price());
      put(node, "brand", item.brand());
    }
  }

  private static void put(ObjectNode tree, String name, @Nullable Object value) {
    if (value instanceof String text) {
      tree.put(name, text);
    } else if (value instanceof Long number) {
      tree.put(name, BigInteger.valueOf(number));
    } else if (value instanceof BigDecimal number) {
      if (number.scale() == 0) {
        tree.put(name, number.unscaledValue());
      } else {
        tree.put(name, number);
      }
    }
  }
}
