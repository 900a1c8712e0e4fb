package io.github.eventbuffer.http;

import io.github.eventbuffer.BufferClock;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint and all that is needed to talk to it: connections, threads, key, pace. Makes one
 * request per call and retries nothing. Thread-safe.
 */
public final class HttpEndpoint {
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A power of two. */
  private static final int FAILED_REQUESTS = 4;

  private final HttpOptions options;
  private final Pacing pacing;
  private final TransportThreads threads = new TransportThreads();
  private final Set<Exchange<?>> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable HttpClient> client;
  private final AtomicInteger failures = new AtomicInteger();

  /** Connects to nothing yet. */
  HttpEndpoint(HttpOptions options) {
    this.options = options;
    pacing = new Pacing(options.clock());
    client = new AtomicReference<>(newClient());
  }

  private HttpClient newClient() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .executor(threads.workers())
            .connectTimeout(options.connectTimeout())
            .followRedirects(HttpClient.Redirect.NEVER);
    if (!options.baseUrl().secure()) {
      // Over plain text the client would offer an upgrade to HTTP/2 with each first request.
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    if (options.proxy() != null) {
      builder.proxy(options.proxy());
    }
    return builder.build();
  }

  /**
   * Makes one request. Does not block. The stage completes within the request time-out and a
   * second, never exceptionally; after {@link #close()} with a failure at once.
   */
  public <R> CompletionStage<R> send(HttpCall<R> call) {
    Exchange<R> exchange = new Exchange<>(call, options, threads);
    long request = pacing.begin();
    underWay.add(exchange);
    exchange.outcome().whenComplete((result, thrown) -> underWay.remove(exchange));
    // Read after the add: close empties the field first, so one of the two sees the other.
    HttpClient open = client.get();
    if (open == null) {
      exchange.abandon();
    } else {
      exchange.outcome().whenComplete((result, thrown) -> ended(exchange, open));
      exchange.start(open);
    }
    // Learned before the outcome is told: the buffer may ask for the delay at once.
    return exchange
        .outcome()
        .whenComplete((result, thrown) -> learn(request, exchange, call, result))
        .minimalCompletionStage();
  }

  /**
   * A stage that ends as another one does, or with {@code late} when the request time-out of what
   * began at {@code startNanos}, on {@link System#nanoTime}, is over before.
   */
  public <T> CompletionStage<T> inTime(CompletableFuture<T> stage, long startNanos, T late) {
    CompletableFuture<T> timed = stage.copy();
    long left = startNanos + options.requestTimeout().toNanos() - System.nanoTime();
    try {
      Future<?> timer = threads.after(Math.max(0, left), () -> timed.complete(late));
      timed.whenComplete((result, thrown) -> timer.cancel(false));
    } catch (RejectedExecutionException e) {
      timed.complete(late);
    }
    return timed;
  }

  /** What the answer says about the endpoint's limit. Never throws: the outcome stands. */
  private <R> void learn(long request, Exchange<R> exchange, HttpCall<R> call, R result) {
    HttpResponse.ResponseInfo head = exchange.head();
    try {
      pacing.ended(request, head == null ? null : head.headers(), exchange.isBegun());
      if (head != null && head.statusCode() != 408 && call.isThrottled(result)) {
        pacing.refused(call.retryAfter(result));
      }
    } catch (Throwable t) {
      // No heap for it: the next answer tells the same.
    }
  }

  /**
   * How long the next request should wait for the endpoint's limit; zero sets one request aside for
   * the calling thread for 10 s, or until its next {@link #send}.
   */
  public Duration delay() {
    return pacing.delay();
  }

  /**
   * A client whose selector thread met an OutOfMemoryError never answers again. It does not say so,
   * or from Java 25 on refuses every request. So after some such requests in a row the next one
   * gets a new client. Seldom and ever more seldom: an endpoint may be silent for days, and the old
   * ones end only when the garbage collector finds them.
   */
  private void ended(Exchange<?> exchange, HttpClient used) {
    if (!exchange.isClientAtFault()) {
      failures.set(0);
      return;
    }
    int inARow = failures.incrementAndGet();
    if (inARow >= FAILED_REQUESTS && Integer.bitCount(inARow) == 1) {
      HttpClient fresh = newClient();
      if (!client.compareAndSet(used, fresh)) {
        shutDown(fresh);
      }
    }
  }

  /**
   * Completes requests under way as failed, closes the connections and ends the threads.
   * Idempotent. Waits up to 5 s for the threads; never interrupts them. Called on one of its own
   * threads, it does not wait.
   */
  public void close() {
    close(null);
  }

  /**
   * As {@link #close()}, with one last request behind those under way. It has a second of the five,
   * and what comes of it is told to the call alone. Not made when this was closed before, when
   * called on one of its own threads, or interrupted.
   */
  public void close(@Nullable HttpCall<?> farewell) {
    long endNanos = System.nanoTime() + CLOSE_NANOS;
    HttpClient open = client.getAndSet(null);
    List.copyOf(underWay).forEach(Exchange::abandon);
    if (open != null) {
      if (farewell != null && !TransportThreads.isOwn()) {
        say(farewell, open);
      }
      shutDown(open);
    }
    threads.close(Math.max(0, endNanos - System.nanoTime()));
    List.copyOf(underWay).forEach(Exchange::tell);
  }

  private <R> void say(HttpCall<R> farewell, HttpClient open) {
    Exchange<R> exchange = new Exchange<>(farewell, options, threads);
    exchange.start(open);
    try {
      exchange.outcome().get(FAREWELL_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // It is abandoned, and told so.
    } finally {
      exchange.abandon();
    }
  }

  /** {@code HttpClient.shutdownNow} exists since Java 21. */
  private static void shutDown(HttpClient client) {
    try {
      HttpClient.class.getMethod("shutdownNow").invoke(client);
    } catch (ReflectiveOperationException e) {
      // Before Java 21 the client has no close; it ends once nothing refers to it.
    }
  }

  /** The clock of {@link #delay}. */
  public BufferClock clock() {
    return options.clock();
  }

  /** Address and options, for people; without the key. */
  @Override
  public String toString() {
    return "["
        + options.baseUrl()
        + ", connectTimeout="
        + options.connectTimeout()
        + ", requestTimeout="
        + options.requestTimeout()
        + ", gzip="
        + options.gzip()
        + "]";
  }
}
