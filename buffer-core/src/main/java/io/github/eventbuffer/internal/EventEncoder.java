package io.github.eventbuffer.internal;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as {@code log-event} takes it: one JSON object without white space, the fields in a
 * fixed order, absent ones and empty lists left out. The same event gives the same bytes.
 */
final class EventEncoder {

  private static final byte[] EVENT_ID = name("event_id");
  private static final byte[] EVENT_TYPE = name("event_type");
  private static final byte[] EVENT_TIME = name("event_time");
  private static final byte[] CUSTOM_EVENT_NAME = name("custom_event_name");
  private static final byte[] ACTION_SOURCE = name("action_source");
  private static final byte[] EVENT_SOURCE_URL = name("event_source_url");
  private static final byte[] USER_MATCH = name("user_match");
  private static final byte[] UIDS = name("uids");
  private static final byte[] TYPE = name("type");
  private static final byte[] VALUE = name("value");
  private static final byte[] HASHED_EMAIL = name("hashed_email");
  private static final byte[] HASHED_PHONE = name("hashed_phone");
  private static final byte[] CLICK_ID = name("click_id");
  private static final byte[] CLICK_ID_TYPE = name("click_id_type");
  private static final byte[] CLIENT_IP = name("client_ip");
  private static final byte[] CLIENT_USER_AGENT = name("client_user_agent");
  private static final byte[] CUSTOM_DATA = name("custom_data");
  private static final byte[] CURRENCY = name("currency");
  private static final byte[] ORDER_ID = name("order_id");
  private static final byte[] CONTENT_IDS = name("content_ids");
  private static final byte[] CONTENT_TYPE = name("content_type");
  private static final byte[] CONTENT_NAME = name("content_name");
  private static final byte[] CONTENT_CATEGORY = name("content_category");
  private static final byte[] NUM_ITEMS = name("num_items");
  private static final byte[] SEARCH_STRING = name("search_string");
  private static final byte[] PROGRESS_PERCENT = name("progress_percent");
  private static final byte[] PROGRESS_SECONDS = name("progress_seconds");
  private static final byte[] CONTENTS = name("contents");
  private static final byte[] ID = name("id");
  private static final byte[] QUANTITY = name("quantity");
  private static final byte[] PRICE = name("price");
  private static final byte[] BRAND = name("brand");

  private EventEncoder() {}

  private static byte[] name(String name) {
    return (",\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Writes a valid event.
   *
   * @throws NullPointerException if a required field is missing, which validation refuses
   * @throws JsonWriter.TooLargeException if the writer's bound is reached
   */
  static void encode(ConversionEvent event, JsonWriter out) {
    out.raw('{');
    string(EVENT_ID, Objects.requireNonNull(event.eventId()), out);
    string(EVENT_TYPE, Objects.requireNonNull(event.type()).value(), out);
    out.field(EVENT_TIME);
    EventTime.write(Objects.requireNonNull(event.time()), out);
    string(CUSTOM_EVENT_NAME, event.customEventName(), out);
    ActionSource source = event.actionSource();
    string(ACTION_SOURCE, source == null ? null : source.value(), out);
    string(EVENT_SOURCE_URL, event.eventSourceUrl(), out);
    UserMatch user = event.user();
    if (user != null) {
      encode(user, out);
    }
    CustomData data = event.customData();
    if (data != null) {
      encode(data, out);
    }
    out.raw('}');
  }

  private static void encode(UserMatch user, JsonWriter out) {
    out.field(USER_MATCH);
    out.raw('{');
    List<Uid> uids = user.uids();
    if (!uids.isEmpty()) {
      out.field(UIDS);
      for (int i = 0; i < uids.size(); i++) {
        out.raw(i == 0 ? '[' : ',');
        out.raw('{');
        string(TYPE, uids.get(i).type(), out);
        string(VALUE, uids.get(i).value(), out);
        out.raw('}');
      }
      out.raw(']');
    }
    string(HASHED_EMAIL, user.hashedEmail(), out);
    string(HASHED_PHONE, user.hashedPhone(), out);
    string(CLICK_ID, user.clickId(), out);
    string(CLICK_ID_TYPE, user.clickIdType(), out);
    string(CLIENT_IP, user.clientIp(), out);
    string(CLIENT_USER_AGENT, user.clientUserAgent(), out);
    out.raw('}');
  }

  private static void encode(CustomData data, JsonWriter out) {
    out.field(CUSTOM_DATA);
    out.raw('{');
    number(VALUE, data.value(), out);
    string(CURRENCY, data.currency(), out);
    string(ORDER_ID, data.orderId(), out);
    List<String> ids = data.contentIds();
    if (!ids.isEmpty()) {
      out.field(CONTENT_IDS);
      for (int i = 0; i < ids.size(); i++) {
        out.raw(i == 0 ? '[' : ',');
        out.string(ids.get(i));
      }
      out.raw(']');
    }
    string(CONTENT_TYPE, data.contentType(), out);
    string(CONTENT_NAME, data.contentName(), out);
    string(CONTENT_CATEGORY, data.contentCategory(), out);
    integer(NUM_ITEMS, data.numItems(), out);
    string(SEARCH_STRING, data.searchString(), out);
    number(PROGRESS_PERCENT, data.progressPercent(), out);
    number(PROGRESS_SECONDS, data.progressSeconds(), out);
    List<ContentItem> contents = data.contents();
    if (!contents.isEmpty()) {
      out.field(CONTENTS);
      for (int i = 0; i < contents.size(); i++) {
        out.raw(i == 0 ? '[' : ',');
        encode(contents.get(i), out);
      }
      out.raw(']');
    }
    out.raw('}');
  }

  private static void encode(ContentItem item, JsonWriter out) {
    out.raw('{');
    string(ID, item.id(), out);
    integer(QUANTITY, item.quantity(), out);
    number(PRICE, item.price(), out);
    string(BRAND, item.brand(), out);
    out.raw('}');
  }

  private static void string(byte[] name, @Nullable String text, JsonWriter out) {
    if (text != null) {
      out.field(name);
      out.string(text);
    }
  }

  private static void integer(byte[] name, @Nullable Long number, JsonWriter out) {
    if (number != null) {
      out.field(name);
      out.number(number);
    }
  }

  private static void number(byte[] name, @Nullable BigDecimal number, JsonWriter out) {
    if (number != null) {
      out.field(name);
      out.number(number);
    }
  }
}
