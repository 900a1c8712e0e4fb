package io.github.eventbuffer.e2e;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A checkout service to be killed: appends events with rising numbers from several threads and
 * prints the number of each one that was accepted. With a count of 0 it only drains and prints what
 * its buffer counted.
 */
final class CheckoutJvm {
  static final int MAX_BATCH = 500;
  static final int MAX_IN_FLIGHT = 4;
  private static final int THREADS = 4;
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");

  private CheckoutJvm() {}

  /** Arguments: directory, endpoint, first number, how many. */
  public static void main(String[] arguments) throws Exception {
    long first = Long.parseLong(arguments[2]);
    long count = Long.parseLong(arguments[3]);
    try (InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> FakeEndpoint.API_KEY)
                .baseUrl(URI.create(arguments[1]))
                .requestTimeout(Duration.ofSeconds(2))
                .build();
        EventBuffer buffer =
            EventBuffer.builder(Path.of(arguments[0]))
                .destination(Destination.of("12345", "website_pixel"))
                .transport(transport)
                .segmentBytes(2 << 20)
                .maxBatchEvents(MAX_BATCH)
                .maxInFlightBatches(MAX_IN_FLIGHT)
                .flushInterval(Duration.ofMillis(20))
                .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofMillis(100)))
                .open()) {
      System.out.println("open");
      if (count == 0) {
        System.out.println("drained " + buffer.flush(Duration.ofMinutes(1)).complete());
        System.out.println("stats " + buffer.stats());
      } else {
        append(buffer, first, count);
      }
    }
  }

  private static void append(EventBuffer buffer, long first, long count) throws Exception {
    AtomicLong next = new AtomicLong(first);
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                for (long n = next.getAndIncrement();
                    n < first + count;
                    n = next.getAndIncrement()) {
                  AppendResult result = buffer.append(event(n));
                  if (result == AppendResult.ACCEPTED) {
                    System.out.println(n);
                  } else {
                    System.out.println("refused " + n + " " + result);
                  }
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static ConversionEvent event(long number) {
    return ConversionEvent.purchase("txn_" + number, TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(UserMatch.email("customer" + number + "@example.com"))
        .value(number + ".25", "USD")
        .orderId("order_" + number * 31)
        .build();
  }
}
