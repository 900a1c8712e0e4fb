package io.github.eventbuffer.internal;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.Violation;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@code log-event}, so that what is accepted will be taken by the endpoint.
 *
 * <p>Sources: the log-event reference for lengths, patterns and ranges; AdCP 3.1 for the sign of
 * amounts, the id of an item and the progress of a {@code watch_milestone}; the log-events guide
 * for the ban on plain e-mail addresses and phone numbers. Lengths are in code points, as JSON
 * Schema counts. No violation repeats a text that could be personal.
 *
 * <p>Every text is passed over once; only one that has a suspect character is looked at again.
 * Immutable and thread-safe.
 */
final class EventValidator {

  /**
   * Rules that the sources disagree on.
   *
   * @param requireIdentifier whether an event needs a usable identifier of its user
   * @param requireSourceUrl whether an event on a website needs its URL
   */
  record Rules(boolean requireIdentifier, boolean requireSourceUrl) {}

  /** Bounds of all amounts, far beyond money, so that no exponent can blow up a digit string. */
  static final int MAX_INTEGER_DIGITS = 30;

  static final int MAX_DECIMAL_PLACES = 100;

  static final int HASH_DIGITS = 64;

  private static final int MAX_PORT = 65_535;
  private static final BigDecimal MAX_PERCENT =
      BigDecimal.valueOf(EventField.PROGRESS_PERCENT.most);
  private static final String TOKEN_RULE =
      "1 to 64 characters, a-z first, then a-z, 0-9 and _, for example purchase";

  private final Rules rules;

  EventValidator(Rules rules) {
    this.rules = rules;
  }

  /** All rules that the event breaks, up to {@link Findings#MAX}; empty if it is valid. */
  List<Violation> validate(ConversionEvent event) {
    Findings found = new Findings();
    check(event, found);
    return found.toList();
  }

  /** The same, and what was seen of the texts, into {@code found}, which begins anew. */
  void check(ConversionEvent event, Findings found) {
    found.begin(event.problems());
    checkEventId(event.eventId(), found);
    checkType(event, found);
    checkTime(event.time(), found);
    checkSource(event, found);
    checkUser(event.user(), found);
    CustomData data = event.customData();
    if (data != null) {
      checkData(data, found);
    }
    checkProgress(event, data, found);
  }

  private static void checkEventId(@Nullable String id, Findings found) {
    if (id == null) {
      found.addMissing("event_id", "required, 1 to 256 characters");
      return;
    }
    int traits = checkText(EventField.EVENT_ID, id, found);
    if ((traits & (Text.CONTROL | Text.NON_ASCII)) != 0 && Text.hasControl(id)) {
      found.add("event_id", "no control characters", Given.length(id));
    }
  }

  private static void checkType(ConversionEvent event, Findings found) {
    EventType type = event.type();
    if (type == null) {
      found.addMissing("event_type", "required");
    } else if (!type.isWellFormed()) {
      found.add("event_type", TOKEN_RULE, Given.word(type.value()));
    }
    String name = event.customEventName();
    if (name != null) {
      checkText(EventField.CUSTOM_EVENT_NAME, name, found);
    } else if (EventType.CUSTOM.equals(type)) {
      found.addMissing("custom_event_name", "required by event_type custom, 1 to 256 characters");
    }
  }

  private static void checkTime(@Nullable OffsetDateTime time, Findings found) {
    if (time == null) {
      found.addMissing("event_time", "required");
      return;
    }
    if (time.getYear() < 0 || time.getYear() > 9999) {
      found.add("event_time", "a year from 0 to 9999", "year " + time.getYear());
    }
    if (time.getOffset().getTotalSeconds() % 60 != 0) {
      found.add("event_time", "an offset of whole minutes", "offset " + time.getOffset());
    }
  }

  private void checkSource(ConversionEvent event, Findings found) {
    ActionSource source = event.actionSource();
    if (source != null && !source.isWellFormed()) {
      found.add("action_source", TOKEN_RULE, Given.word(source.value()));
    }
    String url = event.eventSourceUrl();
    if (url != null) {
      int traits = checkText(EventField.EVENT_SOURCE_URL, url, found);
      if ((traits & (Text.NOT_URL | Text.NON_ASCII)) != 0) {
        found.add(
            "event_source_url",
            "a URL without spaces, quotes, <, >, \\, ` and characters beyond ASCII",
            Given.length(url));
      } else if (!isAbsolute(url)) {
        found.add(
            "event_source_url",
            "an absolute URL, for example https://shop.example.com/checkout",
            Given.length(url));
      }
    } else if (rules.requireSourceUrl && ActionSource.WEBSITE.equals(source)) {
      found.addMissing("event_source_url", "required by action_source website");
    }
  }

  /**
   * Whether the URL has a scheme, {@code ://} and a host as RFC 3986 has them; what is behind them
   * is as browsers write it, and not looked at.
   */
  static boolean isAbsolute(String url) {
    int colon = url.indexOf(':');
    if (colon < 1 || !url.startsWith("://", colon) || !isLetter(url.charAt(0))) {
      return false;
    }
    for (int i = 1; i < colon; i++) {
      char c = url.charAt(i);
      if (!isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.') {
        return false;
      }
    }
    int from = colon + 3;
    int end = from;
    while (end < url.length() && isPlain(url.charAt(end))) {
      end++;
    }
    // Nearly every URL ends here, with a host of plain characters and no more than that.
    return end > from && (end == url.length() || isEnd(url.charAt(end))) || isAuthority(url, from);
  }

  static boolean isPlain(char c) {
    return isLetter(c) || isDigit(c) || c == '.' || c == '-';
  }

  /** Whether nothing of the authority is behind this character, nor itself a part of it. */
  static boolean isEnd(char c) {
    return c == '/' || c == '?' || c == '#';
  }

  private static boolean isAuthority(String url, int from) {
    int at = from - 1;
    int end = from;
    for (; end < url.length() && !isEnd(url.charAt(end)); end++) {
      if (url.charAt(end) == '@') {
        at = end;
      }
    }
    return isUserInfo(url, from, at) && isHostAndPort(url, at + 1, end);
  }

  private static boolean isUserInfo(String url, int from, int at) {
    int i = from;
    while (i < at) {
      int next = url.charAt(i) == ':' ? i + 1 : endOfName(url, i, at);
      if (next == i) {
        return false;
      }
      i = next;
    }
    return true;
  }

  private static boolean isHostAndPort(String url, int from, int end) {
    boolean literal = from < end && url.charAt(from) == '[';
    int port = literal ? endOfLiteral(url, from, end) : endOfName(url, from, end);
    return port > from && (port == end || (url.charAt(port) == ':' && isPort(url, port + 1, end)));
  }

  /** Where a name that begins here ends: a host's, or what may stand in front of one. */
  private static int endOfName(String url, int from, int end) {
    int i = from;
    while (i < end) {
      char c = url.charAt(i);
      if (isPlain(c) || "_~!$&'()*+,;=".indexOf(c) >= 0) {
        i++;
      } else if (c == '%' && i + 2 < end && isHex(url.charAt(i + 1)) && isHex(url.charAt(i + 2))) {
        i += 3;
      } else {
        return i;
      }
    }
    return i;
  }

  /** Where the IPv6 address in brackets that begins here ends; {@code from} if it is none. */
  private static int endOfLiteral(String url, int from, int end) {
    int colons = 0;
    for (int i = from + 1; i < end; i++) {
      char c = url.charAt(i);
      if (c == ']') {
        return colons >= 2 ? i + 1 : from;
      } else if (c == ':') {
        colons++;
      } else if (!isHex(c) && c != '.') {
        return from;
      }
    }
    return from;
  }

  /** Whether this is a port, or nothing, which stands for the scheme's own. */
  private static boolean isPort(String url, int from, int end) {
    int port = 0;
    for (int i = from; i < end; i++) {
      char c = url.charAt(i);
      if (!isDigit(c)) {
        return false;
      }
      port = port * 10 + c - '0';
      if (port > MAX_PORT) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private void checkUser(@Nullable UserMatch user, Findings found) {
    boolean usable = false;
    if (user != null) {
      List<Uid> uids = user.uids();
      for (int i = 0; i < uids.size(); i++) {
        Uid uid = uids.get(i);
        found.enterArray("user_match.uids", i);
        checkRequired(EventField.UID_TYPE, uid.type(), found);
        checkRequired(EventField.UID_VALUE, uid.value(), found);
        usable = true;
      }
      found.leaveArray();
      checkHash("user_match.hashed_email", user.hashedEmail(), found);
      checkHash("user_match.hashed_phone", user.hashedPhone(), found);
      checkOptional(EventField.CLICK_ID, user.clickId(), found);
      checkOptional(EventField.CLICK_ID_TYPE, user.clickIdType(), found);
      checkOptional(EventField.CLIENT_IP, user.clientIp(), found);
      checkOptional(EventField.CLIENT_USER_AGENT, user.clientUserAgent(), found);
      usable |=
          user.hashedEmail() != null
              || user.hashedPhone() != null
              || isGiven(user.clickId())
              || (isGiven(user.clientIp()) && isGiven(user.clientUserAgent()));
    }
    if (rules.requireIdentifier && !usable) {
      found.add(
          "user_match",
          "a uid, a hash, a click id, or client_ip with client_user_agent",
          "no usable identifier");
    }
  }

  private static boolean isGiven(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  private static void checkHash(String field, @Nullable String hash, Findings found) {
    if (hash != null && !isSha256(hash)) {
      found.add(field, "SHA-256 as 64 lower-case hexadecimal digits", Given.length(hash));
    }
  }

  private static boolean isSha256(String hash) {
    return hash.length() == HASH_DIGITS
        && (Text.traits(hash) & (Text.NOT_HASH | Text.NON_ASCII)) == 0;
  }

  private static void checkData(CustomData data, Findings found) {
    checkAmount("custom_data.value", data.value(), found);
    String currency = data.currency();
    if (currency != null) {
      if (!isCurrency(currency)) {
        found.add("custom_data.currency", "three capital letters, ISO 4217", Given.word(currency));
      }
    } else if (data.value() != null) {
      found.addMissing("custom_data.currency", "required with a value: three capital letters");
    }
    checkOptional(EventField.ORDER_ID, data.orderId(), found);
    List<String> ids = data.contentIds();
    for (int i = 0; i < ids.size(); i++) {
      found.enterArray("custom_data.content_ids", i);
      checkText("", ids.get(i), EventField.CONTENT_IDS, found);
    }
    found.leaveArray();
    checkOptional(EventField.CONTENT_TYPE, data.contentType(), found);
    checkOptional(EventField.CONTENT_NAME, data.contentName(), found);
    checkOptional(EventField.CONTENT_CATEGORY, data.contentCategory(), found);
    checkOptional(EventField.SEARCH_STRING, data.searchString(), found);
    Long items = data.numItems();
    if (items != null && !isWithin(EventField.NUM_ITEMS, items)) {
      found.add("custom_data.num_items", "0 to 9007199254740991", items.toString());
    }
    List<ContentItem> contents = data.contents();
    for (int i = 0; i < contents.size(); i++) {
      found.enterArray("custom_data.contents", i);
      checkItem(contents.get(i), found);
    }
    found.leaveArray();
  }

  private static boolean isCurrency(String code) {
    return code.length() == 3
        && isCapital(code.charAt(0))
        && isCapital(code.charAt(1))
        && isCapital(code.charAt(2));
  }

  static boolean isCapital(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static void checkItem(ContentItem item, Findings found) {
    checkRequired(EventField.ITEM_ID, item.id(), found);
    Long quantity = item.quantity();
    if (quantity != null && !isWithin(EventField.QUANTITY, quantity)) {
      found.add("quantity", "1 to 9007199254740991", quantity.toString());
    }
    checkAmount("price", item.price(), found);
    checkOptional(EventField.BRAND, item.brand(), found);
  }

  private static void checkProgress(
      ConversionEvent event, @Nullable CustomData data, Findings found) {
    BigDecimal percent = data == null ? null : data.progressPercent();
    BigDecimal seconds = data == null ? null : data.progressSeconds();
    if (percent == null && seconds == null) {
      if (EventType.WATCH_MILESTONE.equals(event.type())) {
        found.addMissing(
            "custom_data.progress_percent",
            "required by event_type watch_milestone, or else progress_seconds");
      }
      return;
    }
    checkAmount("custom_data.progress_seconds", seconds, found);
    boolean sane = checkAmount("custom_data.progress_percent", percent, found);
    if (sane && percent != null && percent.compareTo(MAX_PERCENT) > 0) {
      found.add("custom_data.progress_percent", "0 to 100", "more than 100");
    }
  }

  /** Whether the amount is absent or in range. Looks at sign and exponent only. */
  private static boolean checkAmount(String field, @Nullable BigDecimal amount, Findings found) {
    if (amount == null) {
      return true;
    }
    long integerDigits = (long) amount.precision() - amount.scale();
    if (integerDigits > MAX_INTEGER_DIGITS || amount.scale() > MAX_DECIMAL_PLACES) {
      found.add(
          field,
          "less than 10^" + MAX_INTEGER_DIGITS + ", at most " + MAX_DECIMAL_PLACES + " decimals",
          "a number of " + integerDigits + " digits and " + amount.scale() + " decimals");
      return false;
    }
    if (amount.signum() < 0) {
      found.add(field, "0 or more", "a negative number");
      return false;
    }
    return true;
  }

  private static boolean isWithin(EventField field, long number) {
    return number >= field.least && number <= field.most;
  }

  private static void checkRequired(EventField field, @Nullable String text, Findings found) {
    if (text == null) {
      found.addMissing(field.path, "required");
    } else {
      checkText(field, text, found);
    }
  }

  private static void checkOptional(EventField field, @Nullable String text, Findings found) {
    if (text != null) {
      checkText(field, text, found);
    }
  }

  private static int checkText(EventField field, String text, Findings found) {
    return checkText(field.path, text, field, found);
  }

  /** Checks length, encoding and the ban on plain personal data; returns the text's traits. */
  private static int checkText(String path, String text, EventField field, Findings found) {
    int traits = Text.traits(text);
    found.saw(traits);
    long least = field.least;
    long most = field.most;
    if (text.length() < least || (text.length() > most && Text.length(text) > most)) {
      found.add(
          path,
          least == 0 ? "at most " + most + " characters" : least + " to " + most + " characters",
          Given.length(text));
    }
    if ((traits & Text.NON_ASCII) != 0 && Text.hasLoneSurrogate(text)) {
      found.add(path, Given.ENCODABLE_RULE, Given.length(text));
    }
    if ((traits & (Text.SUSPECT | Text.NON_ASCII)) != 0) {
      String kind = PersonalData.find(text);
      if (kind != null) {
        found.add(path, Given.NO_PERSONAL_DATA_RULE, Given.lookingLike(text, kind));
      }
    }
    return traits;
  }
}
