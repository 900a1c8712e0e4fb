package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.EventField.ACTION_SOURCE;
import static io.github.eventbuffer.internal.EventField.CLICK_ID;
import static io.github.eventbuffer.internal.EventField.CLIENT_IP;
import static io.github.eventbuffer.internal.EventField.CLIENT_USER_AGENT;
import static io.github.eventbuffer.internal.EventField.CURRENCY_CODE;
import static io.github.eventbuffer.internal.EventField.CUSTOM_EVENT_NAME;
import static io.github.eventbuffer.internal.EventField.EVENT_ID;
import static io.github.eventbuffer.internal.EventField.EVENT_SOURCE_URL;
import static io.github.eventbuffer.internal.EventField.EVENT_TYPE;
import static io.github.eventbuffer.internal.EventField.HASHED_EMAIL;
import static io.github.eventbuffer.internal.EventField.HASHED_PHONE;
import static io.github.eventbuffer.internal.EventField.PROGRESS_PERCENT;
import static io.github.eventbuffer.internal.EventField.PROGRESS_SECONDS;
import static io.github.eventbuffer.internal.EventField.UID_VALUE;
import static io.github.eventbuffer.internal.EventField.VALUE;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.EventType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Recognises ordinary events: JSON that {@link EventReader} would read and {@link EventValidator}
 * find nothing wrong with, told in one pass over its bytes that makes no object, but for a text in
 * which personal data could be, and a URL that begins unusually.
 *
 * <p>It says yes only where those two would find no violation. Its no says nothing: they decide. So
 * what is odd is theirs, right or wrong: a field that is not in {@link EventField}, a key twice, an
 * escape, a character beyond ASCII, a number with a sign, an exponent or more than {@value
 * #MAX_DIGITS} digits on a side of the point.
 *
 * <p>Methods that pass over something take where it begins and return where it ends, or {@link
 * #NO}. None looks for the end of the text: behind it is a zero, which is a part of nothing. Used
 * again and again; not thread-safe.
 */
final class EventScan {
  /** So many bytes in front of the text are read along with it. */
  static final int BYTES_BEFORE = Long.BYTES;

  /** So many bytes behind the text are read along with it, the first of them a zero. */
  static final int BYTES_BEHIND = Long.BYTES;

  private static final int NO = -1;

  /** What a long holds, and within what {@link EventValidator} allows. */
  private static final int MAX_DIGITS = 18;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private static final byte[] CUSTOM = ascii(EventType.CUSTOM.value());
  private static final byte[] WATCH_MILESTONE = ascii(EventType.WATCH_MILESTONE.value());
  private static final byte[] WEBSITE = ascii(ActionSource.WEBSITE.value());
  private static final long HTTPS = (long) LONG.get(ascii("https://"), 0);
  private static final int NULL = (int) INT.get(ascii("null"), 0);

  private static final long IDENTIFIERS =
      UID_VALUE.bit | HASHED_EMAIL.bit | HASHED_PHONE.bit | CLICK_ID.bit;

  private static final EventKeys EVENT = new EventKeys(null);

  /** Of the object that a field holds, or of each in its list, by the field's index. */
  private static final EventKeys[] OBJECTS =
      Arrays.stream(EventField.values()).map(EventKeys::new).toArray(EventKeys[]::new);

  private final int[] from = new int[OBJECTS.length];
  private final int[] to = new int[OBJECTS.length];
  private byte[] json = {};
  private int traits;
  private long given;

  /**
   * Whether an ordinary event lies in {@code [start, end)}, and nothing else but white space.
   *
   * @param json with {@link #BYTES_BEFORE} bytes before and {@link #BYTES_BEHIND} behind
   */
  boolean isOrdinary(byte[] json, int start, int end, EventValidator.Rules rules) {
    this.json = json;
    json[end] = 0;
    given = 0;
    int behind = object(EVENT, space(start));
    return behind != NO && space(behind) == end && isComplete(rules);
  }

  /** Gives type and id of the ordinary event to the digest; returns the id's hash code. */
  int digest(DuplicateKey.Digest digest) {
    int id = from[EVENT_ID.index];
    int end = to[EVENT_ID.index];
    digest.update(json, from[EVENT_TYPE.index], to[EVENT_TYPE.index], id, end);
    int hash = 0; // as String has it
    for (int i = id; i < end; i++) {
      hash = 31 * hash + json[i];
    }
    return hash;
  }

  /** The rules that hang on more than one field. */
  private boolean isComplete(EventValidator.Rules rules) {
    return (!has(VALUE) || has(CURRENCY_CODE))
        && (has(CUSTOM_EVENT_NAME) || !is(EVENT_TYPE, CUSTOM))
        && (has(PROGRESS_PERCENT) || has(PROGRESS_SECONDS) || !is(EVENT_TYPE, WATCH_MILESTONE))
        && (!rules.requireIdentifier() || isIdentified())
        && (!rules.requireSourceUrl() || has(EVENT_SOURCE_URL) || !isOnWebsite());
  }

  private boolean isIdentified() {
    return (given & IDENTIFIERS) != 0 || (has(CLIENT_IP) && has(CLIENT_USER_AGENT));
  }

  private boolean isOnWebsite() {
    return has(ACTION_SOURCE) && is(ACTION_SOURCE, WEBSITE);
  }

  private boolean has(EventField field) {
    return (given & field.bit) != 0;
  }

  private boolean is(EventField field, byte[] text) {
    return Arrays.equals(json, from[field.index], to[field.index], text, 0, text.length);
  }

  private int object(EventKeys keys, int start) {
    byte[] json = this.json;
    if (json[start] != '{') {
      return NO;
    }
    long seen = 0;
    long filled = 0;
    int at = space(start + 1);
    byte next = json[at];
    while (next != '}') {
      int quote = string(at);
      EventField field = quote == NO ? null : keys.find(json, at + 1, quote);
      if (field == null || (seen & field.bit) != 0) {
        return NO;
      }
      seen |= field.bit;
      at = space(quote + 1);
      if (json[at] != ':') {
        return NO;
      }
      at = space(at + 1);
      int end;
      if ((int) INT.get(json, at) == NULL) {
        end = at + Integer.BYTES;
      } else {
        end = value(field, at);
        if (end == NO) {
          return NO;
        }
        // An empty text is left out: it identifies nobody.
        boolean empty = json[at] == '"' && end == at + 2;
        filled |= empty ? 0 : field.bit;
      }
      at = space(end);
      next = json[at];
      if (next == ',') {
        at = space(at + 1);
      } else if (next != '}') {
        return NO;
      }
    }
    given |= filled;
    return (filled & keys.required) == keys.required ? at + 1 : NO;
  }

  private int value(EventField field, int start) {
    return switch (field.kind) {
      case TEXT -> text(field, start);
      case TEXTS, OBJECTS -> list(field, start);
      case TOKEN -> token(field, start);
      case TIME -> time(start);
      case URL -> url(start);
      case HASH -> hash(start);
      case CURRENCY -> currency(start);
      case AMOUNT, COUNT -> number(field, start);
      case OBJECT -> object(OBJECTS[field.index], start);
    };
  }

  private int list(EventField field, int start) {
    if (json[start] != '[') {
      return NO;
    }
    int at = space(start + 1);
    if (json[at] == ']') {
      return at + 1;
    }
    EventKeys keys = field.kind == EventField.Kind.OBJECTS ? OBJECTS[field.index] : null;
    while (true) {
      int end = keys == null ? text(field, at) : object(keys, at);
      if (end == NO) {
        return NO;
      }
      at = space(end);
      if (json[at] == ']') {
        return at + 1;
      }
      if (json[at] != ',') {
        return NO;
      }
      at = space(at + 1);
    }
  }

  private int text(EventField field, int start) {
    int quote = string(start);
    int length = quote - start - 1;
    if (quote == NO || length < field.least || length > field.most) {
      return NO;
    }
    if ((traits & Text.SUSPECT) != 0 && PersonalData.find(copy(start + 1, quote)) != null) {
      return NO;
    }
    return keep(field, start, quote);
  }

  private int token(EventField field, int start) {
    byte[] json = this.json;
    if (json[start] != '"' || !isLowerCase(json[start + 1])) {
      return NO;
    }
    int at = start + 2;
    while (isLowerCase(json[at]) || isDigit(json[at]) || json[at] == '_') {
      at++;
    }
    return json[at] == '"' && at - start - 1 <= field.most ? keep(field, start, at) : NO;
  }

  private int keep(EventField field, int start, int quote) {
    from[field.index] = start + 1;
    to[field.index] = quote;
    return quote + 1;
  }

  private int time(int start) {
    int quote = string(start);
    return quote != NO && EventTime.isTime(json, start + 1, quote) ? quote + 1 : NO;
  }

  private int url(int start) {
    int quote = string(start);
    if (quote == NO || (traits & Text.NOT_URL) != 0) {
      return NO;
    }
    if ((traits & Text.SUSPECT) != 0 || !isOnPlainHost(start + 1)) {
      String url = copy(start + 1, quote);
      if (!EventValidator.isAbsolute(url) || PersonalData.find(url) != null) {
        return NO;
      }
    }
    return quote + 1;
  }

  /** Whether this is how nearly every URL begins, so that nobody else need look at it. */
  private boolean isOnPlainHost(int start) {
    if ((long) LONG.get(json, start) != HTTPS) {
      return false;
    }
    int host = start + Long.BYTES;
    int at = host;
    while (EventValidator.isPlain((char) json[at])) {
      at++;
    }
    return at > host && (json[at] == '"' || EventValidator.isEnd((char) json[at]));
  }

  private int hash(int start) {
    byte[] json = this.json;
    int quote = string(start);
    if (quote - start - 1 != EventValidator.HASH_DIGITS) {
      return NO;
    }
    int found = 0;
    for (int at = start + 1; at < quote; at++) {
      found |= Text.traits((char) json[at]);
    }
    return (found & Text.NOT_HASH) == 0 ? quote + 1 : NO;
  }

  private int currency(int start) {
    byte[] json = this.json;
    return string(start) == start + 4
            && EventValidator.isCapital((char) json[start + 1])
            && EventValidator.isCapital((char) json[start + 2])
            && EventValidator.isCapital((char) json[start + 3])
        ? start + 5
        : NO;
  }

  private int number(EventField field, int start) {
    byte[] json = this.json;
    int at = start;
    long whole = 0;
    for (; isDigit(json[at]); at++) {
      // Of too many digits, whatever comes of them is not used.
      whole = whole * 10 + json[at] - '0';
    }
    int digits = at - start;
    if (digits == 0 || digits > MAX_DIGITS || (digits > 1 && json[start] == '0')) {
      return NO;
    }
    if (whole < field.least || whole > field.most) {
      return NO;
    }
    if (json[at] != '.') {
      return at;
    }
    int point = at++;
    while (isDigit(json[at])) {
      at++;
    }
    int decimals = at - point - 1;
    return field.kind == EventField.Kind.AMOUNT
            && whole < field.most
            && decimals > 0
            && decimals <= MAX_DIGITS
        ? at
        : NO;
  }

  /**
   * Passes over a string, and returns where its second quote is. Eight characters at a time, as
   * long as they are of no account; the others one by one, as {@link Text} has their traits.
   */
  private int string(int start) {
    byte[] json = this.json;
    if (json[start] != '"') {
      return NO;
    }
    int found = 0;
    int at = start + 1;
    while (true) {
      long special = special((long) LONG.get(json, at));
      if (special == 0) {
        at += Long.BYTES;
        continue;
      }
      at += Long.numberOfTrailingZeros(special) / Byte.SIZE;
      byte c = json[at];
      if (c == '"') {
        traits = found;
        return at;
      }
      int its = c < 0 ? Text.NON_ASCII : Text.traits((char) c);
      if ((its & (Text.NON_ASCII | Text.CONTROL | Text.ESCAPED)) != 0) {
        return NO;
      }
      found |= its;
      at++;
    }
  }

  /**
   * The lowest bit set is in the first of these eight bytes that may have a trait; none is set when
   * all are letters, digits or the like. A few that have none count as special, too.
   */
  static long special(long bytes) {
    long low = bytes & ~HIGHS;
    // Each term sets the highest bits of its bytes; a borrow comes from such a byte, and goes up.
    long beyondAscii = bytes & HIGHS;
    long below = ~(low + (0x80 - ',') * ONES) & HIGHS; // controls, space, " % and +
    long delete = low + ONES & HIGHS;
    long at = (low & 0x1F * ONES) - ONES & HIGHS; // @ and `
    long bracket = ((low & 0x1D * ONES) ^ 0x1C * ONES) - ONES & HIGHS; // < > and \
    return beyondAscii | below | delete | at | bracket;
  }

  /** Where white space ends, of which there is none as a rule. */
  private int space(int start) {
    byte[] json = this.json;
    int at = start;
    while (json[at] <= ' ' && isSpace(json[at])) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLowerCase(byte c) {
    return c >= 'a' && c <= 'z';
  }

  private String copy(int from, int to) {
    return new String(json, from, to - from, StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
