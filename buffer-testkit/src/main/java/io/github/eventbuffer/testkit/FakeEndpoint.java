package io.github.eventbuffer.testkit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The {@code log-event} endpoint on 127.0.0.1: checks every request against the AdCP 3.1.19 schema
 * and the rules of the REST endpoint, stores what is good once, and misbehaves as its {@link
 * Script} says. {@code event-sources/sync} beside it registers event sources, by the same script:
 * {@link Fault#storing} decides whether they are registered although the answer is lost. A source's
 * {@code event_types} and {@code allowed_domains} are remembered and restrict nothing.
 *
 * <pre>{@code
 * try (FakeEndpoint endpoint = FakeEndpoint.start()) {
 *   endpoint.script(Script.times(2, Fault.status(503)));
 *   // let a client deliver to endpoint.baseUrl() with endpoint.apiKey()
 *   assertTrue(endpoint.ledger().awaitCount(10, Duration.ofSeconds(5)));
 * }
 * }</pre>
 *
 * Thread-safe. All its threads are daemons. Nothing survives {@link #close}, the ledger's content
 * excepted; nothing is written to disk or logged.
 */
public final class FakeEndpoint implements AutoCloseable {

  /** The key that is expected unless another is set. */
  public static final String API_KEY = "scope3_test_key";

  /** How events that break a rule, or that a script refuses, are refused. */
  public enum OnViolation {
    /** 200, the others stored, the bad ones in {@code partial_failures}. */
    PARTIAL_FAILURES,
    /**
     * 400 for the whole call, with the code of the first of them, VALIDATION_ERROR for a rule, and
     * {@code details.issues[]}; an issue with another code says so itself.
     */
    FAIL_CALL,
    /** The same without a word about which events. */
    FAIL_CALL_WITHOUT_ISSUES
  }

  /** How events of a source that is not registered are refused. */
  public enum UnknownSource {
    /** 404 NOT_FOUND for the whole call. */
    NOT_FOUND,
    /** 400 BAD_REQUEST for the whole call. */
    BAD_REQUEST,
    /** 200, every event in {@code partial_failures}. */
    PARTIAL_FAILURES
  }

  private final Options options;
  private final EventSources sources;
  private final Ledger ledger;
  private final ThreadPoolExecutor workers;
  private final Answers answers;
  private final EndpointHandler handler;
  private final int port;
  private @Nullable HttpServer server;
  private boolean closed;

  FakeEndpoint(Options options, Ledger ledger, Script script) {
    this.options = options;
    this.ledger = ledger;
    workers =
        new ThreadPoolExecutor(
            options.threads(),
            options.threads(),
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DaemonThreads("fake-endpoint-worker"));
    workers.allowCoreThreadTimeOut(true);
    answers = new Answers(workers);
    sources = new EventSources(options.sources());
    handler = new EndpointHandler(options, sources, ledger, script, answers);
    HttpServer started = listen(options.port());
    server = started;
    port = started.getAddress().getPort();
  }

  /** Starts an endpoint with every default on a port of the system's choice. */
  public static FakeEndpoint start() {
    return builder().start();
  }

  /** Sets options before the start. */
  public static FakeEndpointBuilder builder() {
    return new FakeEndpointBuilder();
  }

  /** Where a client delivers to: {@code http://127.0.0.1:port} and the path prefix. */
  public URI baseUrl() {
    return URI.create("http://127.0.0.1:" + port + options.basePath());
  }

  /** The port, the same after {@link #restart}. */
  public int port() {
    return port;
  }

  /** The key that a client must send. */
  public String apiKey() {
    return options.apiKey();
  }

  /** What was stored and asked. */
  public Ledger ledger() {
    return ledger;
  }

  /**
   * The event sources that an advertiser has now: those that the endpoint was built with, and what
   * calls of {@code event-sources/sync} made of them.
   */
  public Set<String> eventSources(String advertiserId) {
    return sources.ids(Objects.requireNonNull(advertiserId, "advertiserId"));
  }

  /** Replaces the script for the requests that arrive from now on. */
  public void script(Script script) {
    handler.script(Objects.requireNonNull(script, "script"));
  }

  /** Stops listening and cuts every connection: clients are refused. Idempotent. */
  public synchronized void stop() {
    HttpServer running = server;
    server = null;
    if (running != null) {
      running.stop(0);
    }
  }

  /**
   * Listens again on the same port, with the same ledger and script, after {@link #stop}.
   *
   * @throws IllegalStateException if it is running or closed
   * @throws UncheckedIOException if somebody else took the port
   */
  public synchronized void restart() {
    if (closed || server != null) {
      throw new IllegalStateException(closed ? "closed" : "running");
    }
    server = listen(port);
  }

  /** Cuts every connection, silent ones included, and ends every thread. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    answers.close();
    stop();
    workers.shutdownNow();
  }

  /**
   * Unless Nagle's algorithm is off, every answer on a kept-alive connection takes 40 ms. The JDK
   * offers a system property only, read before the first server of the process.
   */
  private static void answerAtOnce() {
    String name = "sun.net.httpserver.nodelay";
    if (System.getProperty(name) == null) {
      System.setProperty(name, "true");
    }
  }

  /** The server's dispatcher inherits from its creator that it is a daemon. */
  private HttpServer listen(int port) {
    try {
      answerAtOnce();
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      HttpServer created = HttpServer.create(new InetSocketAddress(loopback, port), 0);
      created.setExecutor(workers);
      created.createContext("/", handler);
      Thread starter = new DaemonThreads("fake-endpoint-starter").newThread(created::start);
      starter.start();
      starter.join();
      return created;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", e);
    }
  }
}
