package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.http.HttpEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InterchangeLifecycleTest {
  private static final String KEY = "scope3_0123456789abcdef";
  private static final Unavailable CLOSED = new Unavailable("the transport was closed");

  private static InterchangeTransport.Builder builder() {
    return InterchangeTransport.builder().apiKey(() -> KEY);
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("event-buffer-http"))
        .toList();
  }

  /** A pool counts as ended shortly before its last thread is gone. */
  private static List<Thread> threadsLeft() throws InterruptedException {
    for (Thread thread : threads()) {
      thread.join(2_000);
    }
    return threads();
  }

  @Test
  void closeCompletesAttemptsUnderWayAndEndsAllThreads() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    CountDownLatch arrived = new CountDownLatch(8);
    try (ScriptedServer server =
        new ScriptedServer(
            socket -> {
              ScriptedServer.read(socket.getInputStream());
              arrived.countDown();
              forever.await();
            })) {
      InterchangeTransport transport = builder().baseUrl(server.url()).build();
      TestBatch batch = TestBatch.of(1, "[{}]");
      List<CompletableFuture<DeliveryResult>> stages =
          IntStream.range(0, 8)
              .mapToObj(i -> transport.deliver(batch).toCompletableFuture())
              .toList();
      assertTrue(arrived.await(20, TimeUnit.SECONDS));
      assertTrue(threads().size() >= 2, "they run: " + threads());
      transport.close();
      for (CompletableFuture<DeliveryResult> stage : stages) {
        assertEquals(CLOSED, stage.getNow(new Unavailable("not complete")));
      }
      assertEquals(List.of(), threadsLeft());
      assertEquals(0, batch.openStreams().get());
      transport.close();
      assertEquals(CLOSED, transport.deliver(batch).toCompletableFuture().getNow(null));
      assertEquals(List.of(), threadsLeft());
    }
  }

  /**
   * What cannot be brought about here: a client whose selector thread is dead is silent for ever.
   */
  @Test
  void afterSomeSilentAttemptsInARowTheNextOneGetsANewClient() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(
                socket -> {
                  ScriptedServer.read(socket.getInputStream());
                  forever.await();
                });
        InterchangeTransport transport =
            builder().baseUrl(server.url()).requestTimeout(Duration.ofMillis(100)).build()) {
      Set<Thread> before = selectors();
      for (int attempt = 1; attempt <= 7; attempt++) {
        transport.deliver(TestBatch.of(1, "[{}]")).toCompletableFuture().get(20, TimeUnit.SECONDS);
        passTheTimer(transport);
        assertEquals(attempt < 4 ? 0 : 1, fresh(before), "after attempt " + attempt);
      }
    }
  }

  /** A silent attempt is ended by the timer's only thread; behind this, it has done all of that. */
  private static void passTheTimer(InterchangeTransport transport) throws Exception {
    long longAgo = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
    endpoint(transport)
        .inTime(new CompletableFuture<>(), longAgo, "over")
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private static HttpEndpoint endpoint(InterchangeTransport transport)
      throws ReflectiveOperationException {
    Field endpoint = InterchangeTransport.class.getDeclaredField("endpoint");
    endpoint.setAccessible(true);
    return (HttpEndpoint) endpoint.get(transport);
  }

  /** As a client of JDK 25 does whose selector thread has ended for want of heap. */
  @Test
  void aClientThatRefusesEveryRequestGivesWayToANewOne() throws Exception {
    Method shutdownNow = null;
    try {
      shutdownNow = HttpClient.class.getMethod("shutdownNow");
    } catch (NoSuchMethodException e) {
      System.out.println("SKIPPED: aClientThatRefusesEveryRequestGivesWayToANewOne needs a JDK 21");
    }
    assumeTrue(shutdownNow != null, "needs a JDK 21");
    String answer = "{\"events_received\":1,\"events_processed\":1}";
    try (ScriptedServer server = ScriptedServer.answering(ScriptedServer.response(200, answer));
        InterchangeTransport transport = builder().baseUrl(server.url()).build()) {
      Field client = HttpEndpoint.class.getDeclaredField("client");
      client.setAccessible(true);
      shutdownNow.invoke(((AtomicReference<?>) client.get(endpoint(transport))).get());
      DeliveryResult result = deliver(transport);
      assertInstanceOf(Unavailable.class, result);
      // The fifth, or one of those that are faster than the making of a client.
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (result instanceof Unavailable && System.nanoTime() - end < 0) {
        result = deliver(transport);
      }
      assertInstanceOf(DeliveryResult.Delivered.class, result);
    }
  }

  private static DeliveryResult deliver(InterchangeTransport transport) throws Exception {
    return transport
        .deliver(TestBatch.of(1, "[{}]"))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private static int fresh(Set<Thread> before) {
    Set<Thread> now = selectors();
    now.removeAll(before);
    return now.size();
  }

  /** One for each client of the JDK. */
  private static Set<Thread> selectors() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().endsWith("-SelectorManager"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** A time-out is told by the timer; an answer is told by a thread of the JDK's client. */
  @Test
  void aStageMayCloseItsTransport() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    try (ScriptedServer server = new ScriptedServer(socket -> forever.await())) {
      InterchangeTransport transport =
          builder().baseUrl(server.url()).requestTimeout(Duration.ofMillis(100)).build();
      String closer =
          transport
              .deliver(TestBatch.of(1, "[{}]"))
              .thenApply(
                  result -> {
                    transport.close();
                    return Thread.currentThread().getName();
                  })
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);
      assertEquals("event-buffer-http-timer", closer);
      transport.close();
      assertEquals(List.of(), threadsLeft());
    }
  }

  @Test
  void aStuckKeySupplierBlocksNeitherTheCallerNorTheTimeOut() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    InterchangeTransport transport =
        builder()
            .baseUrl(URI.create("http://127.0.0.1:1"))
            .requestTimeout(Duration.ofMillis(300))
            .apiKey(
                () -> {
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return KEY;
                })
            .build();
    List<CompletableFuture<DeliveryResult>> stages =
        IntStream.range(0, 10)
            .mapToObj(i -> transport.deliver(TestBatch.of(1, "[{}]")).toCompletableFuture())
            .toList();
    for (CompletableFuture<DeliveryResult> stage : stages) {
      assertEquals(
          new Unavailable("no complete answer within PT0.3S"), stage.get(10, TimeUnit.SECONDS));
    }
    release.countDown();
    transport.close();
    assertEquals(List.of(), threadsLeft());
  }

  @Test
  void theOutcomeWaitsForAReadOfTheBatchForASecondAtMost() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    TestBatch batch =
        TestBatch.of(
            1,
            100,
            () ->
                new InputStream() {
                  @Override
                  public int read() throws IOException {
                    reading.countDown();
                    try {
                      release.await();
                    } catch (InterruptedException e) {
                      throw new IOException("interrupted");
                    }
                    return -1;
                  }
                });
    try (ScriptedServer server = ScriptedServer.answering("");
        InterchangeTransport transport =
            builder().baseUrl(server.url()).requestTimeout(Duration.ofMillis(300)).build()) {
      long start = System.nanoTime();
      CompletableFuture<DeliveryResult> stage = transport.deliver(batch).toCompletableFuture();
      assertTrue(reading.await(10, TimeUnit.SECONDS));
      assertEquals(
          new Unavailable("no complete answer within PT0.3S"), stage.get(20, TimeUnit.SECONDS));
      assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(1300));
      assertEquals(1, batch.openStreams().get());
      release.countDown();
    }
    assertEquals(0, batch.openStreams().get());
    assertEquals(List.of(), threadsLeft());
  }

  @Test
  void theProxyOfTheOptionIsUsed() throws Exception {
    String good = "{\"events_received\":1,\"events_processed\":1}";
    try (ScriptedServer proxy = ScriptedServer.answering(ScriptedServer.response(200, good));
        InterchangeTransport transport =
            builder()
                .baseUrl(URI.create("http://endpoint.invalid/api"))
                .allowInsecureHttp(true)
                .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.url().getPort())))
                .build()) {
      assertInstanceOf(
          DeliveryResult.Delivered.class,
          transport
              .deliver(TestBatch.of(1, "[{}]"))
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS));
      assertTrue(proxy.requests.remove().head().startsWith("POST http://endpoint.invalid"));
    }
  }

  @Test
  void aProxySelectorThatThrowsIsUnavailable() throws Exception {
    ProxySelector broken =
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            throw new IllegalStateException("no proxy today");
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        };
    try (InterchangeTransport transport =
        builder().baseUrl(URI.create("http://localhost:1")).proxy(broken).build()) {
      assertInstanceOf(
          Unavailable.class,
          transport
              .deliver(TestBatch.of(1, "[{}]"))
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.example.com",
        "HTTPS://api.example.com:8443/a/b/",
        "http://localhost:8080/api",
        "http://LOCALHOST",
        "http://127.0.0.1:1",
        "http://127.8.9.10",
        "http://[::1]:8080/",
        "http://[0:0:0:0:0:0:0:1]"
      })
  void anAddressThatIsSafeIsTaken(String url) {
    builder().baseUrl(URI.create(url)).build().close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "http://api.example.com https",
        "http://127.0.0.1.example.com https",
        "http://127.evil.example https",
        "http://localhost.example.com https",
        "http://10.0.0.1 https",
        "ftp://api.example.com https",
        "/api https",
        "https:api https",
        "https:/api host",
        "https://under_score host",
        "https://s3cret@api.example.com user-info",
        "https://u:s3cret@api.example.com user-info",
        "https://u:s3cret@under_score host",
        "https://api.example.com?token=s3cret query",
        "https://api.example.com#s3cret fragment",
        "https://api.example.com:0 port",
        "https://api.example.com:65536 port",
      })
  void anAddressThatIsNotSafeIsRefused(String url, String rule) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> builder().baseUrl(URI.create(url)).build());
    assertTrue(e.getMessage().startsWith("baseUrl must"), e.getMessage());
    assertTrue(e.getMessage().contains(rule), e.getMessage());
    assertTrue(!e.getMessage().contains("s3cret"), e.getMessage());
  }

  @Test
  void plainHttpNeedsConsent() {
    URI url = URI.create("http://api.example.com");
    builder().allowInsecureHttp(true).baseUrl(url).build().close();
    builder().baseUrl(url).allowInsecureHttp(true).build().close();
    assertThrows(IllegalArgumentException.class, () -> builder().baseUrl(url).build());
  }

  @Test
  void optionsHaveRanges() {
    Duration ms = Duration.ofMillis(1);
    Duration hour = Duration.ofHours(1);
    builder().connectTimeout(ms).requestTimeout(hour).maxResponseBytes(1024).build().close();
    builder().connectTimeout(hour).requestTimeout(ms).maxResponseBytes(64 << 20).build().close();
    builder().userAgent("a").userAgent("a".repeat(256)).build().close();
    for (Duration bad : List.of(Duration.ZERO, ms.negated(), ms.minusNanos(1), hour.plusNanos(1))) {
      assertRefused("connectTimeout", () -> builder().connectTimeout(bad));
      assertRefused("requestTimeout", () -> builder().requestTimeout(bad));
    }
    for (int bad : new int[] {Integer.MIN_VALUE, 0, 1023, (64 << 20) + 1}) {
      assertRefused("maxResponseBytes", () -> builder().maxResponseBytes(bad));
    }
    for (String bad : List.of("", " ", "a ", "a\r\nX: y", "\u00e9", "a".repeat(257))) {
      assertRefused("userAgent", () -> builder().userAgent(bad));
    }
    assertThrows(IllegalStateException.class, () -> InterchangeTransport.builder().build());
  }

  private static void assertRefused(String option, Executable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
    assertTrue(e.getMessage().startsWith(option + " must "), e.getMessage());
  }
}
