package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void everyCodePointIsWrittenAsUtf8() throws Exception {
    JsonWriter out = new JsonWriter();
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        continue;
      }
      String text = "a" + Character.toString(point) + "z";
      out.reset(0);
      out.string(text);
      if (point >= 0x20 && point != '"' && point != '\\') {
        String written = new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
        assertEquals("\"" + text + "\"", written);
      } else {
        assertEquals(text, MAPPER.readValue(out.array(), 0, out.length(), String.class));
      }
    }
  }

  @Test
  void controlCharactersAreEscaped() {
    assertEquals(
        "\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\u007F\u2028\"",
        text(out -> out.string("\0\u001F\b\t\n\f\r\"\\/\u007F\u2028")));
  }

  @Test
  void halfASurrogatePairBecomesAnEscape() {
    assertEquals("\"\\ud83dx\\udc5f\"", text(out -> out.string("\uD83Dx\uDC5F")));
    assertEquals("\"\\ud83d\"", text(out -> out.string("\uD83D")));
    assertEquals("\"\\ud83d\uD83D\uDC5F\"", text(out -> out.string("\uD83D\uD83D\uDC5F")));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 9, 10, 99, 100, 1700000000, Long.MAX_VALUE, Long.MIN_VALUE})
  void integersAreWrittenInFull(long number) {
    assertEquals(Long.toString(number), text(out -> out.number(number)));
  }

  @ParameterizedTest
  @CsvSource({
    "89.99, 89.99",
    "0.05, 0.05",
    "-0.05, -0.05",
    "-12.3, -12.3",
    "0, 0",
    "0.00, 0.00",
    "1E+5, 100000",
    "1E-18, 0.000000000000000001",
    "1E-19, 0.0000000000000000001",
    "123456789012345678, 123456789012345678",
    "1234567890123456789.5, 1234567890123456789.5",
    "1E+1000000000, 1E+1000000000",
    "1E-1000000000, 1E-1000000000"
  })
  void decimalsAreWrittenPlainUnlessThatHasNoEnd(String number, String written) {
    assertEquals(written, text(out -> out.number(new BigDecimal(number))));
  }

  @Test
  void randomDecimalsKeepTheirValue() {
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      BigDecimal number =
          new BigDecimal(
              new BigInteger(random.nextInt(100), random)
                  .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1)),
              random.nextInt(60) - 20);
      assertEquals(number.toPlainString(), text(out -> out.number(number)));
    }
  }

  @Test
  void whatIsBeforeTheOffsetIsKeptThroughGrowth() {
    JsonWriter out = new JsonWriter();
    for (int offset : new int[] {0, 1, 24, 1024, 5000}) {
      out.reset(offset);
      byte[] header = new byte[offset];
      new Random(offset).nextBytes(header);
      System.arraycopy(header, 0, out.array(), 0, offset);
      String text = "\u20AC\"x".repeat(3000);
      out.string(text);
      byte[] before = Arrays.copyOf(out.array(), offset);
      assertArrayEquals(header, before);
      assertEquals(
          "\"" + text.replace("\"", "\\\"") + "\"",
          new String(out.array(), offset, out.length() - offset, StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyLengthAroundTheEndOfTheArrayIsWritten() throws Exception {
    for (int length = 1000; length < 1050; length++) {
      for (String unit : new String[] {"x", "\n", "\0", "\u00E4", "\u20AC", "\uD83D\uDC5F"}) {
        String text = "x".repeat(length) + unit;
        assertEquals(text, MAPPER.readValue(text(out -> out.string(text)), String.class));
      }
    }
  }

  @Test
  void theBoundIsExact() {
    JsonWriter out = new JsonWriter(2000);
    out.reset(10);
    out.string("x".repeat(1988));
    assertEquals(2000, out.length());
    assertThrows(JsonWriter.TooLargeException.class, () -> out.raw('x'));
    out.reset(10);
    assertThrows(JsonWriter.TooLargeException.class, () -> out.string("x".repeat(1989)));
    out.reset(10);
    out.string("x");
    assertEquals(13, out.length());
  }

  @Test
  void aLargeArrayIsGivenBack() {
    JsonWriter out = new JsonWriter();
    out.reset(0);
    out.string("x".repeat(5_000_000));
    out.reset(24);
    assertTrue(out.array().length < 1_000_000);
  }

  private static String text(Consumer<JsonWriter> write) {
    JsonWriter out = new JsonWriter();
    out.reset(3);
    write.accept(out);
    return new String(out.array(), 3, out.length() - 3, StandardCharsets.UTF_8);
  }
}
