package io.github.eventbuffer.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.EventType;
import io.github.eventbuffer.adcp.AdcpEventSource;
import io.github.eventbuffer.adcp.McpTransport;
import java.io.IOException;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kill -9 with batches in flight to the seller of AdCP's own SDK, judged by what the seller counted
 * and by what the checkout had been told.
 */
@Tag("peers")
@ExtendWith(Seller.Packages.class)
@Timeout(300)
class SellerKillTest {
  /** How many batches are answered in each life before the next ones are held. */
  private static final List<Integer> ANSWERED = List.of(3, 0, 5, 1, 6, 2);

  private static final int PER_LIFE = 1_000;

  @TempDir Path directory;

  @Test
  void whatWasAcceptedIsCountedOnceByTheSellerWhateverWasInFlightAtEachKill() throws Exception {
    try (Seller seller = Seller.start();
        HoldingForwarder forwarder = new HoldingForwarder(seller.url())) {
      register(seller);
      int callsBefore = seller.executed();
      long eventsBefore = seller.counted();
      Set<String> inFlightAtAKill = new HashSet<>();
      for (int life = 0; life < ANSWERED.size(); life++) {
        forwarder.passAndHold(ANSWERED.get(life));
        try (Checkout checkout = start(forwarder, life, PER_LIFE)) {
          Set<String> held = forwarder.awaitHeld(CheckoutToSeller.MAX_IN_FLIGHT);
          assertEquals(CheckoutToSeller.MAX_IN_FLIGHT, held.size());
          checkout.kill();
          forwarder.bury();
          inFlightAtAKill.addAll(held);
        }
      }
      forwarder.passAll();
      try (Checkout drain = start(forwarder, ANSWERED.size(), 0)) {
        assertEquals(0, drain.await());
      }
      judge(seller, forwarder, inFlightAtAKill, callsBefore, eventsBefore);
    }
  }

  private static void register(Seller seller) throws Exception {
    try (McpTransport transport =
        McpTransport.builder()
            .baseUrl(seller.url())
            .account(CheckoutToSeller.ACCOUNT)
            .apiKey(() -> Seller.KEY)
            .build()) {
      transport
          .client()
          .syncEventSources(
              List.of(
                  AdcpEventSource.of(CheckoutToSeller.SOURCE)
                      .name("Web")
                      .eventTypes(EventType.PURCHASE)),
              false);
    }
  }

  private void judge(
      Seller seller,
      HoldingForwarder forwarder,
      Set<String> inFlightAtAKill,
      int callsBefore,
      long eventsBefore)
      throws Exception {
    assertEquals(List.of(), forwarder.complaints());
    // The ledger outside of the buffer, and the buffer's.
    List<String> promised = Files.readAllLines(directory.resolve("ledger"));
    Map<String, Long> stats = stats();
    assertEquals(stats.get("accepted"), stats.get("delivered"), stats::toString);
    for (String way : List.of("deadLettered", "expired", "dropped", "damaged", "pending")) {
      assertEquals(0, stats.get(way), way);
    }

    List<String> executed = forwarder.executed().values().stream().flatMap(List::stream).toList();
    Set<String> arrived = new HashSet<>(executed);
    assertEquals(executed.size(), arrived.size(), "an event under two keys");
    List<String> lost = promised.stream().filter(id -> !arrived.contains(id)).toList();
    assertEquals(List.of(), lost, () -> "accepted and lost, of " + promised.size());
    assertEquals(arrived.size(), stats.get("accepted"), "the buffer's count");
    assertTrue(offered().containsAll(arrived), "an event that nobody offered");
    // Only what a thread had not yet been told at a kill.
    long untold = arrived.size() - promised.size();
    assertTrue(untold <= (long) CheckoutToSeller.THREADS * ANSWERED.size(), "untold: " + untold);

    // The seller's own counts. A replay is a call that it has recognised: it counts nothing.
    assertEquals(arrived.size(), seller.counted() - eventsBefore, "events that the seller counted");
    assertEquals(forwarder.executed().size(), seller.executed() - callsBefore);
    assertEquals(forwarder.fresh(), forwarder.executed().size(), "a key executed twice");
    assertEquals(Set.copyOf(forwarder.calls().keySet()), forwarder.executed().keySet());

    // Each batch that was in flight at a kill came again, and to the seller those that it had
    // executed before were no news.
    Map<String, Integer> calls = forwarder.calls();
    assertTrue(inFlightAtAKill.stream().allMatch(key -> calls.get(key) > 1), calls::toString);
    assertTrue(forwarder.replayed() > 0);
    System.out.printf(
        "kills=%d accepted=%d untold=%d batches=%d in-flight-at-a-kill=%d calls=%d replayed=%d%n",
        ANSWERED.size(),
        arrived.size(),
        untold,
        calls.size(),
        inFlightAtAKill.size(),
        calls.values().stream().mapToInt(Integer::intValue).sum(),
        forwarder.replayed());
  }

  private static Set<String> offered() {
    return LongStream.range(0, (long) PER_LIFE * ANSWERED.size())
        .mapToObj(CheckoutToSeller::id)
        .collect(Collectors.toSet());
  }

  private Map<String, Long> stats() throws IOException {
    Properties lines = new Properties();
    try (Reader in = Files.newBufferedReader(directory.resolve("stats"))) {
      lines.load(in);
    }
    return lines.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, name -> Long.valueOf(lines.getProperty(name))));
  }

  private Checkout start(HoldingForwarder forwarder, int life, int count) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(CheckoutToSeller.class.getName());
    command.add(directory.resolve("events").toString());
    command.add(forwarder.url().toString());
    command.add(Long.toString((long) life * PER_LIFE));
    command.add(Integer.toString(count));
    command.add(directory.resolve(count == 0 ? "stats" : "ledger").toString());
    Path log = directory.resolve("checkout-" + life + ".log");
    return new Checkout(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()))
            .start());
  }

  /** A {@link CheckoutToSeller} in a JVM of its own. */
  private record Checkout(Process process) implements AutoCloseable {
    /** SIGKILL, and waits for the end. */
    void kill() throws InterruptedException {
      assertTrue(process.isAlive(), "ended by itself");
      process.destroyForcibly();
      // 128 and the signal.
      assertEquals(137, await());
    }

    int await() throws InterruptedException {
      return process.waitFor();
    }

    @Override
    public void close() {
      // Its files must not be deleted while it still writes some.
      process.destroyForcibly().onExit().join();
    }
  }
}
