package io.github.eventbuffer.torture;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What event number n of a seed is, to the last byte: the function that both sides know. Shares no
 * code with the library, which has to bring it through unchanged. Immutable and thread-safe.
 */
final class Payload {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String[] TYPES = {"purchase", "lead", "page_view", "add_to_cart"};
  private static final OffsetDateTime START =
      OffsetDateTime.of(2026, 4, 26, 14, 30, 0, 0, ZoneOffset.ofHours(-5));
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(Payload::sha256);

  private final long seed;

  Payload(long seed) {
    this.seed = seed;
  }

  /** The id of event n, the same for every seed. */
  static String id(long n) {
    return "t" + n;
  }

  /** The number in an id; -1 when it is none of ours. */
  static long number(String id) {
    if (!id.startsWith("t") || id.length() < 2 || id.length() > 11) {
      return -1;
    }
    long n = 0;
    for (int i = 1; i < id.length(); i++) {
      int digit = id.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      n = 10 * n + digit;
    }
    return n <= Integer.MAX_VALUE ? n : -1;
  }

  static String type(long n) {
    return TYPES[(int) (n % TYPES.length)];
  }

  OffsetDateTime time(long n) {
    return START.plusSeconds(n);
  }

  /** A page; every seventh has a long query. */
  String url(long n) {
    long mix = mix(n, 1);
    String query = Long.toHexString(mix).repeat(n % 7 == 0 ? 1 + (int) (mix >>> 59) : 1);
    return "https://shop.example.com/checkout/complete?s=" + query;
  }

  String email(long n) {
    return "customer" + n + "." + Long.toHexString(mix(n, 2)) + "@example.com";
  }

  /** SHA-256 of the address, as the endpoint wants it. */
  String hashedEmail(long n) {
    byte[] address = email(n).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(SHA_256.get().digest(address));
  }

  /** An amount with two places, the last of them not zero. */
  String value(long n) {
    long mix = mix(n, 3);
    return (mix >>> 40) + "." + (mix >>> 8 & 7) + (1 + (mix & 7));
  }

  /** With all that an encoder can get wrong. */
  String orderId(long n) {
    return "Bestellung № " + n + " „ä\" \\ / 😀 <&> " + Long.toHexString(mix(n, 4));
  }

  /** Mostly two; every 31st event has so many that it takes some KiB. */
  List<String> contentIds(long n) {
    int count = n % 31 == 0 ? 40 + (int) (mix(n, 5) & 63) : 2;
    List<String> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add("sku-" + Long.toHexString(mix(n, 6L + i)));
    }
    return ids;
  }

  /** The whole event as one JSON object in UTF-8. */
  byte[] json(long n) {
    StringBuilder text = new StringBuilder(700);
    text.append("{\"event_id\":\"").append(id(n));
    text.append("\",\"event_type\":\"").append(type(n));
    text.append("\",\"event_time\":\"").append(timeText(n));
    text.append("\",\"action_source\":\"website\",\"event_source_url\":\"").append(url(n));
    text.append("\",\"user_match\":{\"hashed_email\":\"").append(hashedEmail(n));
    text.append("\"},\"custom_data\":{\"value\":").append(value(n));
    text.append(",\"currency\":\"USD\",\"order_id\":\"");
    text.append(orderId(n).replace("\\", "\\\\").replace("\"", "\\\""));
    text.append("\",\"content_ids\":[\"").append(String.join("\",\"", contentIds(n)));
    return text.append("\"]}}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private String timeText(long n) {
    String text = time(n).toString();
    // Left out by toString when it is zero; either is the same moment, one of them the same text.
    return text.length() == 22 ? text.substring(0, 16) + ":00" + text.substring(16) : text;
  }

  /** Whether this text is event n, no field more or less. */
  boolean matches(long n, String text) {
    byte[] expected = json(n);
    if (Arrays.equals(expected, text.getBytes(StandardCharsets.UTF_8))) {
      return true;
    }
    try {
      JsonNode found = JSON.readTree(text);
      return found != null && found.equals(JSON.readTree(expected));
    } catch (IOException e) {
      return false;
    }
  }

  private long mix(long n, long salt) {
    long z = seed + n * 0x9e3779b97f4a7c15L + salt * 0xd1b54a32d192ed03L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
