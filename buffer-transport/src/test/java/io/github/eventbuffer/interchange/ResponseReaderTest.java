package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.RejectedEvent;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseReaderTest {
  private static final String KEY = "scope3_0123456789abcdef";
  private static final String GOOD =
      "{\"events_received\":2,\"events_processed\":2,\"warnings\":[],\"match_quality\":0.87}";
  private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");

  private static DeliveryResult read(int status, String body, String... headers) {
    return read(2, status, body, headers);
  }

  private static DeliveryResult read(int count, int status, String body, String... headers) {
    Map<String, List<String>> map =
        IntStream.range(0, headers.length / 2)
            .boxed()
            .collect(Collectors.toMap(i -> headers[2 * i], i -> List.of(headers[2 * i + 1])));
    Response response =
        new Response(
            status,
            HttpHeaders.of(map, (name, value) -> true),
            body.getBytes(StandardCharsets.UTF_8),
            null);
    return new ResponseReader(Clock.fixed(NOW, ZoneOffset.UTC))
        .read(response, count, new PublicText(KEY));
  }

  private static List<String> bodies() {
    return List.of(
        GOOD,
        "{\"data\":" + GOOD + ",\"error\":null}",
        "",
        "{",
        "null",
        "<html>Bad gateway</html>",
        "{\"data\":null,\"error\":{\"code\":\"SOMETHING_NEW\",\"message\":\"m\"}}",
        "{\"code\":\"SOMETHING_NEW\",\"message\":\"m\"}",
        "{\"message\":\"m\"}");
  }

  @Test
  void everyStatusWithEveryBodyGoesByTheTable() {
    for (int status = 100; status <= 999; status++) {
      for (String body : bodies()) {
        Class<?> expected =
            switch (status) {
              case 400, 422 -> InvalidBatch.class;
              case 408, 429 -> Throttled.class;
              case 409 -> Unavailable.class;
              case 413 -> TooLarge.class;
              case 501 -> Held.class;
              default -> {
                if (status >= 200 && status <= 299) {
                  yield body.contains("received") ? Delivered.class : Unavailable.class;
                }
                yield status >= 500 && status <= 599 ? Unavailable.class : Held.class;
              }
            };
        assertInstanceOf(expected, read(status, body), "HTTP " + status + " with " + body);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%s", "{\"data\":%s,\"error\":null}", " %s\n", "{\"error\":false,\"data\":%s}"})
  void aGoodAnswerIsDeliveredBareOrWrapped(String form) {
    assertEquals(new Delivered(List.of(), List.of(), 0.87, 2), read(200, form.formatted(GOOD)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "2",
        "\"events_received\"",
        "{}",
        "{\"data\":null,\"error\":null}",
        "{\"data\":[],\"error\":null}",
        "{\"error\":{}}",
        "{\"events_received\":2}",
        "{\"events_processed\":2}",
        "{\"events_received\":\"2\",\"events_processed\":2}",
        "{\"events_received\":2,\"events_processed\":\"2\"}",
        "{\"events_received\":2.0,\"events_processed\":2}",
        "{\"events_received\":2,\"events_processed\":null}",
        "{\"events_received\":true,\"events_processed\":2}",
        "{\"events_received\":[2],\"events_processed\":2}",
        "{\"events_received\":2,\"events_processed\":-1}",
        "{\"events_received\":-2,\"events_processed\":2}",
        "{\"events_received\":1,\"events_processed\":1}",
        "{\"events_received\":3,\"events_processed\":2}",
        "{\"events_received\":2,\"events_processed\":3}",
        "{\"events_received\":4294967298,\"events_processed\":2}",
        "{\"events_received\":36893488147419103234,\"events_processed\":2}",
        "{\"events_received\":2,\"events_processed\":2,\"events_received\":0}",
        "{\"events_received\":2,\"events_processed\":2,\"data\":{\"events_received\":2}}",
        "{\"events_received\":2,\"events_processed\":2,\"partial_failures\":{}}",
        "{\"events_received\":2,\"events_processed\":2,\"partial_failures\":\"none\"}",
        "{\"events_received\":2,\"events_processed\":2} {}",
        "{\"events_received\":2,\"events_processed\":2}x",
        "{\"events_received\":2,\"events_processed\":2,\"errors\":[{\"code\":\"NEW\"}]}",
        "{\"data\":{\"data\":{\"events_received\":2,\"events_processed\":2}}}",
      })
  void aSuccessThatIsNotUnderstoodIsNoDelivery(String body) {
    assertInstanceOf(Unavailable.class, read(200, body));
  }

  @Test
  void noPrefixOfAGoodAnswerIsADelivery() {
    String good = "{\"data\":" + GOOD + ",\"error\":null}";
    for (int end = 0; end < good.length(); end++) {
      assertInstanceOf(Unavailable.class, read(200, good.substring(0, end)));
    }
  }

  @Test
  void noDamageMakesTheReaderThrow() {
    Random random = new Random(7);
    byte[] good =
        ("{\"data\":"
                + GOOD
                + ",\"error\":{\"code\":\"A\",\"issues\":[{\"path\":[\"events\",1]}]}}")
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 50_000; i++) {
      byte[] bad = good.clone();
      for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      Response response =
          new Response(
              200 + random.nextInt(300), HttpHeaders.of(Map.of(), (a, b) -> true), bad, null);
      new ResponseReader(Clock.systemUTC()).read(response, 2, new PublicText(KEY));
    }
  }

  @Test
  void depthNumbersAndStringsAreBounded() {
    String member = "{\"events_received\":2,\"events_processed\":2,\"extra\":%s}";
    assertInstanceOf(Delivered.class, read(200, member.formatted("[".repeat(60) + "]".repeat(60))));
    assertInstanceOf(
        Unavailable.class, read(200, member.formatted("[".repeat(64) + "]".repeat(64))));
    assertInstanceOf(Unavailable.class, read(200, member.formatted("[".repeat(100_000))));
    String number = "{\"events_processed\":2,\"events_received\":" + "9".repeat(100_000) + "}";
    assertInstanceOf(Unavailable.class, read(200, number));
  }

  @Test
  void anEncodedAnswerIsNotUnderstood() {
    assertInstanceOf(Unavailable.class, read(200, GOOD, "Content-Encoding", "gzip"));
    assertInstanceOf(Delivered.class, read(200, GOOD, "Content-Encoding", "identity"));
  }

  @Test
  void aFlawedBodyIsNoDelivery() {
    Response flawed =
        new Response(
            200,
            HttpHeaders.of(Map.of(), (a, b) -> true),
            GOOD.getBytes(StandardCharsets.UTF_8),
            "it is cut");
    assertEquals(
        new Unavailable("the answer of HTTP 200 is not understood: it is cut"),
        new ResponseReader(Clock.systemUTC()).read(flawed, 2, new PublicText(KEY)));
  }

  @Test
  void aShortfallIsDeliveredAsItIs() {
    assertEquals(
        new Delivered(List.of(), List.of(), null, 0),
        read(200, "{\"events_received\":2,\"events_processed\":0,\"match_quality\":7}"));
  }

  @Test
  void partialFailuresAreRejectedEvents() {
    String body =
        "{\"events_received\":2,\"events_processed\":0,\"partial_failures\":["
            + "{\"event_id\":\"a\",\"code\":\"INVALID_EVENT_TIME\",\"message\":\"too old\"},"
            + "{\"message\":null,\"event_id\":17},{\"code\":\"LOST\"},7,null,"
            + "{\"event_id\":\"a\",\"code\":\"AGAIN\"},{\"event_id\":\"third of two\"}],"
            + "\"warnings\":[\"low match quality\",3,null]}";
    Delivered delivered = assertInstanceOf(Delivered.class, read(200, body));
    assertEquals(
        List.of(
            new RejectedEvent("a", "INVALID_EVENT_TIME", "too old"),
            new RejectedEvent("17", "UNKNOWN", "")),
        delivered.rejected());
    assertEquals(
        List.of(
            "low match quality",
            "3",
            "3 partial_failures named no event id and were ignored",
            "1 partial_failures beyond the batch's 2 events were ignored"),
        delivered.warnings());
  }

  @Test
  void textOfTheEndpointIsCutAndCleaned() {
    String message = "x".repeat(600);
    String body =
        "{\"events_received\":2,\"events_processed\":1,\"partial_failures\":[{\"event_id\":\"a\","
            + "\"message\":\""
            + message
            + "\"}]}";
    Delivered delivered = assertInstanceOf(Delivered.class, read(200, body));
    assertEquals(512, delivered.rejected().get(0).message().length());
    InvalidBatch invalid =
        assertInstanceOf(
            InvalidBatch.class,
            read(
                400,
                "{\"code\":\"BAD_REQUEST\",\"message\":\"a\\u0000\\n\\u202e\\u001b[31m"
                    + message
                    + "\"}"));
    assertEquals(256, invalid.message().length());
    assertTrue(invalid.message().startsWith("a[31mx"));
  }

  @Test
  void aKeyThatTheEndpointEchoesIsHidden() {
    String split = KEY.substring(0, 9) + "\\u0000" + KEY.substring(9);
    for (int pad = 200; pad < 260; pad++) {
      String said = "y".repeat(pad) + split;
      String error = "{\"error\":{\"code\":\"" + KEY + "\",\"message\":\"" + said + "\"}}";
      String rejected =
          "{\"events_received\":2,\"events_processed\":2,\"warnings\":[\""
              + said
              + "\"],\"partial_failures\":[{\"event_id\":\""
              + KEY
              + "\"},{\"event_id\":\"b\","
              + "\"code\":\""
              + KEY
              + "\",\"message\":\""
              + said
              + "\"}]}";
      for (int status : new int[] {200, 400, 401, 404, 409, 503}) {
        assertFalse(read(status, error).toString().contains(KEY.substring(0, 10)));
        assertFalse(read(status, rejected).toString().contains(KEY.substring(0, 10)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "VALIDATION_ERROR, InvalidBatch",
    "INVALID_EVENT_TYPE, InvalidBatch",
    "BAD_REQUEST, InvalidBatch",
    "CURRENCY_MISMATCH, InvalidBatch",
    "INVALID_STATE, InvalidBatch",
    "CAPABILITY_NOT_SUPPORTED, InvalidBatch",
    "UNAUTHORIZED, Held",
    "FORBIDDEN, Held",
    "ACCESS_DENIED, Held",
    "CREDIT_LIMIT_EXCEEDED, Held",
    "TOS_ACCEPTANCE_REQUIRED, Held",
    "CUSTOMER_SCOPE_REQUIRED, Held",
    "NOT_FOUND, Held",
    "ACCOUNT_NOT_FOUND, Held",
    "EVENT_SOURCE_NOT_FOUND, Held",
    "NOT_IMPLEMENTED, Held",
    "INVALID_API_KEY, Held",
    "RATE_LIMITED, Throttled",
    "INTERNAL_ERROR, Unavailable",
    "SERVICE_UNAVAILABLE, Unavailable"
  })
  void theCodeDecidesWhereTheStatusSaysTooLittle(String code, String expected) {
    for (String form :
        List.of(
            "{\"errors\":[{\"code\":\"%s\"}]}",
            "{\"data\":null,\"error\":{\"code\":\"%s\"}}",
            "{\"data\":{\"errors\":[{\"code\":\"%s\"}]}}",
            "{\"code\":\"%s\",\"message\":\"m\"}")) {
      for (int status : new int[] {200, 202, 400, 422}) {
        DeliveryResult result = read(status, form.formatted(code));
        assertEquals(expected, result.getClass().getSimpleName(), status + " " + form);
      }
    }
  }

  @Test
  void oneErrorThatIsNoDataFaultSpeaksForAll() {
    String body = "{\"errors\":[{\"code\":\"VALIDATION_ERROR\"},{\"code\":\"UNAUTHORIZED\"}]}";
    assertInstanceOf(Held.class, read(200, body));
    assertInstanceOf(Held.class, read(400, body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"path\":\"events[3].user_match\"; 3",
        "\"path\":\"events.3.user_match\"; 3",
        "\"path\":[\"events\",3,\"user_match\"]; 3",
        "\"path\":[\"body\",\"events\",\"3\"]; 3",
        "\"pointer\":\"/events/3/user_match\"; 3",
        "\"pointer\":\"#/events/3\"; 3",
        "\"field\":\"$.events[3]\"; 3",
        "\"path\":\"events[0]\"; 0",
        "\"path\":\"events[9]\"; 9",
        "\"path\":\"events[10]\"; -1",
        "\"path\":\"events[-1]\"; -1",
        "\"path\":\"events[3\"; -1",
        "\"path\":\"events.3x\"; -1",
        "\"path\":\"events[99999999999999999999]\"; -1",
        "\"path\":\"my_events[3]\"; -1",
        "\"path\":[\"events\"]; -1",
        "\"path\":[\"events\",-3]; -1",
        "\"path\":[\"events\",3.5]; -1",
        "\"path\":[\"events\",{\"a\":1},3]; -1",
        "\"path\":[]; -1",
        "\"path\":null; -1",
        "\"path\":{\"events\":3}; -1",
        "\"path\":\"event_source_id\"; -1",
      })
  void issuesPointAtEvents(String path, int position) {
    String issues = "\"issues\":[{" + path + ",\"message\":\"bad\",\"keyword\":\"format\"}]";
    List<InvalidEvent> expected =
        position < 0 ? List.of() : List.of(new InvalidEvent(position, "format", "bad"));
    for (String form :
        List.of(
            "{\"error\":{%s,\"code\":\"VALIDATION_ERROR\",\"message\":\"no\"}}",
            "{\"error\":{\"details\":{%s},\"code\":\"VALIDATION_ERROR\",\"message\":\"no\"}}",
            "{\"errors\":[{\"code\":\"VALIDATION_ERROR\",\"message\":\"no\",%s}]}",
            "{\"code\":\"VALIDATION_ERROR\",\"message\":\"no\",%s}")) {
      assertEquals(
          new InvalidBatch("VALIDATION_ERROR", "no", expected),
          read(10, 400, form.formatted(issues)),
          form);
    }
  }

  @Test
  void anEventIsPointedAtOnceAndInheritsTheCode() {
    assertEquals(
        new InvalidBatch(
            "VALIDATION_ERROR", "no", List.of(new InvalidEvent(1, "VALIDATION_ERROR", "first"))),
        read(
            422,
            "{\"error\":{\"field\":\"events[1].value\",\"issues\":["
                + "{\"path\":\"events[1].a\",\"message\":\"first\"},"
                + "{\"path\":\"events[1].b\",\"message\":\"second\"}],"
                + "\"code\":\"VALIDATION_ERROR\",\"message\":\"no\"}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "null",
      value = {
        "7; PT7S",
        "0; PT0S",
        "' 7 '; PT7S",
        "-7; null",
        "7.5; null",
        "soon; null",
        "''; null",
        "999999999999999999; PT8760H",
        "99999999999999999999999; null",
        "Sun, 15 Mar 2026 12:01:30 GMT; PT1M30S",
        "Sun, 15 Mar 2026 11:59:59 GMT; null",
        "Mon, 15 Mar 2026 12:01:30 GMT; null",
      })
  void retryAfterIsSecondsOrADate(String value, Duration expected) {
    for (int status : new int[] {408, 429}) {
      assertEquals(new Throttled(expected), read(status, "", "Retry-After", value));
    }
    for (int status : new int[] {409, 500, 502, 503, 504, 599}) {
      Unavailable result =
          assertInstanceOf(Unavailable.class, read(status, "", "Retry-After", value));
      assertEquals(expected, result.retryAfter());
    }
  }

  @Test
  void aDateIsRelativeToTheServersClock() {
    assertEquals(
        new Throttled(Duration.ofSeconds(30)),
        read(
            429,
            "",
            "Retry-After",
            "Wed, 01 Jan 2020 00:00:30 GMT",
            "Date",
            "Wed, 01 Jan 2020 00:00:00 GMT"));
  }

  @Test
  void rateLimitResetStandsInOn429() {
    assertEquals(new Throttled(Duration.ofSeconds(9)), read(429, "", "RateLimit-Reset", "9"));
    assertEquals(
        new Throttled(Duration.ofSeconds(3)),
        read(429, "", "RateLimit-Reset", "9", "Retry-After", "3"));
    assertEquals(
        new Throttled(Duration.ofSeconds(40)),
        read(429, "", "RateLimit-Reset", String.valueOf(NOW.getEpochSecond() + 40)));
    assertNull(
        assertInstanceOf(Throttled.class, read(408, "", "RateLimit-Reset", "9")).retryAfter());
    assertEquals(
        new Throttled(Duration.ofSeconds(12)),
        read(200, "{\"errors\":[{\"code\":\"RATE_LIMITED\",\"retry_after\":12}]}"));
  }

  @Test
  void aHoldSaysStatusCodeAndWhatToDo() {
    Held held =
        assertInstanceOf(
            Held.class,
            read(401, "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"Invalid token\"}}"));
    assertEquals(
        "HTTP 401 UNAUTHORIZED: the API key was refused; supply a valid one"
            + " (the endpoint says: Invalid token)",
        held.reason());
    List<String> reasons = new ArrayList<>();
    for (int status : new int[] {302, 402, 403, 404, 407, 418, 501, 600}) {
      reasons.add(assertInstanceOf(Held.class, read(status, "")).reason());
    }
    assertTrue(reasons.get(0).contains("HTTP 302"), reasons.get(0));
    assertEquals(reasons.size() - 1, reasons.stream().map(r -> r.substring(9)).distinct().count());
  }

  @Test
  void tenThousandRejectionsFitTheDefaultLimit() {
    String failure =
        "{\"event_id\":\"%0256d\",\"code\":\"INVALID_EVENT_TIME\",\"message\":\""
            + "m".repeat(512)
            + "\"}";
    String body =
        IntStream.range(0, 10_000)
            .mapToObj(i -> failure.formatted(i))
            .collect(
                Collectors.joining(
                    ",",
                    "{\"events_received\":10000,\"events_processed\":0,\"partial_failures\":[",
                    "]}"));
    assertTrue(body.length() < 16 * 1024 * 1024);
    Delivered delivered = assertInstanceOf(Delivered.class, read(10_000, 200, body));
    assertEquals(10_000, delivered.rejected().size());
    assertEquals(0, Arrays.asList(delivered.warnings().toArray()).size());
  }
}
