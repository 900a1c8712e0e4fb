package io.github.eventbuffer.internal;

import io.github.eventbuffer.internal.EventField.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * JSON of events out of a seed, fields in any order, with white space anywhere and values at their
 * bounds. With {@code oddity}, so many choices of a thousand are odd or wrong.
 */
final class NearlyEvents {
  private static final String[] PIECES = {
    "a",
    "Z",
    "0",
    "-",
    "_",
    ".",
    "/",
    ":",
    "~",
    "^",
    "|",
    "=",
    "&",
    "#",
    "?",
    "'",
    "(",
    ";",
    ",",
    "{",
    "}",
    "[",
    "]",
    "null",
    "sku_red_shoe_42",
    "fb.1.1700000000.AbCdEfGh"
  };
  private static final String[] SPECIAL = {
    " ", "<", ">", "`", "@", "+", "%", "%20", "%40", "+1 ", "@2x.png", "+123", "12345678"
  };
  private static final String[] ODD_PIECES = {
    "\\\"",
    "\\\\",
    "\\u0041",
    "\\/",
    "\\x",
    "\\",
    "\"",
    "\0",
    "\n",
    "\t",
    "\u001F",
    "\u007F",
    "\u0080",
    "\u00E4",
    "\u20AC",
    "\uD83D\uDC5F",
    "a@b.co",
    "+12065551234",
    "a%40b.co"
  };
  private static final String[] ODD_VALUES = {
    "null",
    "nul",
    "nulls",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "1.5",
    "\"\"",
    "\" \"",
    "\"x\"",
    "[]",
    "[ ]",
    "{}",
    "{ }",
    "[null]",
    "[{}]",
    "[\"x\",]",
    "[,]",
    "[[]]",
    "\"1\"",
    "'x'",
    "",
    "\"a\" \"b\"",
    "NaN",
    "[\"a@b.co\"]",
    "{\"a\":{\"b\":[{\"c\":\"a@b.co\"}]}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
  };
  static final String[] NUMBERS = {
    "0",
    "1",
    "7",
    "99",
    "100",
    "0.0",
    "0.01",
    "89.99",
    "99.999",
    "100.0",
    "12345678901234567",
    "9007199254740991",
    "999999999999999999",
    "0.123456789012345678"
  };
  static final String[] ODD_NUMBERS = {
    "-0",
    "-1",
    "-0.5",
    "+1",
    "01",
    "00",
    ".5",
    "1.",
    "1.e1",
    "1e2",
    "1E+2",
    "1e-2",
    "1e400",
    "101",
    "100.01",
    "1.0",
    "9007199254740992",
    "1000000000000000000",
    "9223372036854775808",
    "18446744073709551617",
    "1e9999999999",
    "0x10",
    "1_0",
    "1 0",
    "1-",
    "--1",
    "1.2.3",
    "1000000000000000000000000000000",
    "0.1234567890123456789",
    "1." + "0".repeat(101)
  };
  private static final String[] TYPES = {
    "purchase", "lead", "t", "t_1", "custom", "watch_milestone", "a" + "9".repeat(63)
  };
  private static final String[] ODD_TYPES = {
    "", "Purchase", "1t", "_t", "t-1", "t 1", "a" + "9".repeat(64), "customs", "watch_milestones"
  };
  private static final String[] SOURCES = {"website", "app", "chat", "w", "websites"};
  private static final String[] TIMES = {
    "2026-04-26T14:30:00-05:00",
    "2026-04-26T14:30Z",
    "2024-02-29T23:59:59.123456789123+18:00",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-18:00"
  };
  private static final String[] ODD_TIMES = {
    "",
    "2026-02-29T14:30:00Z",
    "2026-04-31T14:30:00Z",
    "2026-04-26T24:00:00Z",
    "2026-04-26",
    "2026-04-26T14:30:60Z",
    "2026-04-26T14:30:00+18:01",
    "2026-04-26T14:30:00Z ",
    "2026-00-01T14:30:00Z",
    "2026-04-00T14:30:00Z",
    "2026-04-26t14:30:00z",
    "2026-04-26T14:30:00"
  };
  private static final String[] URLS = {
    "https://shop.example.com/checkout/complete",
    "https://a",
    "https://a?b",
    "https://a#b",
    "http://a/",
    "https://a:8080/x",
    "HTTPS://A",
    "https://a/%20+b",
    "app-x://y",
    "https://a/@b"
  };
  private static final String[] ODD_URLS = {
    "",
    "https://",
    "https:///x",
    "https://a b",
    "https://a/b c",
    "https://a<",
    "https://a:99999",
    "/checkout",
    "https:/a",
    "https://a@b@c",
    "https://a/?m=a@b.co",
    "https://[::1]/",
    "https://\u00E4"
  };

  private final Random random;
  private final int oddity;

  NearlyEvents(long seed, int oddity) {
    random = new Random(seed);
    this.oddity = oddity;
  }

  String next() {
    return space() + object(null) + space() + (odd() ? pick(new String[] {"x", "{}", ","}) : "");
  }

  private String object(@Nullable EventField parent) {
    List<String> members = new ArrayList<>();
    boolean full = random.nextInt(3) == 0;
    for (EventField field : EventField.values()) {
      if (field.parent == parent && (full || isFrequent(field) || random.nextInt(3) == 0)) {
        members.add(member(field.name, odd() ? oddValue() : value(field)));
      }
    }
    if (odd()) {
      EventField other = EventField.values()[random.nextInt(EventField.values().length)];
      members.add(member(other.name, random.nextBoolean() ? oddValue() : value(other)));
    }
    if (odd()) {
      members.add(member(pick("ext", "", "a@b.co", "event_id ", "Event_id", "value_"), oddValue()));
    }
    if (random.nextBoolean()) {
      Collections.shuffle(members, random);
    }
    return "{" + space() + join(members) + "}";
  }

  /** Without which an event is hardly valid. */
  private boolean isFrequent(EventField field) {
    return switch (field) {
      case EVENT_ID, EVENT_TYPE, EVENT_TIME, EVENT_SOURCE_URL, UID_TYPE, UID_VALUE, ITEM_ID ->
          random.nextInt(30) > 0;
      case CUSTOM_EVENT_NAME, PROGRESS_PERCENT, CURRENCY_CODE, USER_MATCH, HASHED_EMAIL ->
          random.nextInt(6) > 0;
      default -> false;
    };
  }

  private String member(String name, String value) {
    String key = odd() ? pick("'" + name + "'", name, "\"" + name, "\"\\u0065\"") : quoted(name);
    String colon = odd() ? pick("", "=", "::", ",") : ":";
    return key + space() + colon + space() + value + space();
  }

  private String join(List<String> parts) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        all.append(odd() ? pick("", ";", ",,") : ",").append(space());
      }
      all.append(parts.get(i));
    }
    return all + (odd() ? "," : "");
  }

  private String value(EventField field) {
    if (random.nextInt(40) == 0 && field.kind != Kind.TOKEN) {
      return "null";
    }
    return switch (field.kind) {
      case TEXT -> quoted(text(field));
      case TEXTS, OBJECTS -> {
        List<String> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add((field.kind == Kind.TEXTS ? quoted(text(field)) : object(field)) + space());
        }
        yield "[" + space() + join(elements) + "]";
      }
      case TOKEN ->
          quoted(pick(odd() ? ODD_TYPES : field == EventField.EVENT_TYPE ? TYPES : SOURCES));
      case TIME -> quoted(pick(odd() ? ODD_TIMES : TIMES));
      case URL -> quoted(pick(odd() ? ODD_URLS : URLS));
      case HASH -> quoted(hash());
      case CURRENCY -> quoted(odd() ? pick("usd", "US", "USDX", "U1D", "") : "USD");
      case AMOUNT -> pick(odd() ? ODD_NUMBERS : NUMBERS);
      case COUNT -> odd() ? pick(ODD_NUMBERS) : Integer.toString(1 + random.nextInt(1000));
      case OBJECT -> object(field);
    };
  }

  private String hash() {
    String digits = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
    return odd() ? pick(digits + "0", digits.substring(1), digits.replace('e', 'E'), "") : digits;
  }

  private String text(EventField field) {
    StringBuilder text = new StringBuilder();
    int most = (int) Math.min(field.most, 1_000);
    int length =
        switch (random.nextInt(8)) {
          case 0 -> (int) field.least;
          case 1 -> most;
          case 2 -> odd() ? most + 1 : most - 1;
          default -> 1 + random.nextInt(Math.min(most, 40));
        };
    boolean odd = odd();
    while (text.length() < length) {
      boolean oddPiece = odd && random.nextInt(10) == 0;
      text.append(pick(oddPiece ? ODD_PIECES : random.nextInt(6) == 0 ? SPECIAL : PIECES));
    }
    if (!odd) {
      text.setLength(length);
    }
    return text.toString();
  }

  private String oddValue() {
    return pick(random.nextBoolean() ? ODD_VALUES : ODD_NUMBERS);
  }

  private String quoted(String text) {
    return '"' + text + '"';
  }

  private String space() {
    if (random.nextInt(8) > 0) {
      return "";
    }
    return odd() ? pick("\f", "\0", "\u000B", "\u00A0", "/**/") : pick(" ", "\n", "\r\n", "\t  ");
  }

  private boolean odd() {
    return random.nextInt(1_000) < oddity;
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Some of the bytes replaced, put in, taken out or repeated. */
  static byte[] mutated(byte[] json, long seed) {
    Random random = new Random(seed);
    String hot = "\"{}[]:,\\ \n09eE+-.@%nx_\0\u007F\u0080\u00C3<>`AZaz/";
    byte[] bytes = json;
    for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      byte with = (byte) hot.charAt(random.nextInt(hot.length()));
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length - at) : 1;
      switch (random.nextInt(5)) {
        case 0 -> bytes = spliced(bytes, at, at + 1, new byte[] {with});
        case 1 -> bytes = spliced(bytes, at, at, new byte[] {with});
        case 2 -> bytes = spliced(bytes, at, at + length, new byte[0]);
        case 3 -> bytes = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
        default -> {
          bytes = bytes.clone();
          bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
    byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + with.length);
    System.arraycopy(with, 0, result, from, with.length);
    System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
    return result;
  }
}
