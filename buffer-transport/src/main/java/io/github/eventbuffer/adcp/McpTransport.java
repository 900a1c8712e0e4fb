package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Delivers batches to a seller agent of AdCP: one call of the tool {@code log_event} per attempt,
 * by MCP over streamable HTTP.
 *
 * <p>The batch's key is AdCP's {@code idempotency_key}, and its arguments are the same bytes at
 * every attempt: within the seller's replay window a resend does not count twice, whatever became
 * of the first attempt. Before its first batch, and until the answer is yes, the transport asks the
 * seller for that window ({@code get_adcp_capabilities}); a seller that declares none gets nothing,
 * and the buffer is held. The batch's destination gives the event source and the test event code.
 * {@code log_event} carries no account: the seller knows it by key and event source. With {@link
 * AdcpAccount.Id} a batch whose {@code advertiserId} is another one is held; with {@link
 * AdcpAccount.Brand} the {@code advertiserId} is not used.
 *
 * <table>
 * <caption>What an answer means</caption>
 * <tr><th>answer<th>outcome
 * <tr><td>a success whose {@code events_received} is the number of events sent, fresh or {@code
 *     replayed}; {@code partial_failures} are the rejected events
 *     <td>{@link DeliveryResult.Delivered}
 * <tr><td>any other 2xx: other counts, errors beside a success, a status other than {@code
 *     completed}, the response to another request, or none, an error that says not which
 *     <td>{@link DeliveryResult.Unavailable}
 * <tr><td>{@code IDEMPOTENCY_IN_FLIGHT}<td>{@link DeliveryResult.Unavailable}, after {@code
 *     retry_after}: the same key is sent again
 * <tr><td>{@code IDEMPOTENCY_EXPIRED}<td>{@link DeliveryResult.KeyExpired}
 * <tr><td>{@code IDEMPOTENCY_CONFLICT}<td>{@link DeliveryResult.Held}
 * <tr><td>{@code RATE_LIMITED}, HTTP 408 and 429<td>{@link DeliveryResult.Throttled}
 * <tr><td>an error with recovery {@code transient}; an unknown code without recovery<td>{@link
 *     DeliveryResult.Unavailable}
 * <tr><td>recovery {@code correctable}<td>{@link DeliveryResult.InvalidBatch} with the events that
 *     {@code issues[].pointer} and {@code field} point at; {@link DeliveryResult.Held} when the code
 *     speaks of key, account, source, permission or version, or the paths of another part of the
 *     request
 * <tr><td>recovery {@code terminal}, or a word that nobody knows<td>{@link DeliveryResult.Held}
 * <tr><td>HTTP 400 and 422<td>as the error of AdCP in it says, {@link DeliveryResult.Held} when there
 *     is none: MCP's own layer did not look into the events
 * <tr><td>HTTP 409, 5xx but 501, I/O error, time-out<td>{@link DeliveryResult.Unavailable}
 * <tr><td>HTTP 413<td>{@link DeliveryResult.TooLarge}
 * <tr><td>HTTP 401, 402, 403, 404, 501, 3xx and any other<td>{@link DeliveryResult.Held}
 * <tr><td>JSON-RPC -32602, also in the words of an SDK<td>{@link DeliveryResult.InvalidBatch} when
 *     the words speak of {@code events}; else, as when there is no such tool, {@link
 *     DeliveryResult.Held}
 * <tr><td>JSON-RPC -32600 and -32601<td>{@link DeliveryResult.Held}
 * <tr><td>any other JSON-RPC error<td>{@link DeliveryResult.Unavailable}
 * </table>
 *
 * <p>An agent that wants a session gets one: when it refuses a request for want of it (HTTP 400, or
 * 404 to a session that has ended, or a JSON-RPC error that says so), it did not look into it; the
 * transport begins a session and makes the request again, once, within the same attempt and time.
 * The session is kept in memory; {@link #close()} tells the agent that it is over, and a transport
 * that is never closed leaves it to the agent to end.
 *
 * <p>Redirects are not followed and no host but the agent, or the proxy in front of it, is
 * contacted. An answer that is a stream of events counts once the agent has ended it.
 *
 * <p>Thread-safe; one transport serves any number of buffers of one account. It owns its
 * connections and up to five daemon threads named {@code event-buffer-http-…}, until {@link
 * #close()}. Stages complete on these threads or where the JDK's client hands over an answer, as a
 * rule the common pool; what is chained to a stage should not block. Nothing is kept on disk.
 */
public final class McpTransport implements EventTransport {
  private final HttpEndpoint endpoint;
  private final McpConnection connection;
  private final AdcpAccount account;
  private volatile boolean windowIsDeclared;

  private McpTransport(HttpEndpoint endpoint, boolean slash, AdcpAccount account) {
    this.endpoint = endpoint;
    this.account = account;
    connection = new McpConnection(endpoint, slash);
  }

  /**
   * Starts with the defaults; {@link Builder#baseUrl}, {@link Builder#account} and {@link
   * Builder#apiKey} are required.
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Makes one attempt. Does not block: the key supplier, name look-up and reading of the batch run
   * on the transport's threads. The stage completes within {@link Builder#requestTimeout} and a
   * second, whatever has to be asked before, never exceptionally; after {@link #close()} it is
   * {@link DeliveryResult.Unavailable} at once.
   *
   * @throws NullPointerException if {@code batch} is null
   */
  @Override
  public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    LogEventRequest request = new LogEventRequest(Objects.requireNonNull(batch, "batch"), account);
    long startNanos = System.nanoTime();
    DeliveryResult refusal = request.refusal();
    if (refusal != null) {
      return CompletableFuture.completedStage(refusal);
    }
    if (windowIsDeclared) {
      return connection.send(request, startNanos);
    }
    return connection
        .send(ToolRequest.forCapabilities(), startNanos)
        .thenCompose(
            answer -> {
              DeliveryResult obstacle = obstacle(answer);
              if (obstacle != null) {
                return CompletableFuture.completedStage(obstacle);
              }
              windowIsDeclared = true;
              return connection.send(request, startNanos);
            });
  }

  /** Why nothing may be sent to this seller yet, or null. */
  private static @Nullable DeliveryResult obstacle(ToolRequest.Outcome answer) {
    JsonNode result = answer.result();
    if (result != null) {
      return new ResultReader(answer.text()).capabilities(result).replayWindow() == null
          ? new DeliveryResult.Held(
              "the seller declares no replay window for idempotency keys, so a resend could count"
                  + " twice; ask the seller, or use another transport")
          : null;
    }
    return Objects.requireNonNull(answer.toBuffer());
  }

  /**
   * How long the next attempt, of whichever buffer, should wait for the agent's limit on requests.
   * Zero until an answer told of a limit, and while plenty is left of it; then what is left is
   * spread over the time until the limit starts anew. After a {@link DeliveryResult.Throttled}
   * every buffer waits as long as the agent asked, 1 s to 1 h. Zero sets one request aside for the
   * calling thread for 10 s, or until its next {@link #deliver}.
   */
  @Override
  public Duration delay() {
    return endpoint.delay();
  }

  /**
   * Registers event sources by {@code sync_event_sources}, in one call under a key of its own. AdCP
   * knows of their ids, names, types and domains only; what else is defined is not sent. The
   * destination's {@code advertiserId} is not used.
   *
   * @throws NullPointerException if {@code sources} is null
   */
  @Override
  public CompletionStage<List<EventSourceResult>> register(
      Destination destination, List<EventSource> sources) {
    return client().register(sources);
  }

  /** The agent's other tools, over this transport's connection; good until {@link #close()}. */
  public AdcpClient client() {
    return new AdcpClient(connection, account);
  }

  /**
   * Completes attempts under way as unavailable, ends the session, if the agent made one, closes
   * the connections and ends the threads. Idempotent. Waits up to 5 s in all: for the agent's word
   * on the session 1 s at most, and for the threads, which takes long only while a key supplier or
   * a name look-up is stuck; never interrupts them. What comes of the session is of no consequence,
   * and logged at debug. Called on one of the transport's own threads, or by an interrupted one, it
   * does not wait, and leaves the session to the agent to end.
   *
   * <p>On Java 17 to 20 idle connections close when the garbage collector finds the client; from
   * Java 21 on, at once.
   */
  @Override
  public void close() {
    endpoint.close(connection.farewell());
  }

  /** Address and time-outs, for people; without the key. */
  @Override
  public String toString() {
    return "McpTransport" + endpoint;
  }

  /** Options of a transport. Not thread-safe; may be used for several transports. */
  public static final class Builder extends HttpTransportBuilder<Builder> {
    private @Nullable AdcpAccount account;
    private boolean slash;

    private Builder() {
      super(null);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * The agent's MCP address, for example {@code https://seller.example/mcp}. Required. A trailing
     * slash is kept, because to many agents that is another address. Checked when the transport is
     * built.
     *
     * @throws NullPointerException if {@code baseUrl} is null
     */
    @Override
    public Builder baseUrl(URI baseUrl) {
      String path = Objects.requireNonNull(baseUrl, "baseUrl").getRawPath();
      slash = path != null && path.endsWith("/");
      return super.baseUrl(baseUrl);
    }

    /**
     * The account at the seller. Required.
     *
     * @throws NullPointerException if {@code account} is null
     */
    public Builder account(AdcpAccount account) {
      this.account = Objects.requireNonNull(account, "account");
      return this;
    }

    /**
     * Makes the transport. Connects to nothing yet.
     *
     * @throws IllegalStateException if {@link #apiKey}, {@link #baseUrl} or {@link #account} was
     *     not set
     * @throws IllegalArgumentException if {@link #baseUrl} is not an absolute https URL with a host
     *     (or http, where {@link #allowInsecureHttp} or a loopback host allows it), or has
     *     user-info, a query or a fragment
     * @throws java.io.UncheckedIOException if the system has no resources for the client
     */
    public McpTransport build() {
      if (account == null) {
        throw new IllegalStateException("account must be set");
      }
      return new McpTransport(endpoint(), slash, account);
    }
  }
}
