package io.github.eventbuffer.internal;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * {@code event_time}: ISO 8601 with an offset, as RFC 3339 narrows it down, so that JSON Schema's
 * {@code date-time} takes it.
 */
final class EventTime {

  private static final int NANO_DIGITS = 9;

  private EventTime() {}

  /**
   * Writes {@code 2026-04-26T14:30:00-05:00}, with quotes: seconds always, a fraction of 3, 6 or 9
   * digits if there is one, {@code Z} for no offset. The year must have four digits and the offset
   * whole minutes.
   */
  static void write(OffsetDateTime time, JsonWriter out) {
    out.raw('"');
    out.digits(time.getYear(), 4);
    out.raw('-');
    out.digits(time.getMonthValue(), 2);
    out.raw('-');
    out.digits(time.getDayOfMonth(), 2);
    out.raw('T');
    out.digits(time.getHour(), 2);
    out.raw(':');
    out.digits(time.getMinute(), 2);
    out.raw(':');
    out.digits(time.getSecond(), 2);
    int nanos = time.getNano();
    if (nanos != 0) {
      out.raw('.');
      if (nanos % 1_000_000 == 0) {
        out.digits(nanos / 1_000_000, 3);
      } else if (nanos % 1_000 == 0) {
        out.digits(nanos / 1_000, 6);
      } else {
        out.digits(nanos, NANO_DIGITS);
      }
    }
    int minutes = time.getOffset().getTotalSeconds() / 60;
    if (minutes == 0) {
      out.raw('Z');
    } else {
      out.raw(minutes < 0 ? '-' : '+');
      out.digits(Math.abs(minutes) / 60, 2);
      out.raw(':');
      out.digits(Math.abs(minutes) % 60, 2);
    }
    out.raw('"');
  }

  /**
   * Reads {@code YYYY-MM-DDThh:mm[:ss[.f…]](Z|±hh:mm)}; null if the text is nothing like it or
   * names a moment that does not exist. A fraction may be of any length; what is finer than a
   * nanosecond is cut off.
   */
  static @Nullable OffsetDateTime read(String text) {
    if (text.length() < 17
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':') {
      return null;
    }
    int at = 16;
    int second = 0;
    int nano = 0;
    if (text.charAt(at) == ':') {
      second = number(text, at + 1, 2);
      at += 3;
      if (at < text.length() && text.charAt(at) == '.') {
        int from = ++at;
        for (; at < text.length() && number(text, at, 1) >= 0; at++) {
          if (at - from < NANO_DIGITS) {
            nano = nano * 10 + number(text, at, 1);
          }
        }
        if (at == from) {
          return null;
        }
        for (int digits = at - from; digits < NANO_DIGITS; digits++) {
          nano *= 10;
        }
      }
    }
    ZoneOffset offset = offset(text, at);
    if (offset == null) {
      return null;
    }
    try {
      // A part that is no number is −1, and there is no such year, month, hour or second here.
      int year = number(text, 0, 4);
      return year < 0
          ? null
          : OffsetDateTime.of(
              year,
              number(text, 5, 2),
              number(text, 8, 2),
              number(text, 11, 2),
              number(text, 14, 2),
              second,
              nano,
              offset);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable ZoneOffset offset(String text, int at) {
    if (at + 1 == text.length() && text.charAt(at) == 'Z') {
      return ZoneOffset.UTC;
    }
    if (at + 6 != text.length() || text.charAt(at + 3) != ':') {
      return null;
    }
    char sign = text.charAt(at);
    int hours = number(text, at + 1, 2);
    int minutes = number(text, at + 4, 2);
    if ((sign != '+' && sign != '-') || hours < 0 || minutes < 0 || minutes > 59) {
      return null;
    }
    int total = hours * 60 + minutes;
    return total > 18 * 60 ? null : ZoneOffset.ofTotalSeconds((sign == '-' ? -60 : 60) * total);
  }

  /** The number that so many ASCII digits make, or −1. */
  private static int number(String text, int from, int count) {
    int number = 0;
    for (int i = from; i < from + count; i++) {
      if (i >= text.length() || text.charAt(i) < '0' || text.charAt(i) > '9') {
        return -1;
      }
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }
}
