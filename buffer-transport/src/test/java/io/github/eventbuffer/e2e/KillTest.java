package io.github.eventbuffer.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.testkit.EventKey;
import io.github.eventbuffer.testkit.FakeEndpoint;
import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 at any moment, judged by what the endpoint stored and by what the child had said. */
@Tag("slow")
class KillTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ENOUGH = 1_000;
  private static final int PER_RUN = 1_000_000;

  @TempDir Path directory;

  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final List<String> complaints = new ArrayList<>();
  private final AtomicLong unknownOutcomes = new AtomicLong();

  @Test
  void twentyKillsLoseNothingAndStayInsideTheDuplicateBound() throws Exception {
    killAndJudge(20, List.of());
  }

  /** A container starts its service with the same pid each time. */
  @Test
  void killsWithTheSamePidLoseNothing() throws Exception {
    List<String> unshare =
        List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child=KILL");
    boolean may = new ProcessBuilder(concat(unshare, "true")).start().waitFor() == 0;
    if (!may) {
      System.out.println("SKIPPED: killsWithTheSamePidLoseNothing needs the right to unshare");
    }
    Assumptions.assumeTrue(may, "needs the right to unshare");
    killAndJudge(5, unshare);
  }

  private void killAndJudge(int kills, List<String> before) throws Exception {
    Random random = new Random(20261120);
    try (FakeEndpoint endpoint =
        FakeEndpoint.builder()
            .script(
                Script.random(
                    7,
                    15,
                    Fault.status(503),
                    Fault.cut().storing(),
                    Fault.throttled(Duration.ZERO)))
            .start()) {
      int kill = 0;
      // A busy machine accepts less in the time that each life has; then there are more lives.
      for (; kill < kills || acknowledged.size() <= ENOUGH && kill < 10 * kills; kill++) {
        CountDownLatch opened = new CountDownLatch(1);
        try (Child child = start(before, endpoint, kill, PER_RUN, opened)) {
          // Some die while they start, most while they append, deliver and roll.
          boolean early = kill % 5 == 4;
          if (!early) {
            assertTrue(opened.await(30, TimeUnit.SECONDS), "the buffer did not open");
          }
          child.run(Duration.ofMillis(random.nextInt(early ? 600 : 400)));
          child.kill();
        }
      }
      CountDownLatch opened = new CountDownLatch(1);
      try (Child drain = start(before, endpoint, kill, 0, opened)) {
        assertEquals(0, drain.await());
      }
      judge(endpoint, kill);
    }
  }

  private Child start(
      List<String> before, FakeEndpoint endpoint, int run, int count, CountDownLatch opened)
      throws Exception {
    List<String> arguments =
        List.of(
            directory.resolve("events").toString(),
            endpoint.baseUrl().toString(),
            Long.toString((long) run * PER_RUN),
            Integer.toString(count));
    return new Child(before, CheckoutJvm.class, arguments, line -> heard(line, opened));
  }

  private void heard(String line, CountDownLatch opened) {
    if (line.equals("open")) {
      opened.countDown();
    } else if (!line.isEmpty() && Character.isDigit(line.charAt(0))) {
      acknowledged.add(Long.parseLong(line));
    } else if (line.startsWith("refused") || line.equals("drained false")) {
      synchronized (complaints) {
        complaints.add(line);
      }
    }
  }

  private void judge(FakeEndpoint endpoint, int kills) throws Exception {
    assertEquals(List.of(), complaints);
    assertTrue(acknowledged.size() > ENOUGH, "too few to judge: " + acknowledged.size());
    long lost = 0;
    for (long number : acknowledged) {
      EventKey key = new EventKey("website_pixel", "purchase", "txn_" + number);
      String stored = endpoint.ledger().json(key).orElse(null);
      if (stored == null) {
        lost++;
      } else {
        JsonNode event = JSON.readTree(stored);
        assertEquals("order_" + number * 31, event.path("custom_data").path("order_id").asText());
        assertEquals(
            number + ".25", event.path("custom_data").path("value").decimalValue().toPlainString());
      }
    }
    assertEquals(0, lost, "accepted and not delivered, of " + acknowledged.size());
    endpoint
        .ledger()
        .requests()
        .forEach(
            request -> {
              if (request.stored() && request.status() != 200) {
                unknownOutcomes.incrementAndGet();
              }
            });
    long bound =
        (long) CheckoutJvm.MAX_BATCH * CheckoutJvm.MAX_IN_FLIGHT * (kills + unknownOutcomes.get());
    long duplicates = endpoint.ledger().duplicates();
    System.out.printf(
        "kills=%d accepted=%d delivered=%d duplicates=%d bound=%d lost=%d%n",
        kills, acknowledged.size(), endpoint.ledger().count(), duplicates, bound, lost);
    assertTrue(duplicates <= bound, duplicates + " duplicates, bound " + bound);
  }

  private static List<String> concat(List<String> some, String more) {
    List<String> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }
}
