package io.github.eventbuffer.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.InvalidBatch;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventTransport;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.adcp.AdcpAccount;
import io.github.eventbuffer.adcp.AdcpClient;
import io.github.eventbuffer.adcp.AdcpEventSource;
import io.github.eventbuffer.adcp.AdcpEventSourceResult;
import io.github.eventbuffer.adcp.AdcpException;
import io.github.eventbuffer.adcp.Capabilities;
import io.github.eventbuffer.adcp.EventSourceSetup;
import io.github.eventbuffer.adcp.McpTransport;
import io.github.eventbuffer.adcp.Recovery;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The seller of AdCP's own SDK takes what the transport and the client send. */
@Tag("peers")
@ExtendWith(Seller.Packages.class)
@Timeout(120)
class AdcpSellerTest {
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final AdcpAccount ACCOUNT =
      AdcpAccount.brand("acmeoutdoor.example", "pinnacle-agency.example");
  private static final int EVENTS = 10_000;

  private static Seller seller;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    seller = Seller.start();
  }

  @AfterAll
  static void end() {
    if (seller != null) {
      seller.close();
    }
  }

  private static McpTransport.Builder transport() {
    return McpTransport.builder().baseUrl(seller.url()).account(ACCOUNT).apiKey(() -> Seller.KEY);
  }

  private static List<AdcpEventSourceResult> register(McpTransport transport, String source)
      throws InterruptedException {
    return transport
        .client()
        .syncEventSources(
            List.of(AdcpEventSource.of(source).name("Web").eventTypes(EventType.PURCHASE)), false);
  }

  @Test
  void itSaysWhatItCanDo() throws Exception {
    try (McpTransport transport = transport().build()) {
      Capabilities capabilities = transport.client().capabilities();
      assertEquals(List.of(3), capabilities.majorVersions());
      assertEquals(Duration.ofDays(1), capabilities.replayWindow());
      assertTrue(capabilities.conversionTracking());
      assertTrue(capabilities.eventTypes().contains(EventType.PURCHASE));
    }
  }

  @Test
  void aSourceIsCreatedWithItsSnippet() throws Exception {
    try (McpTransport transport = transport().build()) {
      AdcpEventSourceResult created = register(transport, "created").get(0);
      assertEquals("created", created.eventSourceId());
      assertEquals(AdcpEventSourceResult.Action.CREATED, created.action());
      assertEquals(AdcpEventSourceResult.Manager.BUYER, created.managedBy());
      assertEquals(EventSourceSetup.SnippetType.JAVASCRIPT, created.setup().snippetType());
      // Its platform has no list to tell of.
      assertEquals(List.of(), transport.client().discoverEventSources());
    }
  }

  @Test
  void aWrongAccountOrKeyIsRefusedInItsOwnWords() throws Exception {
    try (McpTransport transport =
            transport().account(AdcpAccount.brand("nobody.example", "nobody.example")).build();
        McpTransport locked = transport().apiKey(() -> "not_the_key").build()) {
      AdcpClient client = transport.client();
      AdcpException refusal = assertThrows(AdcpException.class, client::discoverEventSources);
      assertEquals("ACCOUNT_NOT_FOUND", refusal.code());
      assertEquals(Recovery.TERMINAL, refusal.recovery());
      assertEquals("account", refusal.field());
      assertEquals(
          "HTTP_401",
          assertThrows(AdcpException.class, locked.client()::discoverEventSources).code());
      assertInstanceOf(Held.class, deliver(locked, new Batch("web", "[]", "k")));
    }
  }

  /** The answers to the first calls are lost: each batch is sent twice, under one key. */
  @Test
  void tenThousandEventsAreTakenOnceAlthoughEachBatchIsSentTwice() throws Exception {
    AtomicInteger lost = new AtomicInteger();
    int before = seller.executed();
    try (McpTransport transport = transport().build();
        EventTransport losing = new Losing(transport, lost);
        EventBuffer buffer =
            EventBuffer.builder(directory.resolve("events"))
                .destination(Destination.of("any", "ten_thousand"))
                .transport(losing)
                .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)))
                .maxBatchEvents(2_500)
                .flushInterval(LONG)
                .segmentBytes(8 << 20)
                .open()) {
      register(transport, "ten_thousand");
      for (int i = 0; i < EVENTS; i++) {
        ConversionEvent event =
            ConversionEvent.purchase("txn_" + i, TIME)
                .source("https://shop.example.com/checkout/complete")
                .user(UserMatch.email("customer" + i + "@example.com"))
                .value("89.99", "USD")
                .build();
        assertEquals(AppendResult.ACCEPTED, buffer.append(event));
      }
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health().toString());
      assertEquals(EVENTS, buffer.stats().delivered());
      assertEquals(0, buffer.stats().deadLettered());
      assertEquals(4, lost.get());
      assertEquals(before + 4, seller.executed(), "the second attempts were replayed");
    }
  }

  /** As AdCP has it: the same request is replayed, another one under its key is a conflict. */
  @Test
  void aKeyStandsForItsBatch() throws Exception {
    String key = UUID.randomUUID().toString();
    int before = seller.executed();
    try (McpTransport transport = transport().build()) {
      register(transport, "a_key");
      Batch batch = new Batch("a_key", "[" + event("1", "purchase") + "]", key);
      assertEquals(Delivered.all(1), deliver(transport, batch));
      assertEquals(Delivered.all(1), deliver(transport, batch));
      Batch other = new Batch("a_key", "[" + event("2", "purchase") + "]", key);
      Held held = assertInstanceOf(Held.class, deliver(transport, other));
      assertTrue(held.reason().startsWith("IDEMPOTENCY_CONFLICT"), held.reason());
      assertEquals(before + 1, seller.executed());
    }
  }

  @Test
  void eventsThatItRefusesAreNamedByTheirPlace() throws Exception {
    try (McpTransport transport = transport().build()) {
      String events = "[" + event("1", "purchase") + "," + event("2", "bogus") + "]";
      InvalidBatch invalid =
          assertInstanceOf(
              InvalidBatch.class,
              deliver(transport, new Batch("web", events, UUID.randomUUID().toString())));
      assertEquals("VALIDATION_ERROR", invalid.code());
      assertEquals(List.of(1), invalid.invalid().stream().map(each -> each.position()).toList());
    }
  }

  private static String event(String id, String type) {
    return "{\"event_id\":\""
        + id
        + "\",\"event_type\":\""
        + type
        + "\",\"event_time\":\"2026-04-26T14:30:00Z\",\"user_match\":{\"hashed_email\":\""
        + "ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976\"}}";
  }

  private static DeliveryResult deliver(EventTransport transport, EventBatch batch)
      throws Exception {
    return transport.deliver(batch).toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** Loses the answer to each batch's first attempt. */
  private record Losing(McpTransport transport, AtomicInteger lost) implements EventTransport {
    @Override
    public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
      boolean first = batch.attempt() == 1;
      return transport
          .deliver(batch)
          .thenCompose(
              result -> {
                if (first && result instanceof Delivered) {
                  lost.incrementAndGet();
                  return CompletableFuture.failedStage(new IllegalStateException("lost"));
                }
                return CompletableFuture.completedStage(result);
              });
    }

    @Override
    public Duration delay() {
      return transport.delay();
    }

    @Override
    public void close() {}
  }

  /** A batch of the test's own. */
  private record Batch(String source, String json, String idempotencyKey) implements EventBatch {
    @Override
    public Destination destination() {
      return Destination.of("any", source);
    }

    @Override
    public int count() {
      return json.split("event_id").length - 1;
    }

    @Override
    public long byteSize() {
      return json.length();
    }

    @Override
    public int attempt() {
      return 1;
    }

    @Override
    public InputStream openEvents() {
      return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }
  }
}
