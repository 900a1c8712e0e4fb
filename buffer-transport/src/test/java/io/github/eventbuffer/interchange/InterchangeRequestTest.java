package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.http.LibraryVersion;
import io.github.eventbuffer.interchange.ScriptedServer.Request;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InterchangeRequestTest {
  private static final String KEY = "scope3_0123456789abcdef";
  private static final String EVENTS =
      "[{\"event_id\":\"txn_abc123\",\"event_type\":\"purchase\","
          + "\"event_time\":\"2026-04-26T14:30:00-05:00\",\"action_source\":\"website\","
          + "\"event_source_url\":\"https://shop.example.com/checkout/complete\","
          + "\"user_match\":{\"hashed_email\":"
          + "\"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8\","
          + "\"click_id\":\"fb.1.1700000000.AbCdEfGh\",\"click_id_type\":\"fbclid\"},"
          + "\"custom_data\":{\"value\":89.99,\"currency\":\"USD\",\"order_id\":\"order_55512\","
          + "\"content_ids\":[\"sku_red_shoe_42\"],\"num_items\":1}},"
          + "{\"event_id\":\"demo_booked_98765\",\"event_type\":\"custom\","
          + "\"custom_event_name\":\"qualified_demo_booked\","
          + "\"event_time\":\"2026-04-26T15:05:00-05:00\",\"action_source\":\"website\","
          + "\"user_match\":{\"hashed_email\":"
          + "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}}]";

  private static String answer(int count) {
    return ScriptedServer.response(
        200,
        "{\"events_received\":"
            + count
            + ",\"events_processed\":"
            + count
            + ",\"warnings\":[],\"match_quality\":0.87}",
        "Content-Type: application/json");
  }

  private static InterchangeTransport.Builder to(ScriptedServer server) {
    return InterchangeTransport.builder().apiKey(() -> KEY).baseUrl(server.url());
  }

  private static DeliveryResult deliver(InterchangeTransport transport, EventBatch batch)
      throws Exception {
    return transport.deliver(batch).toCompletableFuture().get(50, TimeUnit.SECONDS);
  }

  @Test
  void theRequestIsTheOneOfTheGuide() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(answer(2));
        InterchangeTransport transport = to(server).build()) {
      TestBatch batch = TestBatch.of(2, EVENTS);
      assertEquals(new Delivered(List.of(), List.of(), 0.87, 2), deliver(transport, batch));
      Request request = server.requests.remove();
      String body = "{\"event_source_id\":\"website_pixel\",\"events\":" + EVENTS + "}";
      assertEquals(body, request.text());
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      String[] lines = request.head().split("\r\n");
      for (int i = 1; i < lines.length; i++) {
        headers.put(lines[i].split(": ")[0], lines[i].split(": ")[1]);
      }
      assertEquals("POST /api/advertisers/12345/log-event HTTP/1.1", lines[0]);
      String agent = "event-buffer/" + LibraryVersion.current();
      assertEquals(
          Map.of(
              "accept",
              "application/json",
              "authorization",
              "Bearer " + KEY,
              "content-length",
              String.valueOf(body.length()),
              "content-type",
              "application/json",
              "host",
              server.url().getAuthority(),
              "user-agent",
              agent),
          headers.entrySet().stream()
              .collect(Collectors.toMap(e -> e.getKey().toLowerCase(), Map.Entry::getValue)));
      assertTrue(agent.matches("event-buffer/\\d+\\.\\d+.*"), agent);
      assertEquals(0, batch.openStreams().get());
    }
  }

  @Test
  void idsAreEscapedInPathAndBody() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(answer(1));
        InterchangeTransport transport = to(server).userAgent("shop/1 (x)").build()) {
      Destination odd = new Destination("a/b ?#%é😀..", "p\"\\\u0001é", "t\"1");
      deliver(transport, TestBatch.of(1, "[{}]").to(odd));
      Request request = server.requests.remove();
      assertTrue(
          request
              .head()
              .startsWith(
                  "POST /api/advertisers/a%2Fb%20%3F%23%25%C3%A9%F0%9F%98%80../log-event HTTP/1.1"),
          request.head());
      assertEquals(
          "{\"event_source_id\":\"p\\\"\\\\\\u0001é\",\"test_event_code\":\"t\\\"1\",\"events\":[{}]}",
          request.text());
      assertEquals("shop/1 (x)", request.header("User-Agent"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "\ud800"})
  void anAdvertiserThatFitsInNoPathIsHeld(String id) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(answer(1));
        InterchangeTransport transport = to(server).build()) {
      DeliveryResult result =
          deliver(transport, TestBatch.of(1, "[{}]").to(Destination.of(id, "source")));
      assertInstanceOf(Held.class, result);
      assertEquals(0, server.connections.get());
    }
  }

  @ParameterizedTest
  @CsvSource({"false, -1", "false, 0", "false, 1", "true, -1", "true, 0", "true, 1"})
  void aBodyAroundTheSizeOfAChunkArrivesWhole(boolean gzip, int difference) throws Exception {
    int frame = "{\"event_source_id\":\"website_pixel\",\"events\":}".length();
    for (int chunks = 1; chunks <= 3; chunks++) {
      String events = "x".repeat(chunks * 64 * 1024 - frame + difference);
      try (ScriptedServer server = ScriptedServer.answering(answer(1));
          InterchangeTransport transport = to(server).gzip(gzip).build()) {
        assertInstanceOf(Delivered.class, deliver(transport, TestBatch.of(1, events)));
        byte[] body = server.requests.remove().body();
        String text =
            gzip
                ? new String(
                    new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(),
                    StandardCharsets.UTF_8)
                : new String(body, StandardCharsets.UTF_8);
        assertEquals("{\"event_source_id\":\"website_pixel\",\"events\":" + events + "}", text);
      }
    }
  }

  @Test
  void gzipDecodesToTheSameBytes() throws Exception {
    String events =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "{\"event_id\":\"" + Integer.toHexString(i * 0x9E3779B9) + "\"}")
            .collect(Collectors.joining(",", "[", "]"));
    try (ScriptedServer server = ScriptedServer.answering(answer(20_000));
        InterchangeTransport transport = to(server).gzip(true).build()) {
      assertInstanceOf(Delivered.class, deliver(transport, TestBatch.of(20_000, events)));
      Request request = server.requests.remove();
      assertEquals("gzip", request.header("Content-Encoding"));
      assertEquals("", request.header("Content-Length"));
      assertTrue(request.body().length < events.length() / 2);
      assertArrayEquals(
          ("{\"event_source_id\":\"website_pixel\",\"events\":" + events + "}")
              .getBytes(StandardCharsets.UTF_8),
          new GZIPInputStream(new ByteArrayInputStream(request.body())).readAllBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLargeBodyPassesThroughASmallHeap(boolean gzip) throws Exception {
    long size = 200L << 20;
    AtomicLong received = new AtomicLong();
    int frame = "{\"event_source_id\":\"website_pixel\",\"events\":}".length();
    ScriptedServer.Script script =
        socket -> {
          InputStream in = socket.getInputStream();
          ScriptedServer.readHead(in);
          byte[] buffer = new byte[1 << 16];
          byte[] tail = new byte[5];
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            received.addAndGet(n);
            if (n >= 5) {
              System.arraycopy(buffer, n - 5, tail, 0, 5);
            }
            boolean ended = new String(tail, StandardCharsets.US_ASCII).equals("0\r\n\r\n");
            if (gzip ? ended : received.get() == size + frame) {
              break;
            }
          }
          socket.getOutputStream().write(answer(1).getBytes(StandardCharsets.UTF_8));
        };
    // What is held on the way shows in the gap between what was made and what arrived.
    AtomicLong made = new AtomicLong();
    AtomicLong widest = new AtomicLong();
    TestBatch batch =
        TestBatch.of(
            1,
            size,
            () ->
                new InputStream() {
                  private long left = size;

                  @Override
                  public int read() {
                    throw new AssertionError("one byte at a time");
                  }

                  @Override
                  public int read(byte[] buffer, int offset, int length) {
                    int n = (int) Math.min(left, length);
                    left -= n;
                    long gap = made.addAndGet(n) - received.get();
                    widest.accumulateAndGet(gap, Math::max);
                    return n == 0 ? -1 : n;
                  }
                });
    try (ScriptedServer server = new ScriptedServer(script);
        InterchangeTransport transport = to(server).gzip(gzip).build()) {
      assertInstanceOf(Delivered.class, deliver(transport, batch));
    }
    if (!gzip) {
      assertEquals(size + frame, received.get());
      assertTrue(widest.get() < 32 << 20, "in flight at once: " + widest);
    }
    assertEquals(size, made.get());
  }

  @Test
  void theKeyIsAskedForAtEachAttempt() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedServer server = ScriptedServer.answering(answer(1));
        InterchangeTransport transport =
            to(server).apiKey(() -> "key-" + asked.incrementAndGet()).build()) {
      assertEquals(0, asked.get());
      for (int i = 1; i <= 3; i++) {
        deliver(transport, TestBatch.of(1, "[{}]"));
        assertEquals("Bearer key-" + i, server.requests.remove().header("Authorization"));
      }
    }
  }

  @Test
  void aKeyThatCannotBeSentHoldsAndIsNotShown() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(answer(1))) {
      for (String bad :
          List.of(
              "",
              " \t",
              "secret\n",
              " secret",
              "sec ret",
              "secr\u00e9t",
              "se\u0000cret",
              "s".repeat(8193))) {
        try (InterchangeTransport transport = to(server).apiKey(() -> bad).build()) {
          DeliveryResult result = deliver(transport, TestBatch.of(1, "[{}]"));
          assertTrue(assertInstanceOf(Held.class, result).reason().contains("key"));
          assertFalse(result.toString().contains("sec"), result.toString());
        }
      }
      try (InterchangeTransport none = to(server).apiKey(() -> null).build();
          InterchangeTransport broken =
              to(server)
                  .apiKey(
                      () -> {
                        throw new IllegalStateException("vault said " + KEY);
                      })
                  .build()) {
        assertInstanceOf(Held.class, deliver(none, TestBatch.of(1, "[{}]")));
        Held held = assertInstanceOf(Held.class, deliver(broken, TestBatch.of(1, "[{}]")));
        assertTrue(held.reason().contains("IllegalStateException"), held.reason());
        assertFalse(held.reason().contains(KEY));
      }
      assertEquals(0, server.connections.get());
    }
  }

  @Test
  void aServerThatEchoesTheKeyCannotMakeUsShowIt() throws Exception {
    String echo =
        "{\"error\":{\"code\":\"VALIDATION_ERROR\",\"message\":\"bad Bearer " + KEY + "\"}}";
    try (ScriptedServer server = ScriptedServer.answering(ScriptedServer.response(400, echo));
        InterchangeTransport transport = to(server).build()) {
      InvalidBatch result =
          assertInstanceOf(InvalidBatch.class, deliver(transport, TestBatch.of(1, "[{}]")));
      assertEquals("bad Bearer [hidden]", result.message());
      assertFalse(transport.toString().contains("scope3_"));
      assertTrue(transport.toString().contains(server.url().toString()));
    }
  }

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    try (InterchangeTransport transport =
        InterchangeTransport.builder().apiKey(() -> KEY).build()) {
      assertEquals(
          "InterchangeTransport[https://api.interchange.io/api/v2/buyer, connectTimeout=PT5S,"
              + " requestTimeout=PT30S, gzip=false]",
          transport.toString());
    }
  }

  @Test
  void manyAttemptsAtOnceDoNotMix() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(answer(1));
        InterchangeTransport transport =
            to(server)
                .baseUrl(URI.create(server.url() + "/"))
                .requestTimeout(Duration.ofSeconds(40))
                .build()) {
      var stages =
          IntStream.range(0, 64)
              .mapToObj(
                  i -> transport.deliver(TestBatch.of(1, "[" + i + "]")).toCompletableFuture())
              .toList();
      for (var stage : stages) {
        assertInstanceOf(Delivered.class, stage.get(50, TimeUnit.SECONDS));
      }
      assertEquals(64, server.requests.stream().map(Request::text).distinct().count());
    }
  }
}
