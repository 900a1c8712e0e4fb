package io.github.eventbuffer.adcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** An answer whose bytes were changed in any way is never taken for more than it says. */
class AnswerFuzzTest {
  private static final int COUNT = 3;
  private static final long ID = 17;
  private static final JsonMapper ORACLE =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String ANSWER =
      "{\"jsonrpc\":\"2.0\",\"id\":17,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"ok\"}],"
          + "\"structuredContent\":{\"status\":\"completed\",\"events_received\":3,"
          + "\"events_processed\":3,\"partial_failures\":[{\"event_id\":\"a\",\"code\":\"C\","
          + "\"message\":\"m\"}],\"warnings\":[\"w\"],\"match_quality\":0.5},\"isError\":false}}";

  @Property(tries = 20_000, seed = "20261121")
  void whatIsDeliveredIsSaid(
      @ForAll boolean events,
      @ForAll @IntRange(max = 500) int at,
      @ForAll @IntRange(max = 40) int length,
      @ForAll @IntRange(max = 500) int from,
      @ForAll @Size(max = 6) byte[] any,
      @ForAll boolean copies) {
    byte[] good = (events ? "data: " + ANSWER + "\n\n" : ANSWER).getBytes(StandardCharsets.UTF_8);
    byte[] by = copies ? slice(good, from, from + length) : any;
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.writeBytes(slice(good, 0, at));
    changed.writeBytes(by);
    changed.writeBytes(slice(good, at + (copies ? 0 : length), good.length));
    byte[] body = changed.toByteArray();
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of("Content-Type", List.of(events ? "text/event-stream" : "application/json")),
            (name, value) -> true);
    McpAnswer answer = McpAnswer.of(new Response(200, headers, body, null), ID);
    DeliveryResult outcome = new LogEventJudge(COUNT, new PublicText("")).judge(answer);
    if (!events && outcome instanceof Delivered) {
      assertSaid(body);
    }
    assertTrue(outcome != null);
  }

  private static byte[] slice(byte[] bytes, int from, int to) {
    int start = Math.min(from, bytes.length);
    int end = Math.min(Math.max(to, start), bytes.length);
    return Arrays.copyOfRange(bytes, start, end);
  }

  /** By a parser that keeps everything; what appears twice and matters it would not read at all. */
  private static void assertSaid(byte[] body) {
    JsonNode message;
    try {
      message = ORACLE.readTree(body);
    } catch (IOException e) {
      // Something that does not matter appears twice, or is odd in a way that only a tree minds.
      return;
    }
    assertEquals("2.0", message.path("jsonrpc").asText());
    assertEquals(ID, message.path("id").asLong());
    JsonNode result = message.path("result").path("structuredContent");
    assertEquals(COUNT, result.path("events_received").intValue());
    assertTrue(result.path("events_processed").isIntegralNumber());
    assertTrue(result.path("events_processed").intValue() <= COUNT);
    assertTrue(!message.path("result").path("isError").asBoolean());
    assertTrue(!message.hasNonNull("error"));
  }
}
