package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {

  @ParameterizedTest
  @CsvSource({
    "2026-04-26T14:30-05:00, 2026-04-26T14:30:00-05:00",
    "2026-04-26T14:30Z, 2026-04-26T14:30:00Z",
    "2026-04-26T14:30:15.1Z, 2026-04-26T14:30:15.100Z",
    "2026-04-26T14:30:15.000001+05:45, 2026-04-26T14:30:15.000001+05:45",
    "2026-04-26T14:30:15.000000001-00:30, 2026-04-26T14:30:15.000000001-00:30",
    "0000-01-01T00:00Z, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999+18:00, 9999-12-31T23:59:59.999999999+18:00"
  })
  void secondsAndOffsetAreAlwaysWritten(String time, String written) {
    assertEquals(written, write(OffsetDateTime.parse(time)));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      OffsetDateTime time =
          OffsetDateTime.of(
              random.nextInt(10_000),
              1 + random.nextInt(12),
              1 + random.nextInt(28),
              random.nextInt(24),
              random.nextInt(60),
              random.nextInt(60),
              random.nextBoolean() ? 0 : random.nextInt(1_000_000_000),
              ZoneOffset.ofTotalSeconds(60 * (random.nextInt(2161) - 1080)));
      String written = write(time);
      assertEquals(time, EventTime.read(written));
      assertEquals(time, OffsetDateTime.parse(written));
      String iso = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
      assertEquals(time, EventTime.read(iso));
    }
  }

  @Test
  void aFractionOfAnyLengthIsReadAndCutOff() {
    assertEquals(
        OffsetDateTime.parse("2026-04-26T14:30:00.123456789Z"),
        EventTime.read("2026-04-26T14:30:00.123456789" + "9".repeat(1000) + "Z"));
    assertEquals(
        OffsetDateTime.parse("2024-02-29T14:30Z"), EventTime.read("2024-02-29T14:30-00:00"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "1700000000",
        "2026-04-26",
        "2026-04-26T14:30:00",
        "2026-04-26T14:30",
        "2026-04-26T14:30:",
        "2026-04-26T14:30:0Z",
        "2026-04-26T14:30:00.Z",
        "2026-04-26T14:30.5Z",
        "2026-04-26T14:30:00,5Z",
        "2026-04-26 14:30:00Z",
        "2026-04-26t14:30:00z",
        "2026-04-26T14:30:00ZZ",
        "2026-04-26T14:30:00Z ",
        "2026-04-26T14:30:00+0200",
        "2026-04-26T14:30:00+02",
        "2026-04-26T14:30:00+02:60",
        "2026-04-26T14:30:00+18:01",
        "2026-04-26T14:30:00*02:00",
        "2026-04-26T14:30:00+-2:00",
        "2026-04-26T24:00:00Z",
        "2026-04-26T14:60:00Z",
        "2026-04-26T14:30:60Z",
        "2026-13-26T14:30:00Z",
        "2026-02-29T14:30:00Z",
        "-026-04-26T14:30:00Z",
        "10000-04-26T14:30:00Z",
        "2026/04/26T14:30:00Z",
        "2026-04-26T14.30:00Z",
        "\u0662026-04-26T14:30:00Z"
      })
  void whatIsNotIso8601WithAnOffsetIsRefused(String text) {
    assertNull(EventTime.read(text));
  }

  private static String write(OffsetDateTime time) {
    JsonWriter out = new JsonWriter();
    out.reset(0);
    EventTime.write(time, out);
    String quoted = new String(out.array(), 0, out.length(), StandardCharsets.US_ASCII);
    return quoted.substring(1, quoted.length() - 1);
  }
}
