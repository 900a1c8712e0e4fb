package io.github.eventbuffer.adcp;

import static io.github.eventbuffer.adcp.McpAnswersTest.error;
import static io.github.eventbuffer.adcp.ScriptedAgent.adcpError;
import static io.github.eventbuffer.adcp.ScriptedAgent.http;
import static io.github.eventbuffer.adcp.ScriptedAgent.json;
import static io.github.eventbuffer.adcp.ScriptedAgent.message;
import static io.github.eventbuffer.adcp.ScriptedAgent.result;
import static io.github.eventbuffer.adcp.ScriptedAgent.toolWords;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.Delivered;
import io.github.eventbuffer.DeliveryResult.Held;
import io.github.eventbuffer.DeliveryResult.Throttled;
import io.github.eventbuffer.DeliveryResult.Unavailable;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.interchange.TestBatch;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to an agent, when nothing is, and the transport's options. */
class McpTransportTest {
  static final AdcpAccount ACCOUNT = AdcpAccount.brand("acme-corp.com", "agency.example");
  static final String KEY = "scope3_0123456789abcdef";
  private static final TestBatch BATCH =
      TestBatch.of(2, "[{\"event_id\":\"a\"},{\"event_id\":\"b\"}]");

  static McpTransport.Builder builder(URI url) {
    return McpTransport.builder()
        .baseUrl(url)
        .account(ACCOUNT)
        .apiKey(() -> KEY)
        .requestTimeout(Duration.ofSeconds(10));
  }

  static DeliveryResult deliver(McpTransport transport, EventBatch batch) throws Exception {
    return transport.deliver(batch).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void theRequestIsAToolCallWithTheBatchsOwnBytesAndKey() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken);
        McpTransport transport = builder(agent.url()).build()) {
      TestBatch batch = BATCH.to(new Destination("1", "pixel \"\u00E9", "t"));
      assertEquals(new Delivered(List.of(), List.of(), null, 2), deliver(transport, batch));
      assertEquals(0, batch.openStreams().get());
      ScriptedAgent.Message sent = agent.calls("log_event").get(0);
      assertEquals("/mcp", sent.exchange().getRequestURI().toString());
      assertEquals("POST", sent.exchange().getRequestMethod());
      assertEquals("Bearer " + KEY, sent.header("Authorization"));
      assertEquals("application/json", sent.header("Content-Type"));
      assertEquals("application/json, text/event-stream", sent.header("Accept"));
      assertEquals("", sent.header("Mcp-Session-Id"));
      assertEquals("tools/call", sent.method());
      assertEquals(
          "{\"adcp_major_version\":3,\"idempotency_key\":\"00000000-0000-4000-8000-000000000000\","
              + "\"event_source_id\":\"pixel \\\"\u00E9\",\"test_event_code\":\"t\","
              + "\"events\":[{\"event_id\":\"a\"},{\"event_id\":\"b\"}]}",
          sent.arguments().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/"})
  void aTrailingSlashIsKept(String end) throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken);
        McpTransport transport = builder(URI.create(agent.url() + end)).build()) {
      assertInstanceOf(Delivered.class, deliver(transport, BATCH));
      assertTrue(
          agent.messages.stream()
              .allMatch(m -> m.exchange().getRequestURI().getPath().equals("/mcp" + end)));
    }
  }

  @Test
  void withoutAReplayWindowNothingIsSent() throws Exception {
    String[] capabilities = {"{\"adcp\":{\"major_versions\":[3]}}"};
    try (ScriptedAgent agent =
            new ScriptedAgent(
                message ->
                    message.tool().equals("log_event")
                        ? ScriptedAgent.taken(message)
                        : result(capabilities[0]));
        McpTransport transport = builder(agent.url()).build()) {
      for (String idempotency :
          List.of(
              "{}",
              "{\"supported\":false}",
              "{\"supported\":true}",
              "{\"supported\":false,\"replay_ttl_seconds\":3600}",
              "{\"supported\":true,\"replay_ttl_seconds\":0}")) {
        capabilities[0] = "{\"adcp\":{\"idempotency\":" + idempotency + "}}";
        Held held = assertInstanceOf(Held.class, deliver(transport, BATCH), idempotency);
        assertTrue(held.reason().contains("replay window"), held.reason());
      }
      assertEquals(0, agent.calls("log_event").size());
      // Asked again until the answer is yes, and then no more.
      capabilities[0] = ScriptedAgent.CAPABILITIES;
      assertInstanceOf(Delivered.class, deliver(transport, BATCH));
      assertInstanceOf(Delivered.class, deliver(transport, BATCH));
      assertEquals(6, agent.calls("get_adcp_capabilities").size());
      assertEquals(2, agent.calls("log_event").size());
    }
  }

  static Stream<Arguments> capabilityFailures() {
    return Stream.of(
        Arguments.of(Unavailable.class, http(503, "", "")),
        Arguments.of(Unavailable.class, json("<html>")),
        Arguments.of(Throttled.class, http(429, "", "")),
        Arguments.of(Held.class, http(401, "", "")),
        Arguments.of(Held.class, http(413, "", "")),
        Arguments.of(Held.class, adcpError(error("VALIDATION_ERROR", ""))),
        Arguments.of(Held.class, adcpError(error("IDEMPOTENCY_EXPIRED", ""))),
        Arguments.of(Held.class, toolWords("Unknown tool: get_adcp_capabilities")));
  }

  @ParameterizedTest
  @MethodSource("capabilityFailures")
  void whatKeepsTheSellerFromSayingBlamesNoBatch(Class<?> outcome, ScriptedAgent.Reply reply)
      throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent(message -> reply);
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(outcome, deliver(transport, BATCH));
      assertEquals(0, agent.calls("log_event").size());
    }
  }

  @Test
  void anAccountByIdTakesNoOtherAdvertisersEvents() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken);
        McpTransport transport = builder(agent.url()).account(AdcpAccount.id("acct_1")).build()) {
      assertInstanceOf(Held.class, deliver(transport, BATCH));
      assertEquals(0, agent.messages.size());
      TestBatch own = BATCH.to(Destination.of("acct_1", "web"));
      assertInstanceOf(Delivered.class, deliver(transport, own));
      assertFalse(agent.calls("log_event").get(0).arguments().has("account"));
    }
  }

  @Test
  void aDestinationThatCannotBeWrittenIsHeld() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken);
        McpTransport transport = builder(agent.url()).build()) {
      assertInstanceOf(
          Held.class, deliver(transport, BATCH.to(Destination.of("1", "half \uD800"))));
      assertEquals(0, agent.messages.size());
    }
  }

  @Test
  void withoutAKeyItIsHeld() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken);
        McpTransport transport = builder(agent.url()).apiKey(() -> null).build()) {
      Held held = assertInstanceOf(Held.class, deliver(transport, BATCH));
      assertTrue(held.reason().contains("apiKey"), held.reason());
    }
  }

  @Test
  void afterCloseItIsUnavailable() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.logging(ScriptedAgent::taken)) {
      McpTransport transport = builder(agent.url()).build();
      assertInstanceOf(Delivered.class, deliver(transport, BATCH));
      transport.close();
      assertInstanceOf(Unavailable.class, deliver(transport, BATCH));
    }
  }

  @Test
  void aThrottledAnswerDelaysWhoeverComesNext() throws Exception {
    try (ScriptedAgent agent =
            ScriptedAgent.logging(
                message -> adcpError(error("RATE_LIMITED", "") + ",\"retry_after\":1800"));
        McpTransport transport = builder(agent.url()).build()) {
      assertEquals(new Throttled(Duration.ofSeconds(1800)), deliver(transport, BATCH));
      assertTrue(transport.delay().compareTo(Duration.ofSeconds(1700)) > 0);
    }
  }

  @Test
  void whatIsRequiredIsAskedForByName() {
    McpTransport.Builder builder = McpTransport.builder();
    assertEquals(
        "account must be set",
        assertThrows(IllegalStateException.class, builder::build).getMessage());
    builder.account(ACCOUNT);
    assertEquals(
        "apiKey must be set",
        assertThrows(IllegalStateException.class, builder::build).getMessage());
    builder.apiKey(() -> KEY);
    assertEquals(
        "baseUrl must be set",
        assertThrows(IllegalStateException.class, builder::build).getMessage());
    builder.baseUrl(URI.create("http://seller.example/mcp"));
    assertThrows(IllegalArgumentException.class, builder::build);
    try (McpTransport transport =
        builder.baseUrl(URI.create("https://seller.example/mcp")).build()) {
      assertTrue(transport.toString().startsWith("McpTransport[https://seller.example/mcp, "));
      assertFalse(transport.toString().contains(KEY));
    }
    assertThrows(NullPointerException.class, () -> builder.account(null));
    assertThrows(NullPointerException.class, () -> builder.baseUrl(null));
    assertNull(AdcpAccount.brand("a.example", "b.example").brandId());
  }
}
