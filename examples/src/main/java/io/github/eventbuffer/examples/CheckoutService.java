package io.github.eventbuffer.examples;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.FlushResult;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A checkout service: several threads sell, and append an event for each sale.
 *
 * <pre>
 * java … CheckoutService directory base-url first-event end-event events-per-second
 * </pre>
 *
 * <p>It says on stdout what it does, for {@link QuickStart} that started it, one line each:
 *
 * <pre>
 * open PENDING              the buffer is open; an earlier run left so many events undelivered
 * kept FIRST END DUPLICATES the events FIRST to END - 1 are in safe keeping; so many appends on the
 *                           way there were answered with DUPLICATE
 * refused NUMBER STATUS     this one is not
 * dead TYPE ID              the endpoint refused this one for good
 * closed PENDING            the buffer is closed; so many events are left in it
 * </pre>
 */
public final class CheckoutService {

  static final Destination DESTINATION = Destination.of("12345", "website_pixel");

  private static final int THREADS = 4;
  private static final int EVENTS_PER_LINE = 250;
  private static final int TWICE_EVERY = 20;
  private static final int TRIES = 20;

  private final EventBuffer buffer;
  private final int first;
  private final int end;
  private final int perSecond;
  private final long startNanos = System.nanoTime();
  private final AtomicInteger next;

  private CheckoutService(EventBuffer buffer, int first, int end, int perSecond) {
    this.buffer = buffer;
    this.first = first;
    this.end = end;
    this.perSecond = perSecond;
    next = new AtomicInteger(first);
  }

  /** Runs until all is sold and delivered, or until 60 s have passed after the last sale. */
  public static void main(String[] args) throws Exception {
    endWithParent();
    try (InterchangeTransport transport =
            InterchangeTransport.builder()
                .baseUrl(URI.create(args[1]))
                .apiKey(() -> System.getenv("SCOPE3_API_KEY"))
                // Shorter than anyone would want it outside of a demonstration.
                .requestTimeout(Duration.ofSeconds(2))
                .build();
        EventBuffer buffer =
            EventBuffer.builder(Path.of(args[0]))
                .destination(DESTINATION)
                .transport(transport)
                // The defaults make fewer, larger requests and wait longer: these are for show.
                .maxBatchEvents(1_000)
                .flushInterval(Duration.ofSeconds(1))
                .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(100), Duration.ofSeconds(1)))
                .segmentBytes(16 << 20)
                .open()) {
      say("open " + buffer.stats().pending());
      int first = Integer.parseInt(args[2]);
      int end = Integer.parseInt(args[3]);
      new CheckoutService(buffer, first, end, Integer.parseInt(args[4])).sell();
      end(buffer);
    }
  }

  /** Delivers what is left, in bounded time; what is not stays on disk for the next run. */
  private static void end(EventBuffer buffer) throws IOException {
    buffer.flush(Duration.ofSeconds(60));
    for (DeadLetter letter : buffer.deadLetters().list(100_000)) {
      say("dead " + letter.eventType() + " " + letter.eventId());
    }
    FlushResult left = buffer.close(Duration.ofSeconds(5));
    say("closed " + left.pending());
  }

  private void sell() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(this::sellOnOneThread));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private Void sellOnOneThread() throws InterruptedException {
    for (int from = take(); from < end; from = take()) {
      int to = Math.min(end, from + EVENTS_PER_LINE);
      waitForCustomers(from);
      int kept = from;
      int duplicates = 0;
      for (int number = from; number < to; number++) {
        AppendResult result = offer(number);
        duplicates += result.status() == AppendResult.Status.DUPLICATE ? 1 : 0;
        if (!result.isKept()) {
          report(kept, number, 0);
          say("refused " + number + " " + result.status());
          kept = number + 1;
        }
        if (number % TWICE_EVERY == TWICE_EVERY - 1) {
          // A browser that sends its order again.
          AppendResult again = offer(number - 7);
          duplicates += again.status() == AppendResult.Status.DUPLICATE ? 1 : 0;
        }
      }
      report(kept, to, duplicates);
    }
    return null;
  }

  private int take() {
    return next.getAndAdd(EVENTS_PER_LINE);
  }

  /** A full or stalled disk may be a matter of a moment; a rule that is broken stays broken. */
  private AppendResult offer(int number) throws InterruptedException {
    AppendResult result = buffer.append(SampleEvents.event(number));
    for (int i = 1; i < TRIES && mayPass(result); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
      result = buffer.append(SampleEvents.event(number));
    }
    return result;
  }

  private static boolean mayPass(AppendResult result) {
    return result.status() == AppendResult.Status.FULL
        || result.status() == AppendResult.Status.FAILED;
  }

  private void waitForCustomers(int number) throws InterruptedException {
    long dueNanos = startNanos + TimeUnit.SECONDS.toNanos(number - first) / perSecond;
    TimeUnit.NANOSECONDS.sleep(dueNanos - System.nanoTime());
  }

  private static void report(int from, int to, int duplicates) {
    if (from < to) {
      say("kept " + from + " " + to + " " + duplicates);
    }
  }

  /** A line goes out in one write, so a kill leaves a whole line or none. */
  private static synchronized void say(String line) {
    System.out.print(line + "\n");
    System.out.flush();
  }

  /** Stdin is a pipe from the parent: when it ends, so did the parent, whatever ended it. */
  private static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is ever said here.
                }
              } catch (IOException e) {
                // The same as its end.
              }
              Runtime.getRuntime().halt(1);
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
