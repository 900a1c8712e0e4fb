package io.github.eventbuffer.http;

import io.github.eventbuffer.BufferClock;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options that all transports over HTTP have. Not thread-safe; may be used for several
 * transports.
 *
 * @param <B> the transport's own builder
 */
public abstract class HttpTransportBuilder<B extends HttpTransportBuilder<B>> {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int MIN_RESPONSE_BYTES = 1024;
  private static final int MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

  private @Nullable Supplier<? extends @Nullable String> apiKey;
  private @Nullable URI baseUrl;
  private boolean allowInsecureHttp;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration requestTimeout = Duration.ofSeconds(30);
  private boolean gzip;
  private int maxResponseBytes = 16 * 1024 * 1024;
  private String userAgent = "event-buffer/" + LibraryVersion.current();
  private @Nullable ProxySelector proxy;
  private BufferClock clock = BufferClock.system();

  /** With this address until another one is given; null where one must be given. */
  protected HttpTransportBuilder(@Nullable URI defaultUrl) {
    baseUrl = defaultUrl;
  }

  /** This builder. */
  protected abstract B self();

  /**
   * Where the API key comes from. Required. Asked at each attempt, on a thread of the transport, so
   * that a key can be replaced while the service runs; may block, at the cost of the attempt's
   * time. A supplier that throws or returns null, a blank text or characters that no header may
   * carry makes the attempt {@link io.github.eventbuffer.DeliveryResult.Held}; white space is not
   * stripped.
   *
   * @throws NullPointerException if {@code apiKey} is null
   */
  public B apiKey(Supplier<? extends @Nullable String> apiKey) {
    this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
    return self();
  }

  /**
   * Address of the endpoint with its path prefix; a trailing slash is dropped. Checked when the
   * transport is built.
   *
   * @throws NullPointerException if {@code baseUrl} is null
   */
  public B baseUrl(URI baseUrl) {
    this.baseUrl = Objects.requireNonNull(baseUrl, "baseUrl");
    return self();
  }

  /**
   * Whether {@code http} is good for any host. Default false: only for a loopback host, because the
   * key and personal data would travel in plain text.
   */
  public B allowInsecureHttp(boolean allowInsecureHttp) {
    this.allowInsecureHttp = allowInsecureHttp;
    return self();
  }

  /**
   * Longest time to open a connection, 1 ms to 1 h. Default 5 s. Has no effect above {@link
   * #requestTimeout}.
   *
   * @throws NullPointerException if {@code connectTimeout} is null
   * @throws IllegalArgumentException if it is out of range
   */
  public B connectTimeout(Duration connectTimeout) {
    this.connectTimeout = inRange("connectTimeout", connectTimeout);
    return self();
  }

  /**
   * Longest time of a whole attempt, 1 ms to 1 h: key supplier, connection, upload, answer to its
   * last byte. Default 30 s.
   *
   * @throws NullPointerException if {@code requestTimeout} is null
   * @throws IllegalArgumentException if it is out of range
   */
  public B requestTimeout(Duration requestTimeout) {
    this.requestTimeout = inRange("requestTimeout", requestTimeout);
    return self();
  }

  /**
   * Whether bodies are compressed on their way out. Default false: the endpoint's documents do not
   * say that it takes compressed bodies.
   */
  public B gzip(boolean gzip) {
    this.gzip = gzip;
    return self();
  }

  /**
   * Longest answer that is read, 1 KiB to 64 MiB. Default 16 MiB: room for one rejection of full
   * length for each of 10,000 events. A longer answer is cut off and counts as not understood.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public B maxResponseBytes(int maxResponseBytes) {
    if (maxResponseBytes < MIN_RESPONSE_BYTES || maxResponseBytes > MAX_RESPONSE_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "maxResponseBytes must be %d to %d, is %d",
              MIN_RESPONSE_BYTES, MAX_RESPONSE_BYTES, maxResponseBytes));
    }
    this.maxResponseBytes = maxResponseBytes;
    return self();
  }

  /**
   * The {@code User-Agent} header, 1 to 256 printable ASCII characters. Default {@code
   * event-buffer/<version>}.
   *
   * @throws NullPointerException if {@code userAgent} is null
   * @throws IllegalArgumentException if it has another length or another character
   */
  public B userAgent(String userAgent) {
    if (!userAgent.matches("[!-~]([ -~]{0,254}[!-~])?")) {
      throw new IllegalArgumentException(
          "userAgent must have 1 to 256 printable ASCII characters and no space at its ends, is "
              + new PublicText("").of(userAgent, PublicText.MAX_ERROR_CHARS));
    }
    this.userAgent = userAgent;
    return self();
  }

  /**
   * Chooses the proxy for the endpoint. Default: the JVM's own, {@link ProxySelector#getDefault} at
   * the time of the build, which reads {@code https.proxyHost} and its kin; {@code
   * HttpClient.Builder.NO_PROXY} for a direct connection. Proxies that want a login are not
   * supported.
   *
   * @throws NullPointerException if {@code proxy} is null
   */
  public B proxy(ProxySelector proxy) {
    this.proxy = Objects.requireNonNull(proxy, "proxy");
    return self();
  }

  /**
   * The clock of {@code delay()}, for tests; that of the buffers. Default {@link
   * BufferClock#system()}. Time-outs are on the machine's clock always.
   *
   * @throws NullPointerException if {@code clock} is null
   */
  public B clock(BufferClock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return self();
  }

  /**
   * The endpoint with these options.
   *
   * @throws IllegalStateException if {@link #apiKey}, or an address that has no default, was not
   *     set
   * @throws IllegalArgumentException if {@link #baseUrl} is not an absolute https URL with a host
   *     (or http, where {@link #allowInsecureHttp} or a loopback host allows it), or has user-info,
   *     a query or a fragment
   * @throws java.io.UncheckedIOException if the system has no resources for the client
   */
  protected HttpEndpoint endpoint() {
    if (apiKey == null) {
      throw new IllegalStateException("apiKey must be set");
    }
    if (baseUrl == null) {
      throw new IllegalStateException("baseUrl must be set");
    }
    return new HttpEndpoint(
        new HttpOptions(
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
