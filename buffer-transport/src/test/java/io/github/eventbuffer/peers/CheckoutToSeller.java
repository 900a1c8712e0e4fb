package io.github.eventbuffer.peers;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.adcp.AdcpAccount;
import io.github.eventbuffer.adcp.McpTransport;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A checkout service to be killed: appends events with rising numbers from several threads to a
 * buffer whose batches go to a seller, and writes the number of each one that was accepted into a
 * ledger. With a count of 0 it only drains, and writes what its buffer counted there.
 */
final class CheckoutToSeller {
  static final String SOURCE = "killed_checkout";
  static final AdcpAccount ACCOUNT =
      AdcpAccount.brand("acmeoutdoor.example", "pinnacle-agency.example");
  static final int MAX_IN_FLIGHT = 4;
  static final int THREADS = 2;
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");

  private CheckoutToSeller() {}

  /** Arguments: directory, agent, first number, how many, file of the ledger. */
  public static void main(String[] arguments) throws Exception {
    long first = Long.parseLong(arguments[2]);
    long count = Long.parseLong(arguments[3]);
    Path ledger = Path.of(arguments[4]);
    try (McpTransport transport =
            McpTransport.builder()
                .baseUrl(URI.create(arguments[1]))
                .account(ACCOUNT)
                .apiKey(() -> Seller.KEY)
                .build();
        EventBuffer buffer =
            EventBuffer.builder(Path.of(arguments[0]))
                .destination(Destination.of("any", SOURCE))
                .transport(transport)
                .segmentBytes(2 << 20)
                .maxBatchEvents(100)
                .maxInFlightBatches(MAX_IN_FLIGHT)
                .flushInterval(Duration.ofMillis(20))
                .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)))
                .open()) {
      if (count == 0) {
        buffer.flush(Duration.ofMinutes(1));
        Files.writeString(ledger, lines(buffer.stats()));
      } else {
        append(buffer, first, count, ledger);
        // Its batches are in flight until the kill; should the test be gone instead, so is this.
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(3);
      }
    }
  }

  private static String lines(BufferStats stats) throws ReflectiveOperationException {
    StringBuilder lines = new StringBuilder();
    for (RecordComponent counter : BufferStats.class.getRecordComponents()) {
      lines.append(counter.getName()).append('=').append(counter.getAccessor().invoke(stats));
      lines.append('\n');
    }
    return lines.toString();
  }

  private static void append(EventBuffer buffer, long first, long count, Path ledger)
      throws Exception {
    AtomicLong next = new AtomicLong(first);
    List<Thread> threads = new ArrayList<>();
    // A line is one write to the end of the file: lines do not mix, and what is written is with the
    // system, whatever becomes of this process.
    try (FileOutputStream out = new FileOutputStream(ledger.toFile(), true)) {
      for (int i = 0; i < THREADS; i++) {
        Thread thread = new Thread(() -> append(buffer, next, first + count, out));
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** Writes an answer only once append has returned it: what stands there was promised. */
  private static void append(EventBuffer buffer, AtomicLong next, long end, FileOutputStream out) {
    try {
      for (long n = next.getAndIncrement(); n < end; n = next.getAndIncrement()) {
        AppendResult result = buffer.append(event(n));
        String line = result == AppendResult.ACCEPTED ? id(n) : "refused " + n + " " + result;
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String id(long number) {
    return "txn_" + number;
  }

  private static ConversionEvent event(long number) {
    return ConversionEvent.purchase(id(number), TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(UserMatch.email("customer" + number + "@example.com"))
        .value(number + ".25", "USD")
        .build();
  }
}
