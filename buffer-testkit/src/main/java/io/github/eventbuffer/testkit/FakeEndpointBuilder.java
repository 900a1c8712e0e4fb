package io.github.eventbuffer.testkit;

import io.github.eventbuffer.BufferClock;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;

/** Options of a {@link FakeEndpoint}. Not thread-safe; may start several endpoints. */
public final class FakeEndpointBuilder {

  private int port;
  private String basePath = "/api/v2/buyer";
  private String apiKey = FakeEndpoint.API_KEY;
  private Set<String> advertisers = Set.of();
  private Set<String> sources = Set.of();
  private FakeEndpoint.UnknownSource unknownSource = FakeEndpoint.UnknownSource.NOT_FOUND;
  private FakeEndpoint.OnViolation onViolation = FakeEndpoint.OnViolation.PARTIAL_FAILURES;
  private boolean wrapped;
  private boolean adcpStrict;
  private boolean requireUrl;
  private Set<String> extraTypes = Set.of();
  private long maxBodyBytes = 64L << 20;
  private int requestsPerMinute;
  private BufferClock clock = BufferClock.system();
  private int threads = 8;
  private Ledger.Keep keep = Ledger.Keep.TEXT;
  private Script script = Script.ok();

  FakeEndpointBuilder() {}

  /** A fixed port. Default 0: the system chooses. */
  public FakeEndpointBuilder port(int port) {
    this.port = range("port", port, 0, 65_535);
    return this;
  }

  /** Path prefix, empty or {@code /…} without a slash at its end. Default {@code /api/v2/buyer}. */
  public FakeEndpointBuilder basePath(String basePath) {
    if (!basePath.isEmpty() && (!basePath.startsWith("/") || basePath.endsWith("/"))) {
      throw new IllegalArgumentException("basePath: empty or /…, not " + basePath);
    }
    this.basePath = basePath;
    return this;
  }

  /**
   * The key that is expected; starts with {@code scope3_}. Default {@link FakeEndpoint#API_KEY}.
   */
  public FakeEndpointBuilder apiKey(String apiKey) {
    if (!apiKey.startsWith("scope3_")) {
      throw new IllegalArgumentException("apiKey: starts with scope3_");
    }
    this.apiKey = apiKey;
    return this;
  }

  /** The advertisers that exist; any other answers 404. Default: any exists. */
  public FakeEndpointBuilder advertisers(String... ids) {
    this.advertisers = Set.of(ids);
    return this;
  }

  /**
   * The event sources that every advertiser has from the beginning. Default: any source is known,
   * whatever is synced; one that must be synced first takes an endpoint that was given another.
   */
  public FakeEndpointBuilder eventSources(String... ids) {
    this.sources = Set.of(ids);
    return this;
  }

  /** How an unregistered event source is refused. Default {@code NOT_FOUND}. */
  public FakeEndpointBuilder unknownSource(FakeEndpoint.UnknownSource unknownSource) {
    this.unknownSource = Objects.requireNonNull(unknownSource, "unknownSource");
    return this;
  }

  /** How events that break a rule are refused. Default {@code PARTIAL_FAILURES}. */
  public FakeEndpointBuilder onViolation(FakeEndpoint.OnViolation onViolation) {
    this.onViolation = Objects.requireNonNull(onViolation, "onViolation");
    return this;
  }

  /** Whether success comes as {@code {"data":…,"error":null}}. Default false: bare. */
  public FakeEndpointBuilder wrapped(boolean wrapped) {
    this.wrapped = wrapped;
    return this;
  }

  /**
   * Whether AdCP wins where REST is wider: no {@code deposit} and {@code subscription}, seconds
   * required in {@code event_time}. Default false.
   */
  public FakeEndpointBuilder adcpStrict(boolean adcpStrict) {
    this.adcpStrict = adcpStrict;
    return this;
  }

  /** Whether {@code action_source: website} requires {@code event_source_url}. Default false. */
  public FakeEndpointBuilder requireUrlForWebsite(boolean requireUrl) {
    this.requireUrl = requireUrl;
    return this;
  }

  /** Event types to accept besides the known ones. Default none. */
  public FakeEndpointBuilder extraEventTypes(String... types) {
    this.extraTypes = Set.of(types);
    return this;
  }

  /** Bytes of a body, compressed or not, above which 413 is answered. Default 64 MiB. */
  public FakeEndpointBuilder maxBodyBytes(long maxBodyBytes) {
    if (maxBodyBytes < 1) {
      throw new IllegalArgumentException("maxBodyBytes: at least 1, not " + maxBodyBytes);
    }
    this.maxBodyBytes = maxBodyBytes;
    return this;
  }

  /** Requests a minute, in all, before 429 is answered. Default 0: no limit, no headers. */
  public FakeEndpointBuilder requestsPerMinute(int requestsPerMinute) {
    this.requestsPerMinute = range("requestsPerMinute", requestsPerMinute, 0, 1_000_000);
    return this;
  }

  /** Clock of the rate limit and of the ledger. Default: the machine's. */
  public FakeEndpointBuilder clock(BufferClock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /** Requests judged at the same time. Default 8. */
  public FakeEndpointBuilder threads(int threads) {
    this.threads = range("threads", threads, 1, 256);
    return this;
  }

  /** What the ledger keeps of an event. Default {@code TEXT}. */
  public FakeEndpointBuilder keep(Ledger.Keep keep) {
    this.keep = Objects.requireNonNull(keep, "keep");
    return this;
  }

  /** The first script. Default {@link Script#ok()}. */
  public FakeEndpointBuilder script(Script script) {
    this.script = Objects.requireNonNull(script, "script");
    return this;
  }

  /**
   * Starts to listen on 127.0.0.1.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public FakeEndpoint start() {
    Options options =
        new Options(
            port,
            basePath,
            apiKey,
            advertisers,
            sources,
            unknownSource,
            onViolation,
            wrapped,
            new EventRules(adcpStrict, requireUrl, extraTypes),
            maxBodyBytes,
            requestsPerMinute,
            clock,
            threads);
    return new FakeEndpoint(options, new Ledger(keep), script);
  }

  private static int range(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + ": " + min + " to " + max + ", not " + value);
    }
    return value;
  }
}
