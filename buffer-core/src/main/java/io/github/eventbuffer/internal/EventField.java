package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.EventField.Kind.AMOUNT;
import static io.github.eventbuffer.internal.EventField.Kind.COUNT;
import static io.github.eventbuffer.internal.EventField.Kind.CURRENCY;
import static io.github.eventbuffer.internal.EventField.Kind.HASH;
import static io.github.eventbuffer.internal.EventField.Kind.OBJECT;
import static io.github.eventbuffer.internal.EventField.Kind.OBJECTS;
import static io.github.eventbuffer.internal.EventField.Kind.TEXT;
import static io.github.eventbuffer.internal.EventField.Kind.TEXTS;
import static io.github.eventbuffer.internal.EventField.Kind.TIME;
import static io.github.eventbuffer.internal.EventField.Kind.TOKEN;
import static io.github.eventbuffer.internal.EventField.Kind.URL;

import org.jspecify.annotations.Nullable;

/**
 * The fields of an event that the library knows: which object they belong to, what they hold, and
 * its bounds. {@link EventValidator} and {@link EventScan} both go by this table.
 */
enum EventField {
  EVENT_ID(null, "event_id", TEXT, 1, 256),
  EVENT_TYPE(null, "event_type", TOKEN, 1, 64),
  EVENT_TIME(null, "event_time", TIME),
  CUSTOM_EVENT_NAME(null, "custom_event_name", TEXT, 1, 256),
  ACTION_SOURCE(null, "action_source", TOKEN, 1, 64),
  EVENT_SOURCE_URL(null, "event_source_url", URL),

  USER_MATCH(null, "user_match", OBJECT),
  UIDS(USER_MATCH, "uids", OBJECTS),
  UID_TYPE(UIDS, "type", TEXT, 1, 64),
  UID_VALUE(UIDS, "value", TEXT, 1, 512),
  HASHED_EMAIL(USER_MATCH, "hashed_email", HASH),
  HASHED_PHONE(USER_MATCH, "hashed_phone", HASH),
  CLICK_ID(USER_MATCH, "click_id", TEXT, 0, 512),
  CLICK_ID_TYPE(USER_MATCH, "click_id_type", TEXT, 0, 64),
  CLIENT_IP(USER_MATCH, "client_ip", TEXT, 0, 45),
  CLIENT_USER_AGENT(USER_MATCH, "client_user_agent", TEXT, 0, 512),

  CUSTOM_DATA(null, "custom_data", OBJECT),
  VALUE(CUSTOM_DATA, "value", AMOUNT),
  CURRENCY_CODE(CUSTOM_DATA, "currency", CURRENCY),
  ORDER_ID(CUSTOM_DATA, "order_id", TEXT, 0, 256),
  CONTENT_IDS(CUSTOM_DATA, "content_ids", TEXTS, 0, 256),
  CONTENT_TYPE(CUSTOM_DATA, "content_type", TEXT, 0, 128),
  CONTENT_NAME(CUSTOM_DATA, "content_name", TEXT),
  CONTENT_CATEGORY(CUSTOM_DATA, "content_category", TEXT),
  NUM_ITEMS(CUSTOM_DATA, "num_items", COUNT, 0, Bounds.MAX_SAFE_INTEGER),
  SEARCH_STRING(CUSTOM_DATA, "search_string", TEXT),
  PROGRESS_PERCENT(CUSTOM_DATA, "progress_percent", AMOUNT, 0, 100),
  PROGRESS_SECONDS(CUSTOM_DATA, "progress_seconds", AMOUNT),
  CONTENTS(CUSTOM_DATA, "contents", OBJECTS),
  ITEM_ID(CONTENTS, "id", TEXT, 0, 256),
  QUANTITY(CONTENTS, "quantity", COUNT, 1, Bounds.MAX_SAFE_INTEGER),
  PRICE(CONTENTS, "price", AMOUNT),
  BRAND(CONTENTS, "brand", TEXT, 0, 256);

  /** What a field holds. */
  enum Kind {
    /** Free text, its length bounded. */
    TEXT,
    /** A list of such texts. */
    TEXTS,
    /** A word as of {@code EventType} and {@code ActionSource}. */
    TOKEN,
    TIME,
    URL,
    /** SHA-256 in hexadecimal digits. */
    HASH,
    CURRENCY,
    /** A decimal number, of bounded size. */
    AMOUNT,
    /** A whole number, of bounded size. */
    COUNT,
    OBJECT,
    /** A list of objects. */
    OBJECTS
  }

  private static final class Bounds {
    /** 2<sup>53</sup> − 1, the largest integer that every JSON reader keeps. */
    static final long MAX_SAFE_INTEGER = (1L << 53) - 1;
  }

  /** Its place in the table, from 0. */
  @SuppressWarnings("EnumOrdinal") // an index of arrays, in memory only
  final int index = ordinal();

  /** In a set of fields. */
  final long bit = 1L << index;

  /** The field that holds its object, or its list of objects; null for the event itself. */
  final @Nullable EventField parent;

  final String name;

  /** How violations name it: from the event on, or from the element of a list on. */
  final String path;

  final Kind kind;

  /** Of the length in code points, or of the number. */
  final long least;

  final long most;

  EventField(@Nullable EventField parent, String name, Kind kind) {
    this(parent, name, kind, 0, Long.MAX_VALUE);
  }

  EventField(@Nullable EventField parent, String name, Kind kind, long least, long most) {
    this.parent = parent;
    this.name = name;
    path = parent == null || parent.kind == OBJECTS ? name : parent.path + "." + name;
    this.kind = kind;
    this.least = least;
    this.most = most;
  }
}
