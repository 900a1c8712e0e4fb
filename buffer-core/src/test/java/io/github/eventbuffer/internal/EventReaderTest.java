package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.SampleEvents.STRICT;
import static io.github.eventbuffer.internal.SampleEvents.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Violation;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

  private static final String START =
      "{\"event_id\":\"a\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00Z\"";

  @Test
  void allFieldsAreRead() throws Exception {
    ConversionEvent event = SampleEvents.purchase().build();
    assertEquals(event, read(" \n" + SampleEvents.json(event) + "\r\n\t "));
  }

  @Test
  void nullIsAbsent() throws Exception {
    ConversionEvent event =
        read(
            "{\"event_id\":null,\"event_type\":null,\"event_time\":null,\"user_match\":null,"
                + "\"action_source\":null,\"event_source_url\":null,\"custom_event_name\":null,"
                + "\"ext\":null,\"custom_data\":{\"value\":null,\"num_items\":null,"
                + "\"content_ids\":null,\"contents\":null,\"currency\":null}}");
    assertEquals(ConversionEvent.builder(null, null, null).build(), event);
    assertNull(read(START + ",\"user_match\":{\"uids\":null,\"click_id\":null}}").user());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"text\"",
        "{",
        "{\"event_id\"",
        "{\"event_id\":",
        "{\"event_id\":\"a",
        "{\"event_id\":\"a\"",
        "{\"event_id\":\"a\",}",
        "{'event_id':'a'}",
        "{event_id:\"a\"}",
        "{} {}",
        "{},",
        "{}x",
        "{}\0",
        "\uFEFF{}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\n\"}",
        "{\"event_id\":\"\\x\"}",
        "{\"event_id\":\"line\nbreak\"}",
        "{\"a\":1 /* note */}",
        "{\"a\":1,\"a\":2}",
        "{\"event_id\":\"a\",\"event_id\":\"a\"}",
        "{\"event_id\":\"a\",\"event\\u005fid\":\"b\"}",
        "{\"ext\":{\"a\":1,\"a\":2}}",
        "{\"a\":tru}",
        "{\"\\udc5f\":1}"
      })
  void whatIsNotOneWellFormedObjectIsMalformed(String json) {
    MalformedEventException e = assertThrows(MalformedEventException.class, () -> read(json));
    assertEquals(e.violation().toString(), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "event_id | {\"event_id\":5}",
        "event_type | {\"event_type\":{}}",
        "event_time | {\"event_time\":1700000000}",
        "event_source_url | {\"event_source_url\":[]}",
        "action_source | {\"action_source\":true}",
        "user_match | {\"user_match\":[]}",
        "user_match | {\"user_match\":\"x\"}",
        "user_match.uids | {\"user_match\":{\"uids\":{}}}",
        "user_match.uids[0] | {\"user_match\":{\"uids\":[null]}}",
        "user_match.uids[1].value | {\"user_match\":{\"uids\":[{},{\"value\":1}]}}",
        "user_match.hashed_email | {\"user_match\":{\"hashed_email\":false}}",
        "custom_data | {\"custom_data\":1}",
        "custom_data.value | {\"custom_data\":{\"value\":\"89.99\"}}",
        "custom_data.num_items | {\"custom_data\":{\"num_items\":\"1\"}}",
        "custom_data.content_ids | {\"custom_data\":{\"content_ids\":\"x\"}}",
        "custom_data.content_ids[1] | {\"custom_data\":{\"content_ids\":[\"x\",2]}}",
        "custom_data.content_ids[0] | {\"custom_data\":{\"content_ids\":[null]}}",
        "custom_data.contents[0] | {\"custom_data\":{\"contents\":[\"x\"]}}",
        "custom_data.contents[1].price | {\"custom_data\":{\"contents\":[{},{\"price\":[]}]}}"
      })
  void aWrongTypeIsMalformedAndNamesTheField(String field, String json) {
    MalformedEventException e = assertThrows(MalformedEventException.class, () -> read(json));
    assertEquals(field, e.violation().field());
    assertTrue(e.violation().given().contains("line 1, column "), e.getMessage());
  }

  @Test
  void messagesSayWhereAndNotWhat() {
    for (String json :
        List.of(
            "{\n \"event_id\": secret}",
            "{\n \"secret\":1,\"secret\":2}",
            "{\n \"event_id\":\"secret\\x\"}",
            "{\n \"k\":\"secret",
            "{\n }secret")) {
      MalformedEventException e = assertThrows(MalformedEventException.class, () -> read(json));
      assertTrue(e.getMessage().contains("line 2, column "), e.getMessage());
      assertFalse(e.getMessage().contains("secret"), e.getMessage());
      assertNull(e.getCause());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "ISO-8859-1"})
  void otherEncodingsAreMalformed(String charset) {
    byte[] json = (START + ",\"x\":\"\u00E4\"}").getBytes(Charset.forName(charset));
    assertThrows(MalformedEventException.class, () -> EventReader.read(json));
  }

  @Test
  void invalidUtf8IsMalformed() {
    byte[][] sequences = {
      {(byte) 0x80},
      {(byte) 0xC0, (byte) 0x80},
      {(byte) 0xC3},
      {(byte) 0xE0, (byte) 0x80, (byte) 0xAF},
      {(byte) 0xED, (byte) 0xA0, (byte) 0xBD},
      {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xFF}
    };
    byte[] json = "{\"ext\":\"????\"}".getBytes(StandardCharsets.US_ASCII);
    for (byte[] sequence : sequences) {
      byte[] broken = json.clone();
      System.arraycopy(sequence, 0, broken, 8, sequence.length);
      MalformedEventException e =
          assertThrows(MalformedEventException.class, () -> EventReader.read(broken));
      assertEquals("something else at byte 8", e.violation().given());
    }
  }

  @Test
  void nestingHasALimit() throws Exception {
    int most = JsonCursor.MAX_DEPTH - 1; // the event is a level itself
    read("{\"ext\":" + "[".repeat(most) + "]".repeat(most) + "}");
    String deeper = "{\"ext\":" + "[".repeat(most + 1) + "]".repeat(most + 1) + "}";
    assertThrows(MalformedEventException.class, () -> read(deeper));
    String endless = "{\"ext\":" + "{\"a\":".repeat(1_000_000);
    assertThrows(MalformedEventException.class, () -> read(endless));
  }

  @Test
  void personalDataInUnknownFieldsIsAProblem() throws Exception {
    ConversionEvent event =
        read(
            START
                + ",\"ext\":{\"a\":[1,{\"b\":\"alice@example.com\"}],\"c\":\"alice\\u0040example.com\"},"
                + "\"note\":\"+1 206 555 1234\",\"alice@example.com\":1,"
                + "\"user_match\":{\"email\":\"alice@example.com\",\"click_id\":\"x\","
                + "\"uids\":[{\"type\":\"id5\",\"value\":\"x\",\"m\":\"alice@example.com\"}]},"
                + "\"custom_data\":{\"contents\":[{\"id\":\"x\",\"who\":{\"alice@example.com\":"
                + "{\"x\":\"alice%40example.com\"}}}]}}");
    List<Violation> found = STRICT.validate(event);
    assertEquals(
        List.of(
            "ext.a[1].b",
            "ext.c",
            "note",
            "(key)",
            "user_match.email",
            "user_match.uids[0].m",
            "custom_data.contents[0].who.(key)",
            "custom_data.contents[0].who.(key).x"),
        found.stream().map(Violation::field).toList());
    assertFalse(found.toString().contains("alice"), found.toString());
    assertFalse(found.toString().contains("206"), found.toString());
  }

  @Test
  void personalDataInAKnownFieldIsFoundByValidation() throws Exception {
    ConversionEvent event =
        read(
            START
                + ",\"user_match\":{\"click_id_type\":\"alice@example.com\","
                + "\"hashed_email\":\"alice@example.com\"}}");
    assertEquals(
        List.of("user_match.hashed_email", "user_match.click_id_type"),
        STRICT.validate(event).stream().map(Violation::field).toList());
  }

  @Test
  void halfASurrogatePairIsInvalidEverywhere() throws Exception {
    ConversionEvent event =
        read(
            START
                + ",\"ext\":\"\\ud83d\",\"shoe\":\"\\ud83d\\udc5f\","
                + "\"user_match\":{\"click_id\":\"\\ud83d\"}}");
    assertEquals(
        List.of("ext", "user_match.click_id"),
        STRICT.validate(event).stream().map(Violation::field).toList());
  }

  @Test
  void unknownFieldsOfAnyKindPass() throws Exception {
    String json =
        START
            + ",\"user_match\":{\"click_id\":\"x\",\"ext\":{\"n\":1e999999999999}},"
            + "\"surface\":{\"a\":[[],{},null,true,-0.5e-7,\"\u00E4\"]},\"ext\":[],\"\":\"\"}";
    assertEquals(List.of(), STRICT.validate(read(json)));
  }

  @Test
  void extremeNumbersAreViolations() throws Exception {
    String match = ",\"user_match\":{\"click_id\":\"x\"},\"custom_data\":{\"currency\":\"USD\",";
    for (String number :
        List.of("1e400", "1e1000000000", "1e-1000000000", "1e99999999999", "-1", "0e999999999")) {
      assertEquals(
          List.of("custom_data.value"),
          STRICT.validate(read(START + match + "\"value\":" + number + "}}")).stream()
              .map(Violation::field)
              .toList());
    }
    for (String number : List.of("1.5", "1e400", "1e1000000000", "1e-1000000000", "-1", "1e16")) {
      assertEquals(
          List.of("custom_data.num_items"),
          STRICT.validate(read(START + match + "\"num_items\":" + number + "}}")).stream()
              .map(Violation::field)
              .toList());
    }
    ConversionEvent whole = read(START + match + "\"num_items\":2.0,\"value\":1E+2}}");
    assertEquals(2L, whole.customData().numItems());
    assertEquals(0, new BigDecimal(100).compareTo(whole.customData().value()));
    assertEquals(
        List.of("custom_data.contents[1].quantity"),
        STRICT
            .validate(
                read(
                    START
                        + match
                        + "\"contents\":[{\"id\":\"x\"},{\"id\":\"y\",\"quantity\":0.5}]}}"))
            .stream()
            .map(Violation::field)
            .toList());
  }

  @Test
  void eventTimeIsReadInAllItsForms() throws Exception {
    for (String time :
        List.of(
            "2026-04-26T14:30Z",
            "2026-04-26T14:30:00+00:00",
            "2026-04-26T14:30:00.000000000000Z")) {
      assertEquals(
          OffsetDateTime.parse("2026-04-26T14:30:00Z"),
          read("{\"event_time\":\"" + time + "\"}").time());
    }
    ConversionEvent event =
        read("{\"event_id\":\"a\",\"event_type\":\"lead\",\"event_time\":\"yesterday\"}");
    assertEquals(
        List.of("event_time"),
        SampleEvents.LENIENT.validate(event).stream().map(Violation::field).toList());
  }

  @Test
  void problemsHaveABound() throws Exception {
    String json = START + ",\"ext\":[\"a@b.co\"" + ",\"a@b.co\"".repeat(10_000) + "]}";
    assertEquals(Findings.MAX, read(json).problems().size());
  }

  @Test
  void damagedBytesNeverEscapeAsAnotherException() {
    byte[] good = SampleEvents.encode(SampleEvents.purchase().build());
    Random random = new Random(5);
    for (int i = 0; i < 50_000; i++) {
      byte[] json = Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int n = random.nextInt(4); n > 0; n--) {
        json[random.nextInt(json.length)] = (byte) random.nextInt(256);
      }
      try {
        STRICT.validate(EventReader.read(json));
      } catch (MalformedEventException e) {
        assertFalse(e.violation().given().isEmpty());
      }
    }
    assertThrows(NullPointerException.class, () -> EventReader.read(null));
  }
}
