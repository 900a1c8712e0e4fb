package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.http.NotUnderstoodException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a seller agent around {@code log_event}: what it can do, and its event sources. From
 * {@link McpTransport#client()}; shares the transport's connection, key, session and account, and
 * ends with it.
 *
 * <p>Each method makes one request and blocks until it is answered, for the transport's request
 * time-out and a second at most; none retries. Thread-safe. Not to be called on a thread that a
 * transport's stage completes on.
 */
public final class AdcpClient {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.:-]{16,255}");

  private static final String SYNC = "sync_event_sources";

  private final McpConnection connection;
  private final AdcpAccount account;

  AdcpClient(McpConnection connection, AdcpAccount account) {
    this.connection = connection;
    this.account = account;
  }

  /**
   * What the seller can do with events ({@code get_adcp_capabilities}).
   *
   * @throws AdcpException if the seller refuses, or does not answer as it should
   * @throws InterruptedException if the thread is interrupted; the answer is of no consequence then
   */
  public Capabilities capabilities() throws InterruptedException {
    ToolRequest.Outcome outcome = await(ToolRequest.forCapabilities());
    return new ResultReader(outcome.text()).capabilities(result(outcome));
  }

  /**
   * All event sources of the account, the seller's own ones included; changes nothing ({@code
   * sync_event_sources} without sources).
   *
   * @return in the seller's order
   * @throws AdcpException if the seller refuses, or does not answer as it should
   * @throws InterruptedException if the thread is interrupted; the answer is of no consequence then
   */
  public List<AdcpEventSourceResult> discoverEventSources() throws InterruptedException {
    return sync(null, false, newKey());
  }

  /**
   * Makes the account's event sources as they are given: those that the seller does not know are
   * created, the others updated. Sources come before events: the seller refuses events of a source
   * that it does not know. Under a fresh idempotency key; conditions as of the method with a key.
   */
  public List<AdcpEventSourceResult> syncEventSources(
      List<AdcpEventSource> sources, boolean deleteMissing) throws InterruptedException {
    return syncEventSources(sources, deleteMissing, newKey());
  }

  /**
   * Makes the account's event sources as they are given, under a key of the caller's: a call that
   * is repeated with the same key, after an interrupt or a {@linkplain AdcpException#isRetryable
   * retryable} failure, does not do twice what the first one may have done.
   *
   * @param sources at least one
   * @param deleteMissing whether sources of this buyer that are not given are removed; those of the
   *     seller stay
   * @param idempotencyKey 16–255 characters of {@code [A-Za-z0-9_.:-]}, for this call alone
   * @return the sources that were given and all others of the account, in the seller's order; one
   *     whose action is {@link AdcpEventSourceResult.Action#FAILED} says why, and concerns no other
   * @throws NullPointerException if an argument, or a source, is null
   * @throws IllegalArgumentException if there is no source, two have one id, or the key has another
   *     shape
   * @throws AdcpException if the seller refuses the whole call, or does not answer as it should
   * @throws InterruptedException if the thread is interrupted; what the seller did is unknown then
   */
  public List<AdcpEventSourceResult> syncEventSources(
      List<AdcpEventSource> sources, boolean deleteMissing, String idempotencyKey)
      throws InterruptedException {
    List<AdcpEventSource> given = List.copyOf(sources);
    if (given.isEmpty()) {
      throw new IllegalArgumentException(
          "sources must have one or more; discoverEventSources() lists what is there");
    }
    Set<String> ids = new HashSet<>();
    for (AdcpEventSource source : given) {
      if (!ids.add(source.eventSourceId())) {
        throw new IllegalArgumentException(
            "sources must have each eventSourceId once, has " + source.eventSourceId() + " twice");
      }
    }
    if (!KEY.matcher(Objects.requireNonNull(idempotencyKey, "idempotencyKey")).matches()) {
      throw new IllegalArgumentException(
          "idempotencyKey must have 16 to 255 characters of [A-Za-z0-9_.:-], has "
              + idempotencyKey.length());
    }
    return sync(given, deleteMissing, idempotencyKey);
  }

  /** One call; completes exceptionally with an {@link AdcpException}. */
  CompletionStage<List<EventSourceResult>> register(List<EventSource> sources) {
    List<AdcpEventSource> given = sources.stream().map(AdcpEventSource::of).toList();
    return connection
        .send(syncRequest(given, false, newKey()), System.nanoTime())
        .thenApply(
            outcome -> read(outcome).stream().map(AdcpEventSourceResult::toRegistered).toList());
  }

  private List<AdcpEventSourceResult> sync(
      @Nullable List<AdcpEventSource> sources, boolean deleteMissing, String key)
      throws InterruptedException {
    return read(await(syncRequest(sources, deleteMissing, key)));
  }

  private ToolRequest syncRequest(
      @Nullable List<AdcpEventSource> sources, boolean deleteMissing, String key) {
    Map<String, Object> arguments = ToolRequest.versioned();
    arguments.put("idempotency_key", key);
    arguments.put("account", members(account));
    if (sources != null) {
      arguments.put("event_sources", sources.stream().map(AdcpEventSource::members).toList());
      if (deleteMissing) {
        arguments.put("delete_missing", true);
      }
    }
    return ToolRequest.of(SYNC, arguments, "event_sources");
  }

  private static List<AdcpEventSourceResult> read(ToolRequest.Outcome outcome) {
    JsonNode result = result(outcome);
    try {
      return List.copyOf(new ResultReader(outcome.text()).eventSources(result));
    } catch (NotUnderstoodException e) {
      throw AdcpException.unclear(SYNC, "the agent's answer is not understood: " + e.getMessage());
    }
  }

  private ToolRequest.Outcome await(ToolRequest request) throws InterruptedException {
    try {
      return connection.send(request, System.nanoTime()).toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static JsonNode result(ToolRequest.Outcome outcome) {
    AdcpException failure = outcome.failure();
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(outcome.result());
  }

  private static Map<String, Object> members(AdcpAccount account) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (account instanceof AdcpAccount.Id own) {
      members.put("account_id", own.accountId());
    } else if (account instanceof AdcpAccount.Brand of) {
      Map<String, Object> brand = new LinkedHashMap<>();
      brand.put("domain", of.domain());
      if (of.brandId() != null) {
        brand.put("brand_id", of.brandId());
      }
      members.put("brand", brand);
      members.put("operator", of.operator());
      if (of.sandbox()) {
        members.put("sandbox", true);
      }
    }
    return members;
  }

  private static String newKey() {
    return UUID.randomUUID().toString();
  }
}
