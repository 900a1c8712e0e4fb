package io.github.eventbuffer.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.eventbuffer.testkit.ManualClock;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacingTest {
  private static final Instant NOW = Instant.parse("2026-04-26T19:30:00Z");
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  /** Starts a minute before its overflow, which many of these tests pass. */
  private final ManualClock clock = new ManualClock(NOW);

  private final Pacing pacing = new Pacing(clock);
  private long askers;

  private static HttpHeaders headers(String... pairs) {
    Map<String, List<String>> all = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      all.put(pairs[i], List.of(pairs[i + 1]));
    }
    return HttpHeaders.of(all, (name, value) -> true);
  }

  private static HttpHeaders told(long limit, long remaining, long reset) {
    return headers(
        "RateLimit-Limit", Long.toString(limit),
        "RateLimit-Remaining", Long.toString(remaining),
        "RateLimit-Reset", Long.toString(reset));
  }

  /** One request, answered at once. */
  private void answer(HttpHeaders headers) {
    pacing.ended(pacing.begin(++askers), headers, true);
  }

  private Duration ask() {
    return pacing.delay(++askers);
  }

  /** Seconds, as a thread that has no request promised is told. */
  private double wait(long limit, long remaining, long reset, int underWay) {
    for (int i = 0; i < underWay; i++) {
      pacing.begin(++askers);
    }
    answer(told(limit, remaining, reset));
    return ask().toMillis() / 1_000.0;
  }

  @ParameterizedTest(name = "{1} of {0} left, {2} s to the reset, {3} under way: {4} s")
  @CsvSource({
    // A fifth is plenty; two of a hundred are for others; a second is for the reset's rounding.
    "100,  99, 60,  0,  0",
    "100,  22, 60,  0,  0",
    "100,  21, 59,  0,  3",
    "100,   7, 59,  0, 10",
    "100,   3, 59,  0, 30",
    "100,   2, 59,  0, 60",
    "100,   0, 59,  0, 60",
    "100,   0,  0,  0,  1",
    // What is under way counts.
    "100,  22, 59,  1,  3",
    "100,  26, 59, 20, 12",
    // All that is left is under way: its answers tell more.
    "100,   5, 59,  3,  1",
    "100,   5,  0,  3,  1",
    // Small limits have nothing to spare.
    "  1,   0, 30,  0, 31",
    "  1,   1, 30,  0,  0",
    " 10,   1, 59,  0, 30",
    // Answers that make no sense.
    "  0,   0, 59,  0, 60",
    " 10, 999, 59,  0,  0",
    "100,   0, 999999999, 0, 3601",
  })
  void theDelaySpreadsWhatIsLeft(
      long limit, long remaining, long reset, int underWay, double seconds) {
    assertEquals(seconds, wait(limit, remaining, reset, underWay));
  }

  /** Two requests side by side: the endpoint may count the later one first. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofTwoAnswersInOneWindowTheOneThatLeavesLessHolds(boolean laterIsAnsweredFirst) {
    long earlier = pacing.begin(++askers);
    long later = pacing.begin(++askers);
    if (laterIsAnsweredFirst) {
      pacing.ended(later, told(8, 1, 56), true);
      pacing.ended(earlier, told(8, 0, 56), true);
    } else {
      pacing.ended(earlier, told(8, 0, 56), true);
      pacing.ended(later, told(8, 1, 56), true);
    }
    assertEquals(Duration.ofSeconds(57), ask());
  }

  @Test
  void withoutAWordOfALimitThereIsNoDelay() {
    for (int i = 0; i < 1_000; i++) {
      assertEquals(Duration.ZERO, ask());
      pacing.begin(askers);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "1.5",
        "x",
        "\u0661",
        "0x10",
        "99999999999999999999",
        "1 2",
        ";w=60"
      })
  void whatIsNotANumberTellsNothing(String text) {
    String[] names = {"RateLimit-Remaining", "RateLimit-Reset"};
    for (String name : names) {
      Map<String, List<String>> all = new HashMap<>(told(100, 0, 60).map());
      all.put(name, List.of(text));
      answer(HttpHeaders.of(all, (n, v) -> true));
      assertEquals(Duration.ZERO, ask(), name);
      all.remove(name);
      answer(HttpHeaders.of(all, (n, v) -> true));
      assertEquals(Duration.ZERO, ask(), name + " missing");
    }
    Map<String, List<String>> all = new HashMap<>(told(100, 0, 59).map());
    all.put("RateLimit-Limit", List.of(text));
    answer(HttpHeaders.of(all, (n, v) -> true));
    assertEquals(Duration.ofSeconds(60), ask());
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", " 100 ", "100;w=60", "100, 100;w=60"})
  void theLimitMayCarryItsWindow(String limit) {
    answer(
        headers("RateLimit-Limit", limit, "RateLimit-Remaining", "12", "RateLimit-Reset", "109"));
    assertEquals(Duration.ofSeconds(10), ask());
  }

  @Test
  void theResetMayBeAPointInTimeOfTheEndpointsClock() {
    long endpoint = NOW.getEpochSecond() + 86_400;
    String reset = Long.toString(endpoint + 59);
    answer(
        headers(
            "RateLimit-Limit", "100",
            "RateLimit-Remaining", "0",
            "RateLimit-Reset", reset,
            "Date", "Mon, 27 Apr 2026 19:30:00 GMT"));
    assertEquals(Duration.ofSeconds(60), ask());
  }

  @Test
  void whatIsLeftIsSpreadToTheReset() {
    answer(told(100, 7, 59));
    // Five of the seven, every ten seconds, until the limit starts anew.
    for (int left = 4; left >= 0; left--) {
      assertEquals(Duration.ofSeconds(10), ask());
      clock.advance(Duration.ofMillis(9_999));
      assertEquals(Duration.ofMillis(1), ask());
      clock.advance(Duration.ofMillis(1));
      assertEquals(Duration.ZERO, ask());
      long request = pacing.begin(askers);
      pacing.ended(request, told(100, 2 + left, 9 + 10 * left), true);
    }
    clock.advance(Duration.ofSeconds(10));
    assertEquals(Duration.ZERO, ask());
  }

  @Test
  void theLastRequestIsPromisedOnce() {
    answer(told(10, 1, 59));
    clock.advance(Duration.ofSeconds(30));
    assertEquals(Duration.ZERO, pacing.delay(-1));
    assertEquals(ONE_SECOND, pacing.delay(-2));
    // Asked again it is the same request.
    assertEquals(Duration.ZERO, pacing.delay(-1));
    long request = pacing.begin(-1);
    assertEquals(ONE_SECOND, pacing.delay(-1));
    assertEquals(ONE_SECOND, pacing.delay(-2));
    pacing.ended(request, told(10, 0, 29), true);
    assertEquals(Duration.ofSeconds(30), pacing.delay(-2));
  }

  @Test
  void aPromiseThatIsNotKeptLapses() {
    answer(told(10, 1, 59));
    clock.advance(Duration.ofSeconds(30));
    assertEquals(Duration.ZERO, pacing.delay(-1));
    clock.advance(Duration.ofMillis(9_999));
    assertEquals(ONE_SECOND, pacing.delay(-2));
    clock.advance(Duration.ofSeconds(11));
    assertEquals(Duration.ZERO, pacing.delay(-2));
  }

  @Test
  void afterTheResetTheLimitIsThereAnewAndNoMore() {
    answer(told(3, 0, 9));
    assertEquals(Duration.ofSeconds(10), ask());
    clock.advance(Duration.ofSeconds(10));
    for (int i = 0; i < 3; i++) {
      assertEquals(Duration.ZERO, ask());
      pacing.begin(askers);
    }
    assertEquals(ONE_SECOND, ask());
  }

  @Test
  void aRequestWithoutAnAnswerIsSpentIfItWasSent() {
    answer(told(15, 2, 59));
    pacing.ended(pacing.begin(-1), null, false);
    assertEquals(Duration.ofSeconds(20), ask());
    pacing.ended(pacing.begin(-1), headers("Server", "proxy"), true);
    assertEquals(Duration.ofSeconds(30), ask());
    for (int i = 0; i < 3; i++) {
      pacing.ended(pacing.begin(-1), null, true);
    }
    assertEquals(Duration.ofSeconds(60), ask());
    answer(told(15, 15, 59));
    assertEquals(Duration.ZERO, ask());
  }

  @Test
  void anAnswerThatComesLateTellsOfItsOwnTime() {
    long first = pacing.begin(-1);
    long second = pacing.begin(-2);
    long third = pacing.begin(-3);
    pacing.ended(third, told(100, 50, 60), true);
    pacing.ended(second, told(100, 0, 5), true);
    assertEquals(Duration.ZERO, ask(), "of the minute before");
    pacing.begin(askers);
    pacing.ended(first, told(100, 2, 60), true);
    assertEquals(Duration.ofSeconds(61), ask(), "of the same minute, and counted later");
  }

  @ParameterizedTest
  @CsvSource(
      value = {"null, 1", "0, 1", "1, 1", "2, 2", "3600, 3600", "3601, 3600", "31536000, 3600"},
      nullValues = "null")
  void afterARefusalEverybodyWaitsAsTold(Long told, long seconds) {
    assertEquals(Duration.ZERO, pacing.delay(-1));
    pacing.refused(told == null ? null : Duration.ofSeconds(told));
    assertEquals(Duration.ofSeconds(seconds), pacing.delay(-1), "promised before");
    assertEquals(Duration.ofSeconds(seconds), pacing.delay(-2));
    // A shorter wait told later does not cut it short.
    pacing.refused(ONE_SECOND);
    assertEquals(Duration.ofSeconds(seconds), pacing.delay(-2));
    clock.advance(Duration.ofSeconds(seconds).minusNanos(1));
    assertEquals(Duration.ofNanos(1), pacing.delay(-2));
    clock.advance(Duration.ofNanos(1));
    assertEquals(Duration.ZERO, pacing.delay(-2));
  }

  @Test
  void aRefusalTakesPromisesBack() {
    assertEquals(Duration.ZERO, pacing.delay(-1));
    answer(told(10, 0, 59));
    pacing.refused(ONE_SECOND);
    assertEquals(ONE_SECOND, pacing.delay(-1));
    clock.advance(ONE_SECOND);
    assertEquals(Duration.ofSeconds(59), pacing.delay(-1));
  }

  @Test
  void threadsThatAskTogetherDoNotBothGetTheLast() throws Exception {
    int rounds = 20_000;
    Pacing[] shared = new Pacing[rounds];
    for (int i = 0; i < rounds; i++) {
      shared[i] = new Pacing(clock);
      shared[i].ended(shared[i].begin(-1), told(10, 1, 0), true);
    }
    clock.advance(Duration.ofMillis(500));
    AtomicIntegerArray let = new AtomicIntegerArray(rounds);
    AtomicInteger arrived = new AtomicInteger();
    Callable<Integer> asking =
        () -> {
          for (int i = 0; i < rounds; i++) {
            arrived.incrementAndGet();
            // A barrier that parks would let them through one after the other.
            for (int spins = 1; arrived.get() < 2 * (i + 1); spins++) {
              if (spins % 1_000 == 0) {
                Thread.yield();
              }
            }
            let.addAndGet(i, shared[i].delay().isZero() ? 1 : 0);
          }
          return rounds;
        };
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      for (Future<Integer> each : pool.invokeAll(List.of(asking, asking))) {
        assertEquals(rounds, each.get());
      }
    } finally {
      pool.shutdownNow();
    }
    for (int i = 0; i < rounds; i++) {
      assertEquals(1, let.get(i), "let through, of one request left");
    }
  }
}
