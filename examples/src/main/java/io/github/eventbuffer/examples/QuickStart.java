package io.github.eventbuffer.examples;

import io.github.eventbuffer.testkit.FakeEndpoint;
import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sells 100,000 times through a checkout service that is killed half-way, to an endpoint that fails
 * one call in ten, and counts what arrived. The endpoint lives in this JVM and the service in
 * another one, so what is counted here does not depend on what is killed there.
 *
 * <pre>
 * java -Dquickstart.terminal=true|false … QuickStart directory
 * </pre>
 *
 * <p>Exit status 0 means that every event was accepted and arrived.
 */
public final class QuickStart {

  private static final int EVENTS = 100_000;
  private static final int EVENTS_PER_SECOND = 10_000;
  private static final int FAILING_PERCENT = 10;
  private static final long SEED = 1026;

  /** From the start of a service to its end, at most. */
  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** How long a request is under way when nothing goes wrong. */
  private static final Duration LATENCY = Duration.ofMillis(40);

  private final Path directory;
  private final FakeEndpoint endpoint;
  private final Receipts receipts = new Receipts();
  private final AtomicReference<CheckoutProcess> victim = new AtomicReference<>();
  private final Progress progress;
  private @Nullable CheckoutProcess running;
  private boolean stopping;

  private QuickStart(Path directory, FakeEndpoint endpoint) {
    this.directory = directory;
    this.endpoint = endpoint;
    boolean terminal = Boolean.getBoolean("quickstart.terminal");
    progress = new Progress(System.out, terminal, receipts, endpoint.ledger());
  }

  /** Runs in an empty directory, which it leaves for the caller to remove. */
  public static void main(String[] args) {
    int status;
    try (FakeEndpoint endpoint =
        FakeEndpoint.builder()
            .eventSources(CheckoutService.DESTINATION.eventSourceId())
            .requireUrlForWebsite(true)
            .start()) {
      status = new QuickStart(Path.of(args[0]), endpoint).run();
    } catch (IOException e) {
      System.err.println("quickstart: " + e.getMessage());
      status = 1;
    } catch (InterruptedException e) {
      status = 1; // This JVM is ending already.
    }
    System.exit(status);
  }

  private int run() throws IOException, InterruptedException {
    progress.say("A checkout service appends %,d events; the endpoint fails", EVENTS);
    progress.say("%d %% of the calls with 503, 429 or silence.", FAILING_PERCENT);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    endpoint.script(faults());
    CheckoutProcess first = start();
    victim.set(first);
    first.whenOpen(pending -> progress.serviceIsOpen(true));
    watch(first);
    progress.serviceIsOpen(false);
    int afterKill = receipts.count();
    if (victim.get() != null) {
      throw new IOException("the checkout service ended before it could be killed half-way");
    }
    progress.say(
        "Killed the checkout service with -9 after %,d events; it is started again.", afterKill);

    CheckoutProcess second = start();
    second.whenOpen(
        pending -> {
          progress.say(
              "Started it again in the same directory: it found %,d events that are not delivered yet.",
              pending);
          progress.serviceIsOpen(true);
        });
    int code = watch(second);
    progress.say("The checkout service has closed its buffer and ended with status %d.", code);

    Verdict verdict =
        Verdict.of(receipts, endpoint.ledger(), second.deadLetters(), second.pendingAtClose());
    verdict.print(System.out, EVENTS, receipts, endpoint.ledger());
    return code == 0 && verdict.isGood(EVENTS) ? 0 : 1;
  }

  /** The service begins with the first event that it has no receipt for; those after it may. */
  private synchronized CheckoutProcess start() throws IOException, InterruptedException {
    if (stopping) {
      throw new InterruptedException();
    }
    CheckoutProcess started =
        CheckoutProcess.start(
            directory.resolve("events"),
            endpoint.baseUrl(),
            endpoint.apiKey(),
            receipts.firstMissing(),
            EVENTS,
            EVENTS_PER_SECOND,
            receipts);
    running = started;
    return started;
  }

  /** On Ctrl-C, too: nothing is left that could write to the directory. */
  private synchronized void stop() {
    stopping = true;
    if (running != null) {
      running.kill();
    }
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  /** Shows progress until the service ends; returns its exit status. */
  private int watch(CheckoutProcess service) throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    while (service.isAlive()) {
      if (System.nanoTime() - startNanos > MOST_NANOS) {
        throw new IOException("the checkout service did not end in time");
      }
      progress.show();
      killAfter(EVENTS / 2 + EVENTS / 50);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    int status = service.awaitEnd();
    if (isStopping()) {
      throw new InterruptedException();
    }
    return status;
  }

  /**
   * Silence comes in two kinds: the events were stored and only the answer is missing, or they were
   * not. The service cannot tell, so it sends them again.
   */
  private Script faults() {
    Script failing =
        Script.random(
            SEED,
            FAILING_PERCENT,
            Fault.status(503),
            Fault.throttled(Duration.ofSeconds(1)),
            Fault.silence(),
            Fault.silence().storing());
    Script answering = failing.orElse(Script.always(Fault.delay(LATENCY)));
    return request -> {
      killAfter(EVENTS / 2);
      return answering.next(request);
    };
  }

  /**
   * Called when a request arrives, so there is a batch on its way when the service dies; a little
   * later in any case, for no request comes while the service waits for an answer to an old one.
   */
  private void killAfter(int events) {
    CheckoutProcess service = victim.get();
    if (service != null && receipts.count() >= events && victim.compareAndSet(service, null)) {
      service.kill();
    }
  }
}
