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
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a seller agent around {@code log_event}: what it can do, its event sources, and the
 * account's audiences. From {@link McpTransport#client()}; shares the transport's connection, key,
 * session and account, and ends with it.
 *
 * <p>Each method makes one request, but {@code syncAudiences} one after the other for many members,
 * and blocks until it is answered, for the transport's request time-out and a second at most; none
 * retries. Thread-safe. Not to be called on a thread that a transport's stage completes on.
 */
public final class AdcpClient {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.:-]{16,255}");

  private static final String SYNC = "sync_event_sources";
  private static final String SYNC_AUDIENCES = "sync_audiences";

  /**
   * A tenth of what AdCP recommends at most: a request's members are on the heap while it waits.
   */
  private static final int MEMBERS_PER_CALL = 10_000;

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
    checkKey(idempotencyKey);
    return sync(given, deleteMissing, idempotencyKey);
  }

  /**
   * All audiences of the account, as far as the seller tells; changes nothing ({@code
   * sync_audiences} without audiences).
   *
   * @return {@link AdcpAudienceSync.Done}, unless the seller says that even this waits in line
   * @throws AdcpException if the seller refuses, or does not answer as it should
   * @throws InterruptedException if the thread is interrupted; the answer is of no consequence then
   */
  public AdcpAudienceSync.Answer discoverAudiences() throws InterruptedException {
    return readAudiences(await(audienceRequest(List.of(), false, newKey())));
  }

  /**
   * Brings the account's audiences up to date. Under a fresh idempotency key and with nobody who is
   * told of each answer; else as the method that takes both.
   */
  public AdcpAudienceSync syncAudiences(List<AdcpAudience> audiences, boolean deleteMissing)
      throws InterruptedException {
    return syncAudiences(audiences, deleteMissing, newKey(), sync -> {});
  }

  /**
   * Brings the account's audiences up to date ({@code sync_audiences}): those that the seller does
   * not know are created, the others get what is said of them, and members are added and removed.
   *
   * <p>More than 10,000 members, added and removed ones together, are sent in several requests, one
   * after the other, each behind the answer to the one before; AdCP has members added and removed
   * by difference, so that nothing hangs on where they are parted. The first request names all
   * audiences, and it alone says {@code deleteMissing}; each one says all of an audience but its
   * members again, the consent basis above all. A seller that puts requests in line may do them in
   * any order. An audience that fails in one request is sent in those that follow all the same.
   *
   * <p>A call that is repeated with the same key and the same members in the same order, after an
   * interrupt or a {@linkplain AdcpException#isRetryable retryable} failure, makes the same
   * requests under the same keys, and does not do twice what the first one may have done. {@code
   * context}, {@code ext} and {@code adcp_version} of the schema are not sent.
   *
   * @param audiences at least one, with different ids
   * @param deleteMissing whether audiences of this buyer that are not given are removed; those of
   *     the seller stay
   * @param idempotencyKey 16–255 characters of {@code [A-Za-z0-9_.:-]}, for this call alone; what
   *     the requests after the first are sent under is made from it
   * @param progress told after each answer what was sent and answered so far, on the calling
   *     thread; what it throws ends the call
   * @return the answers, each of them {@linkplain AdcpAudienceSync.Done done} or {@linkplain
   *     AdcpAudienceSync.Submitted in line}; an audience whose action is {@link
   *     AdcpEventSourceResult.Action#FAILED} says why, and concerns no other
   * @throws NullPointerException if an argument, an audience or a member is null
   * @throws IllegalArgumentException if there is no audience, two have one id, or the key has
   *     another shape; also what an iterator of members throws. What was answered before stands
   * @throws AdcpException if the seller refuses a whole request, or does not answer as it should;
   *     what was answered before stands
   * @throws InterruptedException if the thread is interrupted; what the seller did is unknown then
   */
  public AdcpAudienceSync syncAudiences(
      List<AdcpAudience> audiences,
      boolean deleteMissing,
      String idempotencyKey,
      Consumer<AdcpAudienceSync> progress)
      throws InterruptedException {
    return syncAudiences(audiences, deleteMissing, idempotencyKey, progress, MEMBERS_PER_CALL);
  }

  /** With another number of members in a request. */
  AdcpAudienceSync syncAudiences(
      List<AdcpAudience> audiences,
      boolean deleteMissing,
      String idempotencyKey,
      Consumer<AdcpAudienceSync> progress,
      int membersPerCall)
      throws InterruptedException {
    List<AdcpAudience> given = List.copyOf(audiences);
    if (given.isEmpty()) {
      throw new IllegalArgumentException(
          "audiences must have one or more; discoverAudiences() lists what is there");
    }
    Set<String> ids = new HashSet<>();
    for (AdcpAudience audience : given) {
      if (!ids.add(audience.audienceId())) {
        throw new IllegalArgumentException(
            "audiences must have each audienceId once, has " + audience.audienceId() + " twice");
      }
    }
    checkKey(idempotencyKey);
    Objects.requireNonNull(progress, "progress");
    AudienceUpload.Call call =
        (filled, missing, key) -> readAudiences(await(audienceRequest(filled, missing, key)));
    return new AudienceUpload(given, deleteMissing, idempotencyKey, membersPerCall, call, progress)
        .run();
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
    Map<String, Object> arguments = arguments(key);
    if (sources != null) {
      arguments.put("event_sources", sources.stream().map(AdcpEventSource::members).toList());
      if (deleteMissing) {
        arguments.put("delete_missing", true);
      }
    }
    return ToolRequest.of(SYNC, arguments, "event_sources");
  }

  private ToolRequest audienceRequest(
      List<Map<String, Object>> audiences, boolean deleteMissing, String key) {
    Map<String, Object> arguments = arguments(key);
    if (!audiences.isEmpty()) {
      arguments.put("audiences", audiences);
    }
    if (deleteMissing) {
      arguments.put("delete_missing", true);
    }
    return ToolRequest.ofQueued(SYNC_AUDIENCES, arguments, "audiences");
  }

  private Map<String, Object> arguments(String key) {
    Map<String, Object> arguments = ToolRequest.versioned();
    arguments.put("idempotency_key", key);
    arguments.put("account", members(account));
    return arguments;
  }

  private static void checkKey(String key) {
    if (!KEY.matcher(Objects.requireNonNull(key, "idempotencyKey")).matches()) {
      throw new IllegalArgumentException(
          "idempotencyKey must have 16 to 255 characters of [A-Za-z0-9_.:-], has " + key.length());
    }
  }

  private static List<AdcpEventSourceResult> read(ToolRequest.Outcome outcome) {
    JsonNode result = result(outcome);
    try {
      return List.copyOf(new ResultReader(outcome.text()).eventSources(result));
    } catch (NotUnderstoodException e) {
      throw AdcpException.unclear(SYNC, "the agent's answer is not understood: " + e.getMessage());
    }
  }

  private static AdcpAudienceSync.Answer readAudiences(ToolRequest.Outcome outcome) {
    JsonNode result = result(outcome);
    try {
      return new ResultReader(outcome.text()).audiences(result);
    } catch (NotUnderstoodException e) {
      throw AdcpException.unclear(
          SYNC_AUDIENCES, "the agent's answer is not understood: " + e.getMessage());
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
