package io.github.eventbuffer.interchange;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Delivers batches to the {@code log-event} endpoint: one POST per attempt.
 *
 * <p>A batch is {@link DeliveryResult.Delivered} only after a 2xx answer that is understood in full
 * and whose {@code events_received} is the number of events sent; any other 2xx is {@link
 * DeliveryResult.Unavailable}, so the batch is sent again and the endpoint drops what it has. The
 * endpoint takes no idempotency key; the batch's key is not sent. Redirects are not followed and no
 * host but the endpoint, or the proxy in front of it, is contacted.
 *
 * <p>The endpoint limits the requests of an IP address and tells with each answer how many are
 * left. {@link #delay()} keeps all buffers of the transport within that, so buffers of one process
 * should share one.
 *
 * <p>Thread-safe; one transport serves any number of buffers. It owns its connections and up to
 * five daemon threads named {@code event-buffer-http-…}, until {@link #close()}. Stages complete on
 * these threads; what is chained to a stage should not block. Nothing is kept on disk.
 */
public final class InterchangeTransport implements EventTransport {
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A power of two. */
  private static final int SILENT_ATTEMPTS = 4;

  private final TransportOptions options;
  private final Pacing pacing;
  private final TransportThreads threads = new TransportThreads();
  private final Set<Attempt> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable HttpClient> client;
  private final AtomicInteger unanswered = new AtomicInteger();

  private InterchangeTransport(TransportOptions options) {
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

  /** Starts with the defaults; {@link Builder#apiKey} is required. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Makes one attempt. Does not block: the key supplier, name look-up and reading of the batch run
   * on the transport's threads. The stage completes within {@link Builder#requestTimeout} and a
   * second, never exceptionally; after {@link #close()} it is {@link DeliveryResult.Unavailable} at
   * once.
   *
   * @throws NullPointerException if {@code batch} is null
   */
  @Override
  public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    Attempt attempt = new Attempt(Objects.requireNonNull(batch, "batch"), options, threads);
    long request = pacing.begin();
    underWay.add(attempt);
    attempt.outcome().whenComplete((result, thrown) -> underWay.remove(attempt));
    // Read after the add: close empties the field first, so one of the two sees the other.
    HttpClient open = client.get();
    if (open == null) {
      attempt.abandon();
    } else {
      attempt.outcome().whenComplete((result, thrown) -> ended(attempt, open));
      attempt.start(open);
    }
    // Learned before the outcome is told: the buffer may ask for the delay at once.
    return attempt
        .outcome()
        .whenComplete((result, thrown) -> learn(request, attempt, result))
        .minimalCompletionStage();
  }

  /** What the answer says about the endpoint's limit. Never throws: the outcome stands. */
  private void learn(long request, Attempt attempt, DeliveryResult result) {
    HttpResponse.ResponseInfo head = attempt.head();
    try {
      pacing.ended(request, head == null ? null : head.headers(), attempt.isBegun());
      if (head != null
          && head.statusCode() != 408
          && result instanceof DeliveryResult.Throttled throttled) {
        pacing.refused(throttled.retryAfter());
      }
    } catch (Throwable t) {
      // No heap for it: the next answer tells the same.
    }
  }

  /**
   * How long the next attempt, of whichever buffer, should wait for the endpoint's limit. Zero
   * until an answer told of a limit, and while plenty is left of it; then what is left is spread
   * over the time until the limit starts anew. After a 429 every buffer waits as long as {@code
   * Retry-After} says, 1 s to 1 h. Zero sets one request aside for the calling thread for 10 s, or
   * until its next {@link #deliver}.
   */
  @Override
  public Duration delay() {
    return pacing.delay();
  }

  /**
   * A client whose selector thread met an OutOfMemoryError never answers again and never says so.
   * So after some silent attempts in a row the next one gets a new client. Seldom and ever more
   * seldom: an endpoint may be silent for days, and the old ones end only when the garbage
   * collector finds them.
   */
  private void ended(Attempt attempt, HttpClient used) {
    if (!attempt.isUnanswered()) {
      unanswered.set(0);
      return;
    }
    int inARow = unanswered.incrementAndGet();
    if (inARow >= SILENT_ATTEMPTS && Integer.bitCount(inARow) == 1) {
      HttpClient fresh = newClient();
      if (!client.compareAndSet(used, fresh)) {
        shutDown(fresh);
      }
    }
  }

  /**
   * Completes attempts under way as unavailable, closes the connections and ends the threads.
   * Idempotent. Waits up to 5 s for the threads, which takes that long only while a key supplier or
   * a name look-up is stuck; never interrupts them. Called on one of the transport's own threads,
   * it does not wait.
   *
   * <p>On Java 17 to 20 idle connections close when the garbage collector finds the client; from
   * Java 21 on, at once.
   */
  @Override
  public void close() {
    HttpClient open = client.getAndSet(null);
    List.copyOf(underWay).forEach(Attempt::abandon);
    if (open != null) {
      shutDown(open);
    }
    threads.close(CLOSE_NANOS);
    List.copyOf(underWay).forEach(Attempt::tell);
  }

  /** {@code HttpClient.shutdownNow} exists since Java 21. */
  private static void shutDown(HttpClient client) {
    try {
      HttpClient.class.getMethod("shutdownNow").invoke(client);
    } catch (ReflectiveOperationException e) {
      // Before Java 21 the client has no close; it ends once nothing refers to it.
    }
  }

  /** Address and time-outs, for people; without the key. */
  @Override
  public String toString() {
    return "InterchangeTransport["
        + options.baseUrl()
        + ", connectTimeout="
        + options.connectTimeout()
        + ", requestTimeout="
        + options.requestTimeout()
        + ", gzip="
        + options.gzip()
        + "]";
  }

  /** Options of a transport. Not thread-safe; may be used for several transports. */
  public static final class Builder {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MIN_RESPONSE_BYTES = 1024;
    private static final int MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

    private @Nullable Supplier<? extends @Nullable String> apiKey;
    private URI baseUrl = URI.create("https://api.interchange.io/api/v2/buyer");
    private boolean allowInsecureHttp;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private boolean gzip;
    private int maxResponseBytes = 16 * 1024 * 1024;
    private String userAgent = "event-buffer/" + LibraryVersion.current();
    private @Nullable ProxySelector proxy;
    private BufferClock clock = BufferClock.system();

    private Builder() {}

    /**
     * Where the API key comes from. Required. Asked at each attempt, on a thread of the transport,
     * so that a key can be replaced while the service runs; may block, at the cost of the attempt's
     * time. A supplier that throws or returns null, a blank text or characters that no header may
     * carry makes the attempt {@link DeliveryResult.Held}; white space is not stripped.
     *
     * @throws NullPointerException if {@code apiKey} is null
     */
    public Builder apiKey(Supplier<? extends @Nullable String> apiKey) {
      this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
      return this;
    }

    /**
     * Address of the endpoint with its path prefix; a trailing slash is dropped. Default {@code
     * https://api.interchange.io/api/v2/buyer}. Checked by {@link #build()}.
     *
     * @throws NullPointerException if {@code baseUrl} is null
     */
    public Builder baseUrl(URI baseUrl) {
      this.baseUrl = Objects.requireNonNull(baseUrl, "baseUrl");
      return this;
    }

    /**
     * Whether {@code http} is good for any host. Default false: only for a loopback host, because
     * the key and personal data would travel in plain text.
     */
    public Builder allowInsecureHttp(boolean allowInsecureHttp) {
      this.allowInsecureHttp = allowInsecureHttp;
      return this;
    }

    /**
     * Longest time to open a connection, 1 ms to 1 h. Default 5 s. Has no effect above {@link
     * #requestTimeout}.
     *
     * @throws NullPointerException if {@code connectTimeout} is null
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder connectTimeout(Duration connectTimeout) {
      this.connectTimeout = inRange("connectTimeout", connectTimeout);
      return this;
    }

    /**
     * Longest time of a whole attempt, 1 ms to 1 h: key supplier, connection, upload, answer to its
     * last byte. Default 30 s.
     *
     * @throws NullPointerException if {@code requestTimeout} is null
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder requestTimeout(Duration requestTimeout) {
      this.requestTimeout = inRange("requestTimeout", requestTimeout);
      return this;
    }

    /**
     * Whether bodies are compressed on their way out. Default false: the endpoint's documents do
     * not say that it takes compressed bodies.
     */
    public Builder gzip(boolean gzip) {
      this.gzip = gzip;
      return this;
    }

    /**
     * Longest answer that is read, 1 KiB to 64 MiB. Default 16 MiB: room for one rejection of full
     * length for each of 10,000 events. A longer answer is cut off and counts as not understood.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxResponseBytes(int maxResponseBytes) {
      if (maxResponseBytes < MIN_RESPONSE_BYTES || maxResponseBytes > MAX_RESPONSE_BYTES) {
        throw new IllegalArgumentException(
            String.format(
                "maxResponseBytes must be %d to %d, is %d",
                MIN_RESPONSE_BYTES, MAX_RESPONSE_BYTES, maxResponseBytes));
      }
      this.maxResponseBytes = maxResponseBytes;
      return this;
    }

    /**
     * The {@code User-Agent} header, 1 to 256 printable ASCII characters. Default {@code
     * event-buffer/<version>}.
     *
     * @throws NullPointerException if {@code userAgent} is null
     * @throws IllegalArgumentException if it has another length or another character
     */
    public Builder userAgent(String userAgent) {
      if (!userAgent.matches("[!-~]([ -~]{0,254}[!-~])?")) {
        throw new IllegalArgumentException(
            "userAgent must have 1 to 256 printable ASCII characters and no space at its ends, is "
                + new PublicText("").of(userAgent, PublicText.MAX_ERROR_CHARS));
      }
      this.userAgent = userAgent;
      return this;
    }

    /**
     * Chooses the proxy for the endpoint. Default: the JVM's own, {@link ProxySelector#getDefault}
     * at the time of {@link #build()}, which reads {@code https.proxyHost} and its kin; {@code
     * HttpClient.Builder.NO_PROXY} for a direct connection. Proxies that want a login are not
     * supported.
     *
     * @throws NullPointerException if {@code proxy} is null
     */
    public Builder proxy(ProxySelector proxy) {
      this.proxy = Objects.requireNonNull(proxy, "proxy");
      return this;
    }

    /**
     * The clock of {@link InterchangeTransport#delay}, for tests; that of the buffers. Default
     * {@link BufferClock#system()}. Time-outs are on the machine's clock always.
     *
     * @throws NullPointerException if {@code clock} is null
     */
    public Builder clock(BufferClock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Makes the transport. Connects to nothing yet.
     *
     * @throws IllegalStateException if {@link #apiKey} was not set
     * @throws IllegalArgumentException if {@link #baseUrl} is not an absolute https URL with a host
     *     (or http, where {@link #allowInsecureHttp} or a loopback host allows it), or has
     *     user-info, a query or a fragment
     * @throws java.io.UncheckedIOException if the system has no resources for the client
     */
    public InterchangeTransport build() {
      if (apiKey == null) {
        throw new IllegalStateException("apiKey must be set");
      }
      return new InterchangeTransport(
          new TransportOptions(
              apiKey,
              BaseUrl.of(baseUrl, allowInsecureHttp),
              connectTimeout,
              requestTimeout,
              gzip,
              maxResponseBytes,
              userAgent,
              proxy,
              clock));
    }

    private static Duration inRange(String option, Duration value) {
      Objects.requireNonNull(value, option);
      if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            option + " must be " + SHORTEST + " to " + LONGEST + ", is " + value);
      }
      return value;
    }
  }
}
