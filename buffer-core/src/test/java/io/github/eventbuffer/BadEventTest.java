package io.github.eventbuffer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events that cannot be taken, and calls that a caller got wrong. */
class BadEventTest {
  private static final int MOST = 2_048;
  private static final String EVENT =
      "{\"event_id\":\"%s\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00Z\","
          + "\"action_source\":\"app\",\"user_match\":{\"uids\":[{\"type\":\"uid2\",\"value\":\"u\"}]}}";

  @TempDir Path root;
  private final ScriptedTransport transport = new ScriptedTransport();
  private EventBuffer buffer;

  @BeforeEach
  void open() {
    buffer =
        EventBuffer.builder(root.resolve("events"))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(transport)
            .segmentBytes(1 << 20)
            .maxEventBytes(MOST)
            .open();
  }

  @AfterEach
  void close() {
    buffer.close();
  }

  @Test
  void nullIsTheCallersBugAndNamed() {
    assertEquals("event", npe(() -> buffer.append(null)));
    assertEquals("event", npe(() -> buffer.append(null, Durability.PROCESS)));
    assertEquals("durability", npe(() -> buffer.append(Events.purchase("a"), null)));
    assertEquals("event", npe(() -> buffer.appendJson(null)));
    assertEquals("timeout", npe(() -> buffer.flush(null)));
    assertEquals("timeout", npe(() -> buffer.close(null)));
    assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
  }

  private static String npe(Runnable call) {
    return assertThrows(NullPointerException.class, call::run).getMessage();
  }

  @Test
  void aClosedBufferSaysWhichOne() {
    buffer.close();
    List<Runnable> calls =
        List.of(
            () -> buffer.append(Events.purchase("a")),
            () -> buffer.appendJson(EVENT.formatted("a").getBytes(UTF_8)),
            () -> buffer.flush(Duration.ZERO));
    for (Runnable call : calls) {
      String message = assertThrows(IllegalStateException.class, call::run).getMessage();
      assertTrue(message.contains("closed"), message);
      assertTrue(message.contains(root.resolve("events").toString()), message);
    }
    assertEquals(BufferHealth.State.CLOSED, buffer.health().state());
    assertEquals(0, buffer.stats().accepted());
  }

  @ParameterizedTest
  @CsvSource({MOST - 1 + ",ACCEPTED", MOST + ",ACCEPTED", MOST + 1 + ",INVALID"})
  void jsonMayHaveMaxEventBytesAndNotOneMore(int bytes, AppendResult.Status expected) {
    String event = EVENT.formatted("e");
    byte[] padded = (event + " ".repeat(bytes - event.length())).getBytes(UTF_8);
    AppendResult result = buffer.appendJson(padded);
    assertEquals(expected, result.status());
    if (expected == AppendResult.Status.INVALID) {
      assertTooLarge(result, bytes);
    }
  }

  @ParameterizedTest
  @CsvSource({MOST - 1 + ",ACCEPTED", MOST + ",ACCEPTED", MOST + 1 + ",INVALID"})
  void anEventMayHaveMaxEventBytesOfJsonAndNotOneMore(int bytes, AppendResult.Status expected) {
    assertEquals(AppendResult.ACCEPTED, buffer.append(padded("e", 0, 10)));
    assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
    String body = transport.attempts().get(0).body();
    int base = body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1).length();
    int more = bytes - base;
    // Each further content id takes its length, two quotes and a comma.
    AppendResult result = buffer.append(padded("f", more / 256, 10 + more % 256));
    assertEquals(expected, result.status());
    if (expected == AppendResult.Status.INVALID) {
      assertTooLarge(result, bytes);
    }
  }

  private static ConversionEvent padded(String id, int full, int last) {
    String[] contents = new String[full + 1];
    for (int i = 0; i < full; i++) {
      contents[i] = "x".repeat(253);
    }
    contents[full] = "y".repeat(Math.min(last, 256));
    return ConversionEvent.purchase(id, java.time.OffsetDateTime.parse("2026-04-26T14:30:00Z"))
        .source("https://shop.example.com/")
        .user(UserMatch.email("alice@example.com"))
        .contentIds(contents)
        .orderId("z".repeat(1 + Math.max(0, last - 256)))
        .build();
  }

  private static void assertTooLarge(AppendResult result, int bytes) {
    assertEquals(1, result.violations().size());
    String said = result.violations().get(0).toString();
    assertTrue(said.contains(MOST + " bytes"), said);
    assertTrue(said.contains(bytes + " bytes"), said);
  }

  @Test
  void anEventThatIsRefusedForItsSizeMayComeAgainSmaller() {
    byte[] large = (EVENT.formatted("e") + " ".repeat(MOST)).getBytes(UTF_8);
    assertEquals(AppendResult.Status.INVALID, buffer.appendJson(large).status());
    assertEquals(AppendResult.ACCEPTED, buffer.appendJson(EVENT.formatted("e").getBytes(UTF_8)));
    assertEquals(1, buffer.stats().invalid());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|0",
        "{|2",
        "{\"event_id\":}|13",
        "{\"event_id\":\"a\"|16",
        "{\"event_id\":\"a\",}|17",
        "not json|1",
        "[]|1",
        "{} {}|4"
      })
  void malformedJsonIsInvalidWithItsPosition(String json, int column) {
    AppendResult result = buffer.appendJson(json.getBytes(UTF_8));
    assertEquals(AppendResult.Status.INVALID, result.status());
    assertEquals(1, result.violations().size(), result.toString());
    String said = result.violations().get(0).toString();
    assertTrue(said.contains("line 1, column " + column + ")"), said);
    assertEquals(0, buffer.stats().accepted());
  }

  @Test
  void bytesThatAreNotUtf8AreInvalid() {
    byte[] event = EVENT.formatted("a?b").getBytes(UTF_8);
    for (int i = 0; i < event.length; i++) {
      if (event[i] == '?') {
        event[i] = (byte) 0xff;
      }
    }
    assertEquals(AppendResult.Status.INVALID, buffer.appendJson(event).status());
  }

  @Test
  void whatIsRefusedLeavesNoTrace() {
    ConversionEvent noIdentifier =
        ConversionEvent.lead("e", java.time.OffsetDateTime.parse("2026-04-26T14:30:00Z"))
            .source("https://shop.example.com/")
            .build();
    AppendResult refused = buffer.append(noIdentifier);
    assertEquals(AppendResult.Status.INVALID, refused.status());
    assertFalse(refused.violations().isEmpty());
    assertEquals(AppendResult.ACCEPTED, buffer.appendJson(EVENT.formatted("e").getBytes(UTF_8)));
    assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
    assertEquals(1, transport.arrivals().size());
    assertEquals(1, buffer.stats().invalid());
    assertEquals(1, buffer.stats().accepted());
  }
}
