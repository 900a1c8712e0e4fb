package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.TooLarge;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.interchange.ScriptedServer.Script;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InterchangeFailureTest {
  private static final String KEY = "scope3_0123456789abcdef";
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final String GOOD = "{\"events_received\":1,\"events_processed\":1}";

  private static InterchangeTransport.Builder to(URI url) {
    return InterchangeTransport.builder().apiKey(() -> KEY).baseUrl(url);
  }

  private static DeliveryResult deliver(InterchangeTransport transport, EventBatch batch)
      throws Exception {
    DeliveryResult result =
        transport.deliver(batch).toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertFalse(result.toString().contains(KEY));
    return result;
  }

  private static DeliveryResult deliverTo(Script script, Duration timeout) throws Exception {
    TestBatch batch = TestBatch.of(1, "[{\"event_id\":\"private\"}]");
    try (ScriptedServer server = new ScriptedServer(script);
        InterchangeTransport transport = to(server.url()).requestTimeout(timeout).build()) {
      DeliveryResult result = deliver(transport, batch);
      assertFalse(result.toString().contains("private"));
      assertEquals(0, batch.openStreams().get());
      assertEquals(1, server.connections.get(), "one attempt is one connection");
      return result;
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  @Test
  void silenceEndsWithTheTimeOut() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    Unavailable result =
        assertInstanceOf(Unavailable.class, deliverTo(socket -> forever.await(), SHORT));
    assertEquals("no complete answer within PT0.4S", result.cause());
  }

  @Test
  void aDripFedAnswerEndsWithTheTimeOut() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    DeliveryResult result =
        deliverTo(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{");
              while (!forever.await(5, TimeUnit.MILLISECONDS)) {
                write(socket, " ");
              }
            },
            SHORT);
    assertEquals(new Unavailable("no complete answer within PT0.4S"), result);
  }

  @Test
  void aTimeOutClosesTheConnection() throws Exception {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    try (ScriptedServer server =
            new ScriptedServer(
                socket -> {
                  ScriptedServer.read(socket.getInputStream());
                  try {
                    end.complete(socket.getInputStream().read());
                  } catch (IOException e) {
                    end.complete(-1);
                  }
                });
        InterchangeTransport transport = to(server.url()).requestTimeout(SHORT).build()) {
      assertInstanceOf(Unavailable.class, deliver(transport, TestBatch.of(1, "[{}]")));
      assertEquals(-1, end.get(10, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"401", "404", "413"})
  void aRefusalStandsWithoutItsBody(String status) throws Exception {
    String head = "HTTP/1.1 " + status + " No\r\nContent-Length: 100000\r\n\r\n{";
    Class<?> expected = status.equals("413") ? TooLarge.class : Held.class;
    CountDownLatch forever = new CountDownLatch(1);
    assertInstanceOf(
        expected,
        deliverTo(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              write(socket, head);
              forever.await();
            },
            Duration.ofMillis(900)));
    assertInstanceOf(
        expected,
        deliverTo(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              write(socket, head);
            },
            Duration.ofSeconds(10)));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 407})
  void aRefusalWithoutItsChallengeHeaderIsHeld(int status) throws Exception {
    assertInstanceOf(
        Held.class,
        deliverTo(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              write(socket, ScriptedServer.response(status, ""));
            },
            Duration.ofSeconds(10)));
  }

  @Test
  void anEarlyRefusalIsSeenAfterTheUpload() throws Exception {
    assertInstanceOf(
        TooLarge.class,
        deliverTo(
            socket -> {
              ScriptedServer.readHead(socket.getInputStream());
              write(socket, ScriptedServer.response(413, ""));
              socket.getInputStream().readAllBytes();
            },
            Duration.ofSeconds(10)));
  }

  @Test
  void anEndlessBodyIsCutOff() throws Exception {
    AtomicLong written = new AtomicLong();
    DeliveryResult result =
        deliverTo(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              OutputStream out = socket.getOutputStream();
              byte[] chunk =
                  ("8000\r\n" + " ".repeat(0x8000) + "\r\n").getBytes(StandardCharsets.UTF_8);
              while (true) {
                out.write(chunk);
                written.addAndGet(0x8000);
              }
            },
            Duration.ofSeconds(20));
    assertEquals(
        new Unavailable(
            "the answer of HTTP 200 is not understood: it is larger than 16777216 bytes"),
        result);
    assertTrue(written.get() < 64 << 20, "read " + written);
  }

  @Test
  void theLimitOfTheAnswerIsExact() throws Exception {
    for (int size = 2047; size <= 2049; size++) {
      String body = GOOD + " ".repeat(size - GOOD.length());
      try (ScriptedServer server = ScriptedServer.answering(ScriptedServer.response(200, body));
          InterchangeTransport transport = to(server.url()).maxResponseBytes(2048).build()) {
        Class<?> expected = size <= 2048 ? DeliveryResult.Delivered.class : Unavailable.class;
        assertInstanceOf(expected, deliver(transport, TestBatch.of(1, "[{}]")), "size " + size);
      }
    }
  }

  @Test
  void aStatedGigabyteIsNotReserved() throws Exception {
    assertInstanceOf(
        Unavailable.class,
        deliverTo(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n" + GOOD);
            },
            Duration.ofSeconds(10)));
  }

  @Test
  void aCutConnectionIsUnavailable() throws Exception {
    assertInstanceOf(Unavailable.class, deliverTo(socket -> {}, Duration.ofSeconds(10)));
    assertInstanceOf(
        Unavailable.class,
        deliverTo(socket -> ScriptedServer.read(socket.getInputStream()), Duration.ofSeconds(10)));
    for (String cut :
        new String[] {
          "HTTP/1.1 2",
          "HTTP/1.1 200 OK\r\nContent-Le",
          "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + GOOD,
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2a\r\n" + GOOD + "\r\n",
          "HTTP/1.1 200 OK\r\n\r\n" + GOOD.substring(0, GOOD.length() - 1),
          "SSH-2.0-OpenSSH_9.2\r\n",
        }) {
      assertInstanceOf(
          Unavailable.class,
          deliverTo(
              socket -> {
                ScriptedServer.read(socket.getInputStream());
                write(socket, cut);
              },
              Duration.ofSeconds(10)),
          cut);
    }
  }

  @Test
  void nobodyListeningIsUnavailable() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (InterchangeTransport transport = to(URI.create("http://127.0.0.1:" + port)).build()) {
      Unavailable result =
          assertInstanceOf(Unavailable.class, deliver(transport, TestBatch.of(1, "[{}]")));
      assertTrue(result.cause().startsWith("cannot connect to 127.0.0.1:" + port), result.cause());
    }
  }

  @Test
  void aHostWithoutAnAddressIsUnavailable() throws Exception {
    try (InterchangeTransport transport =
        to(URI.create("https://no-such-host.invalid/api")).build()) {
      assertInstanceOf(Unavailable.class, deliver(transport, TestBatch.of(1, "[{}]")));
    }
  }

  @Test
  void aServerWithoutTlsIsUnavailable() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(socket -> write(socket, "HTTP/1.1 400 Bad Request\r\n\r\n"));
        InterchangeTransport transport =
            to(URI.create("https://127.0.0.1:" + server.url().getPort())).build()) {
      // Whether TLS or the closed connection is noticed first is a race.
      assertInstanceOf(Unavailable.class, deliver(transport, TestBatch.of(1, "[{}]")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsHeldAndNotFollowed(int status) throws Exception {
    try (ScriptedServer other = ScriptedServer.answering(ScriptedServer.response(200, GOOD));
        ScriptedServer server =
            ScriptedServer.answering(
                ScriptedServer.response(status, "", "Location: " + other.url()));
        InterchangeTransport transport = to(server.url()).build()) {
      Held held = assertInstanceOf(Held.class, deliver(transport, TestBatch.of(1, "[{}]")));
      assertTrue(held.reason().contains("HTTP " + status), held.reason());
      assertEquals(0, other.connections.get());
      assertEquals(1, server.connections.get());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eventsThatCannotBeReadNeverLookWhole(boolean gzip) throws Exception {
    byte[] first = "x".repeat(50_000).getBytes(StandardCharsets.UTF_8);
    InputStream damaged =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("entry 7 is damaged");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
          }
        };
    for (TestBatch batch :
        new TestBatch[] {
          TestBatch.of(1, 100_000, () -> damaged),
          TestBatch.of(
              1, 100_000, () -> new SequenceInputStream(new ByteArrayInputStream(first), damaged)),
          TestBatch.of(1, 100_000, () -> new ByteArrayInputStream(first)),
          TestBatch.of(1, 49_999, () -> new ByteArrayInputStream(first)),
          TestBatch.of(
              1,
              100_000,
              () -> {
                throw new OutOfMemoryError("made by the test");
              }),
        }) {
      CompletableFuture<Boolean> whole = new CompletableFuture<>();
      Script script =
          socket -> {
            try {
              ScriptedServer.read(socket.getInputStream());
              whole.complete(true);
              write(socket, ScriptedServer.response(200, GOOD));
            } catch (IOException e) {
              whole.complete(false);
            }
          };
      try (ScriptedServer server = new ScriptedServer(script);
          InterchangeTransport transport = to(server.url()).gzip(gzip).build()) {
        Unavailable result = assertInstanceOf(Unavailable.class, deliver(transport, batch));
        assertTrue(result.cause().startsWith("the events could not be read: "), result.cause());
        assertFalse(whole.get(10, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void anErrorInTheKeySupplierCompletesTheStage() throws Exception {
    try (InterchangeTransport transport =
        to(URI.create("http://127.0.0.1:1"))
            .apiKey(
                () -> {
                  throw new StackOverflowError();
                })
            .build()) {
      assertEquals(
          new Unavailable("StackOverflowError"), deliver(transport, TestBatch.of(1, "[{}]")));
    }
  }
}
