package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.ScriptedServer.Request;
import io.github.eventbuffer.interchange.ScriptedServer.Script;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that are reset while a request is on its way. */
@Timeout(60)
class ResetTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Pattern ID = Pattern.compile("\"event_id\":\"([^\"]+)\"");
  private static final int EVENTS = 3_000;
  private static final int BEGINNING = 64 << 10;

  @TempDir Path directory;
  private final Map<String, Integer> arrivals = new ConcurrentHashMap<>();
  private final Queue<Integer> resetLengths = new ConcurrentLinkedQueue<>();
  private final CountDownLatch outageSeen = new CountDownLatch(20);
  private volatile int mostBytes;

  /** Resets the connection when it has seen the beginning of a body that is larger than allowed. */
  private void play(Socket socket) throws IOException {
    Request head = new Request(ScriptedServer.readHead(socket.getInputStream()), new byte[0]);
    int length = Integer.parseInt(head.header("Content-Length"));
    if (length > mostBytes) {
      socket.getInputStream().readNBytes(Math.min(length, BEGINNING));
      resetLengths.add(length);
      outageSeen.countDown();
      reset(socket);
      return;
    }
    byte[] body = socket.getInputStream().readNBytes(length);
    Matcher ids = ID.matcher(new String(body, StandardCharsets.UTF_8));
    int events = 0;
    while (ids.find()) {
      arrivals.merge(ids.group(1), 1, Integer::sum);
      events++;
    }
    String answer = "{\"events_received\":" + events + ",\"events_processed\":" + events + "}";
    socket
        .getOutputStream()
        .write(ScriptedServer.response(200, answer).getBytes(StandardCharsets.UTF_8));
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static InterchangeTransport transportTo(URI url) {
    return InterchangeTransport.builder().apiKey(() -> "scope3_key").baseUrl(url).build();
  }

  private EventBuffer filled(InterchangeTransport transport) {
    return FilledBuffer.open(FilledBuffer.options(directory, transport), EVENTS);
  }

  private void assertAllArrived(EventBuffer buffer) throws IOException {
    assertTrue(buffer.flush(LONG).complete(), () -> buffer.health() + " " + resetLengths);
    assertEquals(EVENTS, arrivals.size());
    assertEquals(EVENTS, buffer.stats().delivered());
    assertEquals(0, buffer.stats().deadLettered());
    assertEquals(0, buffer.deadLetters().list(1).size());
  }

  @Test
  void aProxyThatResetsLargeBodiesGetsSmallerOnesAndAllEventsArrive() throws Exception {
    mostBytes = 300_000;
    try (ScriptedServer server = new ScriptedServer(this::play);
        InterchangeTransport transport = transportTo(server.url());
        EventBuffer buffer = filled(transport)) {
      assertAllArrived(buffer);
      assertFalse(resetLengths.isEmpty());
    }
  }

  @Test
  void inAnOutageThatResetsEveryConnectionNothingIsLost() throws Exception {
    try (ScriptedServer server = new ScriptedServer(this::play);
        InterchangeTransport transport = transportTo(server.url());
        EventBuffer buffer = filled(transport)) {
      buffer.flush(Duration.ZERO);
      assertTrue(outageSeen.await(30, TimeUnit.SECONDS));
      assertEquals(0, buffer.stats().deadLettered());
      assertEquals(EVENTS, buffer.stats().pending());
      mostBytes = Integer.MAX_VALUE;
      assertAllArrived(buffer);
    }
  }

  private static Unavailable deliver(Script script, int bytes) throws Exception {
    String event = "[{\"event_id\":\"" + "x".repeat(bytes) + "\"}]";
    try (ScriptedServer server = new ScriptedServer(script);
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> "scope3_key")
                .baseUrl(server.url())
                .requestTimeout(Duration.ofSeconds(2))
                .build()) {
      return assertInstanceOf(
          Unavailable.class,
          transport
              .deliver(TestBatch.of(1, event))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void aResetWhileTheBodyIsSentOrRightAfterItIsACutOff() throws Exception {
    Script early =
        socket -> {
          ScriptedServer.readHead(socket.getInputStream());
          socket.getInputStream().readNBytes(BEGINNING);
          reset(socket);
        };
    assertTrue(deliver(early, 4 << 20).cutOff());
    Script late =
        socket -> {
          ScriptedServer.read(socket.getInputStream());
          reset(socket);
        };
    assertTrue(deliver(late, 10).cutOff());
  }

  @Test
  void aFailureBeforeTheBodyOrBehindTheHeadOfAnAnswerIsNone() throws Exception {
    Unavailable refused;
    URI gone;
    try (ScriptedServer server = new ScriptedServer(socket -> {})) {
      gone = server.url();
    }
    try (InterchangeTransport transport = transportTo(gone)) {
      refused =
          assertInstanceOf(
              Unavailable.class,
              transport
                  .deliver(TestBatch.of(1, "[{}]"))
                  .toCompletableFuture()
                  .get(30, TimeUnit.SECONDS));
    }
    assertFalse(refused.cutOff(), refused.cause());
    Script begun =
        socket -> {
          ScriptedServer.read(socket.getInputStream());
          socket
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes("US-ASCII"));
        };
    Unavailable cut = deliver(begun, 10);
    assertFalse(cut.cutOff(), cut.cause());
    CountDownLatch forever = new CountDownLatch(1);
    Unavailable silent =
        deliver(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              forever.await();
            },
            10);
    assertFalse(silent.cutOff(), silent.cause());
  }
}
