package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.UserMatch;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventScanTest {
  private static final EventValidator.Rules STRICT = new EventValidator.Rules(true, true);
  private static final String HASH =
      "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
  private static final String START =
      "{\"event_id\":\"a\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00Z\"";
  private static final String EVENT = START + ",\"user_match\":{\"click_id\":\"x\"}";

  private final EntryBuffer entry = new EntryBuffer(1 << 20, QueueFixture.FORMAT);

  @Test
  void theEventsOfTheGuideAreOrdinary() {
    assertTrue(isOrdinary(SampleEvents.json(SampleEvents.purchase().build())));
    ConversionEvent demo = SampleEvents.demoBooked().build();
    assertFalse(isOrdinary(SampleEvents.json(demo)), "without a URL");
    assertTrue(isOrdinary(SampleEvents.json(demo), new EventValidator.Rules(true, false)));
  }

  @Test
  void anEventWithAllFieldsIsOrdinaryHoweverItIsLaidOut() {
    ConversionEvent event =
        ConversionEvent.custom("id 1", "name", SampleEvents.TIME)
            .source("https://shop.example.com?q=a%20b+c")
            .user(
                UserMatch.hashedEmail(HASH)
                    .hashedPhone(HASH)
                    .uid("id5", "a")
                    .uid("rampid", "b")
                    .clickId("gclid", "c")
                    .clientIp("2001:db8::1")
                    .clientUserAgent("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"))
            .customData(
                CustomData.builder()
                    .value("0.50", "EUR")
                    .orderId("1")
                    .contentIds("a", "b", "c")
                    .contentType("product")
                    .contentName("50% off, today only + a gift @home")
                    .contentCategory("shoes > red")
                    .numItems(3)
                    .searchString("")
                    .progressPercent(99.5)
                    .progressSeconds(new BigDecimal("12.5"))
                    .content(ContentItem.of("a").quantity(1).price("10").brand("A & B"))
                    .content(ContentItem.of("b")))
            .build();
    String json = SampleEvents.json(event);
    for (EventField field : EventField.values()) {
      assertTrue(json.contains('"' + field.name + "\":"), field.name);
    }
    assertTrue(isOrdinary(json));
    assertTrue(
        isOrdinary(json.replace("{", " {\n").replace("\":", "\" :\t").replace("\"}", "\"\r\n}")));
  }

  @Test
  void nullIsAbsent() {
    assertTrue(isOrdinary(EVENT + ",\"custom_data\":null,\"action_source\":null}"));
    assertTrue(isOrdinary(EVENT + ",\"custom_data\":{\"currency\":null,\"contents\":null}}"));
    assertFalse(isOrdinary(EVENT + ",\"custom_data\":{\"value\":1,\"currency\":null}}"));
    assertFalse(isOrdinary(START + ",\"user_match\":{\"click_id\":null}}"));
    assertFalse(isOrdinary(EVENT.replace("\"a\"", "null") + "}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"uids\":[{\"type\":\"id5\",\"value\":\"x\"}]",
        "\"hashed_email\":\"" + HASH + "\"",
        "\"hashed_phone\":\"" + HASH + "\"",
        "\"click_id\":\"x\"",
        "\"client_user_agent\":\"x\",\"client_ip\":\"1\""
      })
  void oneIdentifierIsEnough(String identifier) {
    assertTrue(isOrdinary(START + ",\"user_match\":{" + identifier + "}}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"user_match\":null",
        ",\"user_match\":{}",
        ",\"user_match\":{\"uids\":[]}",
        ",\"user_match\":{\"uids\":[ ]}",
        ",\"user_match\":{\"click_id\":\"\"}",
        ",\"user_match\":{\"click_id_type\":\"x\"}",
        ",\"user_match\":{\"client_ip\":\"1\"}",
        ",\"user_match\":{\"client_ip\":\"1\",\"client_user_agent\":\"\"}",
        ",\"custom_data\":{\"contents\":[{\"id\":\"x\"}]}"
      })
  void withoutAnIdentifierItHangsOnTheRules(String identifier) {
    assertFalse(isOrdinary(START + identifier + "}"));
    assertTrue(isOrdinary(START + identifier + "}", new EventValidator.Rules(false, true)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"ext\":1",
        ",\"event_id\":\"a\"",
        ",\"custom_data\":{},\"custom_data\":{}",
        ",\"custom_data\":{\"content_ids\":[],\"content_ids\":[]}",
        ",\"custom_data\":{\"contents\":[{\"id\":\"x\",\"id\":\"x\"}]}",
        ",\"custom_event_name\":\"\\u0041\"",
        ",\"custom_event_name\":\"\u00E4\"",
        ",\"custom_event_name\":\"a@b.co\"",
        ",\"custom_event_name\":\"+12065551234\"",
        ",\"event_source_url\":\"https://shop.example.com/?m=a%40b.co\"",
        ",\"event_source_url\":\"/checkout\"",
        ",\"custom_data\":{\"value\":1}",
        ",\"custom_data\":{\"content_ids\":[null]}",
        ",\"custom_data\":{\"progress_percent\":100.5}",
        ",\"custom_data\":{\"num_items\":9007199254740992}",
        ",\"custom_data\":{\"num_items\":1.0}",
        ",\"custom_data\":{\"contents\":[{\"id\":\"x\",\"quantity\":0}]}",
        ",\"custom_data\":{\"contents\":[{}]}",
        ",\"action_source\":\"website\"",
        ","
      })
  void whatIsOddOrWrongIsNotOrdinary(String more) throws Exception {
    assertTrue(isOrdinary(EVENT + "}"));
    String json = EVENT + more + "}";
    assertFalse(isOrdinary(json));
    EventScanFuzzTest.judge(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTypeCanAskForMore() {
    String custom = EVENT.replace("lead", "custom");
    assertFalse(isOrdinary(custom + "}"));
    assertTrue(isOrdinary(custom + ",\"custom_event_name\":\"x\"}"));
    String milestone = EVENT.replace("lead", "watch_milestone");
    assertFalse(isOrdinary(milestone + "}"));
    assertTrue(isOrdinary(milestone + ",\"custom_data\":{\"progress_seconds\":1}}"));
  }

  /** What is left of it behind the event is not a part of it. */
  @Test
  void noPartOfAnEventIsOrdinary() {
    byte[] whole = SampleEvents.encode(SampleEvents.purchase().build());
    for (int length = 0; length < whole.length; length++) {
      entry.payload(whole);
      entry.payload(Arrays.copyOf(whole, length));
      assertFalse(entry.isOrdinary(STRICT));
    }
  }

  @Test
  void lengthsAreThoseOfTheValidator() throws Exception {
    for (EventField field : EventField.values()) {
      if (field.kind == EventField.Kind.TEXT && field.most <= 512) {
        for (long length = field.least; length <= field.most + 1; length++) {
          String json = with(field, "x".repeat((int) length));
          boolean ordinary = EventScanFuzzTest.judge(json.getBytes(StandardCharsets.UTF_8));
          assertEquals(length <= field.most, ordinary || length == 0, field.path + length);
        }
      }
    }
  }

  @Test
  void everyByteInEveryFieldIsJudgedAsTheValidatorDoes() throws Exception {
    for (EventField field : EventField.values()) {
      if (field.kind == EventField.Kind.OBJECT || field.kind == EventField.Kind.OBJECTS) {
        continue;
      }
      byte[] json = with(field, "https://abcdefghij_x").getBytes(StandardCharsets.UTF_8);
      int x = new String(json, StandardCharsets.UTF_8).indexOf("_x") + 1;
      for (int at = x - 9; at <= x; at++) {
        for (int b = 0; b < 256; b++) {
          byte[] changed = json.clone();
          changed[at] = (byte) b;
          EventScanFuzzTest.judge(changed);
        }
      }
    }
  }

  @Test
  void everyShapeOfNumberIsJudgedAsTheValidatorDoes() throws Exception {
    for (EventField field : EventField.values()) {
      if (field.kind == EventField.Kind.AMOUNT || field.kind == EventField.Kind.COUNT) {
        for (String number : NearlyEvents.ODD_NUMBERS) {
          EventScanFuzzTest.judge(withNumber(field, number));
        }
        int ordinary = 0;
        for (String number : NearlyEvents.NUMBERS) {
          ordinary += EventScanFuzzTest.judge(withNumber(field, number)) ? 1 : 0;
        }
        assertTrue(ordinary >= 5, field + ": " + ordinary);
      }
    }
  }

  private static byte[] withNumber(EventField field, String number) {
    String json = with(field, "number").replace("\"number\"", number);
    return json.replace("\"custom_data\":{", "\"custom_data\":{\"currency\":\"USD\",")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** An event in which this field has this text, whatever it should have. */
  private static String with(EventField field, String text) {
    String member = '"' + field.name + "\":\"" + text + '"';
    EventField parent = field.parent;
    if (parent == null) {
      String old = '"' + field.name + "\":\"[^\"]*\"";
      String event = EVENT.replaceFirst(old, java.util.regex.Matcher.quoteReplacement(member));
      return event.equals(EVENT) && !EVENT.contains(member)
          ? EVENT + "," + member + "}"
          : event + "}";
    }
    return switch (parent) {
      case UIDS -> {
        String other = field == EventField.UID_TYPE ? "\"value\":\"v\"" : "\"type\":\"t\"";
        yield START + ",\"user_match\":{\"uids\":[{" + member + "," + other + "}]}}";
      }
      case CONTENTS -> {
        String id = field == EventField.ITEM_ID ? "" : ",\"id\":\"i\"";
        yield EVENT + ",\"custom_data\":{\"contents\":[{" + member + id + "}]}}";
      }
      case USER_MATCH ->
          START + ",\"user_match\":{\"hashed_phone\":\"" + HASH + "\"," + member + "}}";
      default -> {
        boolean list = field.kind == EventField.Kind.TEXTS;
        String data = list ? '"' + field.name + "\":[\"" + text + "\"]" : member;
        yield EVENT + ",\"custom_data\":{" + data + "}}";
      }
    };
  }

  @Test
  void everyWordIsAsEventTypeHasIt() throws Exception {
    for (char first = 0; first < 256; first++) {
      for (char second = 0; second < 256; second++) {
        String json = EVENT.replace("lead", "" + first + second) + "}";
        EventScanFuzzTest.judge(json.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    for (int length = 0; length <= 65; length++) {
      String json = EVENT.replace("lead", "x".repeat(length)) + "}";
      assertEquals(length >= 1 && length <= 64, isOrdinary(json));
    }
  }

  @Test
  void whatIsPassedOverEightAtATimeHasNoTrait() {
    Random random = new Random(3);
    for (int round = 0; round < 200_000; round++) {
      long word = random.nextLong() & (round % 2 == 0 ? -1L : 0x7F7F7F7F7F7F7F7FL);
      for (int i = 0; i < 8; i++) {
        if (random.nextInt(4) > 0) {
          word = word & ~(0xFFL << 8 * i) | (long) "aZ0-_./:,~".charAt(i) << 8 * i;
        }
      }
      long special = EventScan.special(word);
      int plain = special == 0 ? 8 : Long.numberOfTrailingZeros(special) / 8;
      for (int i = 0; i < plain; i++) {
        byte b = (byte) (word >>> 8 * i);
        assertTrue(b >= 0 && (Text.traits((char) b) & ~Text.NOT_HASH) == 0, Long.toHexString(word));
      }
    }
    for (char c :
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:".toCharArray()) {
      assertEquals(0, EventScan.special(c * 0x0101010101010101L), "" + c);
    }
  }

  @Test
  void anOrdinaryEventCostsNoObject() throws Exception {
    byte[] json = SampleEvents.encode(SampleEvents.purchase().build());
    Allocated.Work work =
        () -> {
          for (int i = 0; i < 1_000; i++) {
            entry.payload(json);
            assertTrue(entry.isOrdinary(STRICT));
            entry.scan.digest(entry.digest);
          }
        };
    work.run();
    long bytes = Allocated.by(work);
    assertTrue(bytes < 10_000, bytes + " bytes");
  }

  private boolean isOrdinary(String json) {
    return isOrdinary(json, STRICT);
  }

  private boolean isOrdinary(String json, EventValidator.Rules rules) {
    entry.payload(json.getBytes(StandardCharsets.UTF_8));
    return entry.isOrdinary(rules);
  }
}
