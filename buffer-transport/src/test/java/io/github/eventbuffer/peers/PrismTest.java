package io.github.eventbuffer.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An independent checker holds the library to an OpenAPI document of the endpoint's request: all
 * that the buffer accepts and the transport sends keeps to it, and the document lets nothing pass
 * that breaks a rule.
 */
@Tag("peers")
@ExtendWith(NodePackages.class)
@Timeout(120)
class PrismTest {
  private static final String DOCUMENT = "log-event.json";
  private static final String PATH = "/advertisers/12345/log-event";
  private static final String[] HEADERS = {
    "Authorization", "Bearer scope3_0", "Content-Type", "application/json"
  };
  private static final int LARGEST_BATCH = 50;
  private static final Duration LONG = Duration.ofSeconds(30);

  /** What AdCP 3.1 knows beyond the REST endpoint's pages. */
  private static final Set<String> OF_ADCP =
      Set.of(
          "/events/custom_data/content_name",
          "/events/custom_data/content_category",
          "/events/custom_data/search_string",
          "/events/custom_data/progress_percent",
          "/events/custom_data/progress_seconds");

  private static Prism prism;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    prism = Prism.start(DOCUMENT);
  }

  @AfterAll
  static void end() {
    if (prism != null) {
      prism.close();
    }
  }

  static Stream<Destination> destinations() {
    return Stream.of(
        Destination.of("12345", "website_pixel"),
        new Destination("1", "p", "t"),
        new Destination("a/b ?#%\u00E9", "\u20AC".repeat(256), "\"\\\u0001\u00E9".repeat(64)));
  }

  /** Batches of 1, 2 … 50 events. Another seed: -Dseed=… */
  @ParameterizedTest
  @MethodSource("destinations")
  void whatTheBufferAcceptsKeepsToTheDocument(Destination destination) throws Exception {
    long seed = Long.getLong("seed", 20261120);
    RandomEvents events = new RandomEvents(31 * seed + destination.eventSourceId().length());
    try (JudgedEndpoint endpoint = new JudgedEndpoint(prism);
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> "scope3_0123456789abcdef")
                .baseUrl(endpoint.url())
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory.resolve("events"))
                .destination(destination)
                .transport(transport)
                .flushInterval(Duration.ofHours(1))
                .requireSourceUrl(false)
                .segmentBytes(2 << 20)
                .open()) {
      for (int count = 1; count <= LARGEST_BATCH; count++) {
        append(buffer, events, count);
        boolean complete = buffer.flush(LONG).complete();
        assertAllAccepted(endpoint, seed);
        assertTrue(complete, () -> buffer.health() + " " + buffer.stats());
      }
      assertEquals(
          IntStream.rangeClosed(1, LARGEST_BATCH).boxed().toList(),
          endpoint.judged().stream().map(JudgedEndpoint.Judged::count).toList());
      Set<String> known = known();
      if (destination.testEventCode() == null) {
        known.remove("/test_event_code");
      }
      Set<String> sent = new TreeSet<>();
      endpoint.judged().forEach(request -> sent.addAll(FieldPaths.of(request.body())));
      assertEquals(known, sent);
    }
  }

  private static void append(EventBuffer buffer, RandomEvents events, int count) {
    int tries = 0;
    for (int accepted = 0; accepted < count; tries++) {
      assertTrue(tries < 100 + 4 * count, "the buffer accepts next to nothing");
      AppendResult result = buffer.append(events.next());
      if (result.status() != AppendResult.Status.INVALID) {
        assertEquals(AppendResult.ACCEPTED, result);
        accepted++;
      }
    }
  }

  /** Names the smallest request that was refused: the buffer parts a batch that is. */
  private static void assertAllAccepted(JudgedEndpoint endpoint, long seed) {
    endpoint.judged().stream()
        .filter(request -> !request.verdict().isAccepted())
        .min((a, b) -> Integer.compare(a.body().toString().length(), b.body().toString().length()))
        .ifPresent(
            request -> {
              throw new AssertionError(
                  "seed " + seed + ": " + request.verdict() + " for " + request.body());
            });
  }

  private static Set<String> known() throws Exception {
    try (var in = PrismTest.class.getResourceAsStream(DOCUMENT)) {
      Set<String> fields = FieldPaths.ofDocument(new ObjectMapper().readTree(in), "Request");
      fields.addAll(OF_ADCP);
      return fields;
    }
  }

  static List<Breakage> breakages() {
    return Breakage.all();
  }

  @ParameterizedTest
  @MethodSource("breakages")
  void aBrokenRuleIsSeenWhereItIsBroken(Breakage breakage) throws Exception {
    Prism.Verdict verdict = judge(breakage.body());
    assertEquals(422, verdict.status(), verdict::toString);
    String expected = breakage.keyword() + " at " + breakage.seenAt() + ": ";
    assertTrue(
        verdict.violations().stream().anyMatch(found -> found.startsWith(expected)),
        () -> expected + " not in " + verdict);
    assertTrue(
        verdict.violations().stream().allMatch(found -> found.contains(breakage.seenAt())),
        () -> "more than " + expected + " in " + verdict);
  }

  static Stream<Breakage> freedoms() {
    return Stream.of(
        free("10,000 events", "/events", Breakage.events(10_000)),
        free("256 characters beyond 16 bits", "/events/0/event_id", quoted("\uD83D\uDC5F", 256)),
        free("no seconds", "/events/0/event_time", "\"2026-04-26T14:30Z\""),
        free("a long fraction", "/events/0/event_time", "\"2026-04-26T14:30:00.123456789012Z\""),
        free("a type of tomorrow's", "/events/0/event_type", "\"deposit_v2\""),
        free("a field of tomorrow's", "/events/0/channel", "\"tv\""),
        free("no code", "/test_event_code", null),
        free("no value", "/events/0/custom_data/value", null),
        free("nothing", "/events/0/custom_data/num_items", "0"),
        free("2^53 - 1", "/events/0/custom_data/num_items", "9007199254740991"),
        free("a uid", "/events/0/user_match", "{\"uids\":[{\"type\":\"x\",\"value\":\"y\"}]}"),
        free("an e-mail", "/events/0/user_match", "{\"hashed_email\":" + quoted("a0", 32) + "}"),
        free("a phone", "/events/0/user_match", "{\"hashed_phone\":" + quoted("a0", 32) + "}"),
        free("a click", "/events/0/user_match", "{\"click_id\":\"x\"}"),
        free(
            "address and agent",
            "/events/0/user_match",
            "{\"client_ip\":\"::1\",\"client_user_agent\":\"x\"}"));
  }

  private static Breakage free(String what, String place, String value) {
    return new Breakage(what, place, value, "");
  }

  private static String quoted(String piece, int times) {
    return "\"" + piece.repeat(times) + "\"";
  }

  @ParameterizedTest
  @MethodSource("freedoms")
  void whatNoRuleForbidsIsTaken(Breakage freedom) throws Exception {
    Prism.Verdict verdict = judge(freedom.body());
    assertTrue(verdict.isAccepted(), verdict::toString);
  }

  @Test
  void aWholeRequestIsTakenAndHasEveryField() throws Exception {
    assertTrue(judge(Breakage.whole()).isAccepted());
    Set<String> fields = FieldPaths.of(Breakage.whole());
    fields.addAll(OF_ADCP);
    assertEquals(known(), fields);
  }

  @Test
  void aRequestWithoutAKeyIsRefused() throws Exception {
    byte[] body = Breakage.whole().toString().getBytes(StandardCharsets.UTF_8);
    assertEquals(401, prism.judge(PATH, body, "Content-Type", "application/json").status());
  }

  private static Prism.Verdict judge(JsonNode body) throws Exception {
    return prism.judge(PATH, body.toString().getBytes(StandardCharsets.UTF_8), HEADERS);
  }
}
