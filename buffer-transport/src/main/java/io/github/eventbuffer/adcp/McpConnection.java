package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.HttpEndpoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one agent: messages with ids of their own, in a session if the agent wants one.
 * Thread-safe.
 *
 * <p>Nothing is agreed on beforehand. A request that comes back for want of a session was not
 * looked into; then a session is made, one for all that wait for it, and the request is sent again,
 * once. All of that shares the request's time-out, which ends the wait for a session, too: whoever
 * makes it may have more time left.
 */
final class McpConnection {
  private final HttpEndpoint endpoint;
  private final boolean slash;
  private final AtomicLong ids = new AtomicLong();
  private Session session = Session.NONE;
  private @Nullable CompletableFuture<Handshake.Outcome> renewal;

  /**
   * A connection; nothing is sent yet.
   *
   * @param slash whether the agent's address ends with one
   */
  McpConnection(HttpEndpoint endpoint, boolean slash) {
    this.endpoint = endpoint;
    this.slash = slash;
  }

  /**
   * Makes one request. Does not block. The stage never completes exceptionally.
   *
   * @param startNanos when the time-out of all that belongs together began; {@link System#nanoTime}
   */
  <T> CompletionStage<T> send(McpRequest<T> request, long startNanos) {
    Session used = session();
    return post(request, used, startNanos)
        .thenCompose(
            reply ->
                reply.isForSession()
                    ? sendInNew(request, used, startNanos)
                    : CompletableFuture.completedFuture(reply.outcome()));
  }

  private <T> CompletionStage<T> sendInNew(
      McpRequest<T> request, Session refused, long startNanos) {
    return renewed(refused, startNanos)
        .thenCompose(
            renewal -> {
              Session fresh = renewal.session();
              return fresh == null
                  ? CompletableFuture.completedFuture(renewal.failed(request))
                  : post(request, fresh, startNanos).thenApply(McpCall.Reply::outcome);
            });
  }

  /** The request that ends the session that is kept; null when there is none. */
  @Nullable SessionEnd farewell() {
    Session last = session();
    return last.isKept() ? new SessionEnd(last, slash) : null;
  }

  private synchronized Session session() {
    return session;
  }

  /** A session that was made after this one; the requests that ask for it at once share it. */
  private CompletionStage<Handshake.Outcome> renewed(Session refused, long startNanos) {
    CompletableFuture<Handshake.Outcome> own = new CompletableFuture<>();
    synchronized (this) {
      if (session != refused) {
        return CompletableFuture.completedFuture(Handshake.Outcome.of(session));
      }
      if (renewal != null) {
        // Who makes it may have begun later, and have more time.
        return endpoint.inTime(renewal, startNanos, Handshake.Outcome.none("no session in time"));
      }
      renewal = own;
    }
    try {
      handshake(startNanos).whenComplete((outcome, thrown) -> renewed(own, outcome));
    } catch (Throwable e) {
      renewed(own, null);
    }
    return own;
  }

  private void renewed(
      CompletableFuture<Handshake.Outcome> own, Handshake.@Nullable Outcome outcome) {
    Handshake.Outcome result =
        outcome == null ? Handshake.Outcome.none("the handshake failed") : outcome;
    synchronized (this) {
      session = result.session() == null ? session : result.session();
      renewal = null;
    }
    own.complete(result);
  }

  private CompletionStage<Handshake.Outcome> handshake(long startNanos) {
    return post(Handshake.initialize(), Session.NONE, startNanos)
        .thenCompose(
            reply -> {
              Handshake.Outcome begun = reply.outcome();
              Session fresh = begun.session();
              return fresh == null
                  ? CompletableFuture.completedFuture(begun)
                  : post(Handshake.initialized(), fresh, startNanos)
                      .thenApply(noted -> noted.outcome().hasGoneWell() ? begun : noted.outcome());
            });
  }

  private <T> CompletionStage<McpCall.Reply<T>> post(
      McpRequest<T> request, Session in, long startNanos) {
    return endpoint.send(new McpCall<>(request, ids.incrementAndGet(), in, slash, startNanos));
  }
}
