package io.github.eventbuffer.interchange;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.EventTransport;
import io.github.eventbuffer.http.HttpEndpoint;
import io.github.eventbuffer.http.HttpTransportBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

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
 * these threads or where the JDK's client hands over an answer, as a rule the common pool; what is
 * chained to a stage should not block. Nothing is kept on disk.
 */
public final class InterchangeTransport implements EventTransport {
  private final HttpEndpoint endpoint;

  private InterchangeTransport(HttpEndpoint endpoint) {
    this.endpoint = endpoint;
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
    return endpoint.send(new LogEventCall(Objects.requireNonNull(batch, "batch")));
  }

  /**
   * What the endpoint offers beside {@code log-event}. The client ends with this transport; calls
   * after that fail at once.
   */
  public InterchangeClient client() {
    return new InterchangeClient(
        endpoint, endpoint.clock(), Duration.ofMinutes(5), MappingKeys.SNAKE_CASE);
  }

  /**
   * Registers event sources as {@link EventSources#sync} does, in one attempt; sources that are not
   * among them are left alone.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if there are none or more than 50 sources, or two have one id
   */
  @Override
  public CompletionStage<List<EventSourceResult>> register(
      Destination destination, List<EventSource> sources) {
    return client().eventSources().syncOnce(destination.advertiserId(), sources);
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
    return endpoint.delay();
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
    endpoint.close();
  }

  /** Address and time-outs, for people; without the key. */
  @Override
  public String toString() {
    return "InterchangeTransport" + endpoint;
  }

  /**
   * Options of a transport. Not thread-safe; may be used for several transports. The address is
   * {@code https://api.interchange.io/api/v2/buyer} by default.
   */
  public static final class Builder extends HttpTransportBuilder<Builder> {
    private Builder() {
      super(URI.create("https://api.interchange.io/api/v2/buyer"));
    }

    @Override
    protected Builder self() {
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
      return new InterchangeTransport(endpoint());
    }
  }
}
