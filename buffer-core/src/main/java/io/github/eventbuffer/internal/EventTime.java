package io.github.eventbuffer.internal;

import java.nio.charset.StandardCharsets;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * {@code event_time}: ISO 8601 with an offset, as RFC 3339 narrows it down, so that JSON Schema's
 * {@code date-time} takes it.
 */
final class EventTime {

  private static final int NANO_DIGITS = 9;
  private static final int MAX_OFFSET_MINUTES = 18 * 60;
  private static final int NO_OFFSET = Integer.MIN_VALUE;

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
    // What is not ASCII becomes a question mark, which is a part of no time.
    byte[] time = text.getBytes(StandardCharsets.US_ASCII);
    int end = time.length;
    if (!isTime(time, 0, end)) {
      return null;
    }
    int at = 16;
    int second = 0;
    int nano = 0;
    if (time[at] == ':') {
      second = number(time, at + 1, 2, end);
      at += 3;
      if (time[at] == '.') {
        int digits = endOfDigits(time, at + 1, end) - at - 1;
        int kept = Math.min(digits, NANO_DIGITS);
        nano = number(time, at + 1, kept, end);
        for (int i = kept; i < NANO_DIGITS; i++) {
          nano *= 10;
        }
        at += 1 + digits;
      }
    }
    int minutes = offset(time, at, end);
    return OffsetDateTime.of(
        number(time, 0, 4, end),
        number(time, 5, 2, end),
        number(time, 8, 2, end),
        number(time, 11, 2, end),
        number(time, 14, 2, end),
        second,
        nano,
        ZoneOffset.ofTotalSeconds(60 * minutes));
  }

  /** Whether {@link #read} would read the text in {@code [from, to)}. */
  static boolean isTime(byte[] text, int from, int to) {
    if (to - from < 17
        || text[from + 4] != '-'
        || text[from + 7] != '-'
        || text[from + 10] != 'T'
        || text[from + 13] != ':'
        || !isDay(
            number(text, from, 4, to), number(text, from + 5, 2, to), number(text, from + 8, 2, to))
        || !isBelow(24, number(text, from + 11, 2, to))
        || !isBelow(60, number(text, from + 14, 2, to))) {
      return false;
    }
    int at = from + 16;
    if (text[at] == ':') {
      if (!isBelow(60, number(text, at + 1, 2, to))) {
        return false;
      }
      at += 3;
      if (at < to && text[at] == '.') {
        int fraction = at + 1;
        at = endOfDigits(text, fraction, to);
        if (at == fraction) {
          return false;
        }
      }
    }
    return offset(text, at, to) != NO_OFFSET;
  }

  private static boolean isDay(int year, int month, int day) {
    return year >= 0
        && month >= 1
        && month <= 12
        && day >= 1
        && day <= Month.of(month).length(Year.isLeap(year));
  }

  private static boolean isBelow(int bound, int number) {
    return number >= 0 && number < bound;
  }

  /** The offset that stands here and ends the text, in minutes, or {@link #NO_OFFSET}. */
  private static int offset(byte[] text, int at, int to) {
    if (at + 1 == to && text[at] == 'Z') {
      return 0;
    }
    if (at + 6 != to || text[at + 3] != ':') {
      return NO_OFFSET;
    }
    int hours = number(text, at + 1, 2, to);
    int minutes = number(text, at + 4, 2, to);
    int total = hours * 60 + minutes;
    if ((text[at] != '-' && text[at] != '+')
        || hours < 0
        || !isBelow(60, minutes)
        || total > MAX_OFFSET_MINUTES) {
      return NO_OFFSET;
    }
    return text[at] == '-' ? -total : total;
  }

  private static int endOfDigits(byte[] text, int from, int to) {
    int at = from;
    while (at < to && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    return at;
  }

  /** The number that so many digits make, or −1. */
  private static int number(byte[] text, int from, int count, int to) {
    if (from + count > to) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < from + count; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
