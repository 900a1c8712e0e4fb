package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.UserMatch;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every status that may come back, once, with each kind of body, before and after the server stored
 * the batch: no event is lost, none becomes a dead letter, and delivery goes on.
 */
@Tag("slow")
class EveryStatusTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int EVENTS = 3;

  /** What the body of the odd answer looks like. */
  enum Body {
    BARE("{\"code\":\"SOMETHING_NEW\",\"message\":\"m\"}"),
    WRAPPED("{\"data\":null,\"error\":{\"code\":\"SOMETHING_NEW\",\"message\":\"m\"}}"),
    GARBAGE("<html>\0{\"data\":");

    private final String text;

    Body(String text) {
      this.text = text;
    }
  }

  private record Odd(int status, Body body, boolean stored) {}

  @TempDir Path directory;
  private final Set<String> arrived = ConcurrentHashMap.newKeySet();
  private volatile Odd next;
  private ScriptedServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer(this::answer);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void answer(Socket socket) throws IOException {
    ScriptedServer.Request request = ScriptedServer.read(socket.getInputStream());
    Odd odd;
    synchronized (this) {
      odd = next;
      next = null;
    }
    Set<String> ids = new HashSet<>();
    for (JsonNode event : JSON.readTree(request.body()).path("events")) {
      ids.add(event.path("event_id").asText());
    }
    if (odd == null || odd.stored) {
      arrived.addAll(ids);
    }
    String counts =
        "{\"events_received\":" + ids.size() + ",\"events_processed\":" + ids.size() + "}";
    String response =
        odd == null
            ? ScriptedServer.response(200, counts)
            : ScriptedServer.response(odd.status, odd.body.text);
    socket.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<Arguments> kinds() {
    return Stream.of(Body.values())
        .flatMap(body -> Stream.of(Arguments.of(body, false), Arguments.of(body, true)));
  }

  @ParameterizedTest(name = "{0} body, batch stored: {1}")
  @MethodSource("kinds")
  void noStatusLosesOrBurnsAnEvent(Body body, boolean stored) throws Exception {
    RetryPolicy quick =
        new RetryPolicy(
            Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(1), Duration.ofMillis(2));
    try (InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> "scope3_test_key")
                .baseUrl(server.url())
                .requestTimeout(Duration.ofSeconds(5))
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory.resolve("events"))
                .destination(Destination.of("12345", "website_pixel"))
                .transport(transport)
                .retryPolicy(quick)
                .flushInterval(LONG)
                .segmentBytes(4 << 20)
                .open()) {
      Set<String> sent = new HashSet<>();
      for (int status = 100; status <= 599; status++) {
        next = new Odd(status, body, stored);
        for (int i = 0; i < EVENTS; i++) {
          String id = "event-" + status + "-" + i;
          sent.add(id);
          assertEquals(AppendResult.ACCEPTED, buffer.append(event(id)));
        }
        assertTrue(buffer.flush(LONG).complete(), status + ": " + buffer.health());
        assertEquals(0, buffer.deadLetters().count(), "burnt by " + status);
      }
      assertEquals(sent, arrived);
      assertEquals(sent.size(), buffer.stats().delivered());
    }
  }

  private static ConversionEvent event(String id) {
    return ConversionEvent.purchase(id, TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(UserMatch.clickId("gclid", "c1"))
        .value("1.00", "USD")
        .build();
  }
}
