package io.github.eventbuffer.internal;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event from JSON that will be stored and sent as it is. Every byte of it is therefore
 * looked at: strict UTF-8, exactly one object, no key twice, known fields of the right type, and no
 * plain e-mail address or phone number in unknown fields either, keys included. JSON null counts as
 * absent. The known fields' own rules are left to {@link EventValidator}.
 */
final class EventReader {

  private final JsonCursor json;
  private @Nullable String eventId;
  private @Nullable EventType type;
  private @Nullable OffsetDateTime time;
  private @Nullable String customEventName;
  private @Nullable ActionSource actionSource;
  private @Nullable String eventSourceUrl;
  private UserMatch.@Nullable Builder user;
  private CustomData.@Nullable Builder data;

  private EventReader(JsonCursor json) {
    this.json = json;
  }

  /**
   * Reads one event.
   *
   * @return the event; what was found wrong beyond the rules of known fields is among its problems
   * @throws MalformedEventException if the bytes are not one JSON object in UTF-8, nested no deeper
   *     than {@link JsonCursor#MAX_DEPTH}, or a known field has the wrong type
   */
  static ConversionEvent read(byte[] bytes) throws MalformedEventException {
    try (JsonCursor json = new JsonCursor(bytes)) {
      json.next();
      json.requireObject();
      return new EventReader(json).readEvent();
    }
  }

  private ConversionEvent readEvent() throws MalformedEventException {
    for (String name = json.nextField(); name != null; name = json.nextField()) {
      switch (name) {
        case "event_id" -> eventId = json.string();
        case "event_type" -> readType();
        case "event_time" -> readTime();
        case "custom_event_name" -> customEventName = json.string();
        case "action_source" -> readSource();
        case "event_source_url" -> eventSourceUrl = json.string();
        case "user_match" -> user = json.object() ? readUser() : null;
        case "custom_data" -> data = json.object() ? readData() : null;
        default -> json.screen(name);
      }
    }
    json.requireEnd();
    ConversionEvent.Builder event =
        ConversionEvent.builder(eventId, type, time)
            .customEventName(customEventName)
            .actionSource(actionSource)
            .eventSourceUrl(eventSourceUrl)
            .user(user)
            .customData(data);
    json.problems().forEach(event::problem);
    return event.build();
  }

  private void readType() throws MalformedEventException {
    String text = json.string();
    type = text == null ? null : EventType.of(text);
  }

  private void readSource() throws MalformedEventException {
    String text = json.string();
    actionSource = text == null ? null : ActionSource.of(text);
  }

  private void readTime() throws MalformedEventException {
    String text = json.string();
    if (text != null) {
      time = EventTime.read(text);
      if (time == null) {
        json.addProblem(
            "ISO 8601 with an offset, for example 2026-04-26T14:30:00-05:00", Given.length(text));
      }
    }
  }

  private UserMatch.Builder readUser() throws MalformedEventException {
    UserMatch.Builder match = UserMatch.builder();
    String clickId = null;
    String clickIdType = null;
    for (String name = json.nextField(); name != null; name = json.nextField()) {
      switch (name) {
        case "uids" -> {
          if (json.array()) {
            while (json.nextElement()) {
              match.uid(readUid());
            }
          }
        }
        case "hashed_email" -> match.hashedEmail(json.string());
        case "hashed_phone" -> match.hashedPhone(json.string());
        case "click_id" -> clickId = json.string();
        case "click_id_type" -> clickIdType = json.string();
        case "client_ip" -> match.clientIp(json.string());
        case "client_user_agent" -> match.clientUserAgent(json.string());
        default -> json.screen(name);
      }
    }
    return match.clickId(clickIdType, clickId).clickIdType(clickIdType);
  }

  private Uid readUid() throws MalformedEventException {
    json.requireObject();
    String kind = null;
    String value = null;
    for (String name = json.nextField(); name != null; name = json.nextField()) {
      switch (name) {
        case "type" -> kind = json.string();
        case "value" -> value = json.string();
        default -> json.screen(name);
      }
    }
    return new Uid(kind, value);
  }

  private CustomData.Builder readData() throws MalformedEventException {
    CustomData.Builder custom = CustomData.builder();
    for (String name = json.nextField(); name != null; name = json.nextField()) {
      switch (name) {
        case "value" -> custom.value(json.number());
        case "currency" -> custom.currency(json.string());
        case "order_id" -> custom.orderId(json.string());
        case "content_ids" -> custom.contentIds(readStrings());
        case "content_type" -> custom.contentType(json.string());
        case "content_name" -> custom.contentName(json.string());
        case "content_category" -> custom.contentCategory(json.string());
        case "num_items" -> custom.numItems(json.number());
        case "search_string" -> custom.searchString(json.string());
        case "progress_percent" -> custom.progressPercent(json.number());
        case "progress_seconds" -> custom.progressSeconds(json.number());
        case "contents" -> {
          if (json.array()) {
            while (json.nextElement()) {
              custom.content(readItem());
            }
          }
        }
        default -> json.screen(name);
      }
    }
    return custom;
  }

  private List<String> readStrings() throws MalformedEventException {
    List<String> strings = new ArrayList<>();
    if (json.array()) {
      while (json.nextElement()) {
        strings.add(json.element());
      }
    }
    return strings;
  }

  private ContentItem readItem() throws MalformedEventException {
    json.requireObject();
    String id = null;
    BigDecimal quantity = null;
    BigDecimal price = null;
    String brand = null;
    for (String name = json.nextField(); name != null; name = json.nextField()) {
      switch (name) {
        case "id" -> id = json.string();
        case "quantity" -> quantity = json.number();
        case "price" -> price = json.number();
        case "brand" -> brand = json.string();
        default -> json.screen(name);
      }
    }
    return ContentItem.of(id).quantity(quantity).price(price).brand(brand);
  }
}
