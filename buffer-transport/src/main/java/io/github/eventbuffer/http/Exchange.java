package io.github.eventbuffer.http;

import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One request, from asking for the key to the last byte of the answer, under one deadline.
 * Thread-safe.
 *
 * <p>Answer, failure, deadline and close race; the first one settles the exchange. The outcome is
 * told after the request was cancelled and the body's stream is closed, because a batch is good
 * only until then. A stream that is stuck in a read delays it by a second at most.
 */
final class Exchange<R> {
  private static final String CLOSED = "the transport was closed";
  private static final long RELEASE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final HttpCall<R> call;
  private final HttpOptions options;
  private final TransportThreads threads;
  private final CompletableFuture<R> outcome = new CompletableFuture<>();
  private final AtomicBoolean settled = new AtomicBoolean();
  private volatile PublicText text = new PublicText("");
  private volatile @Nullable Future<?> deadline;
  private volatile @Nullable RequestBody body;
  private volatile @Nullable CompletableFuture<HttpResponse<Response>> sent;
  private volatile HttpResponse.@Nullable ResponseInfo head;
  private volatile boolean clientAtFault;

  Exchange(HttpCall<R> call, HttpOptions options, TransportThreads threads) {
    this.call = call;
    this.options = options;
    this.threads = threads;
  }

  /** Completes once, never exceptionally. */
  CompletableFuture<R> outcome() {
    return outcome;
  }

  /**
   * Whether the client itself may be what failed: its time was over without so much as the head of
   * an answer, or it failed before it began, and not for want of a connection.
   */
  boolean isClientAtFault() {
    return clientAtFault;
  }

  /** The head of the answer, or null when none came. */
  HttpResponse.@Nullable ResponseInfo head() {
    return head;
  }

  /** Whether bytes of the body went out: the endpoint may have counted the request. */
  boolean isBegun() {
    RequestBody sending = body;
    return sending != null && sending.isBegun();
  }

  /** Starts the clock and hands the work to a worker. Does not block. */
  void start(HttpClient client) {
    try {
      deadline = threads.after(call.nanosLeft(options.requestTimeout().toNanos()), this::expire);
      threads.workers().execute(() -> guarded(() -> send(client)));
    } catch (RejectedExecutionException e) {
      abandon();
    } catch (Throwable t) {
      // No thread for it, for example. Thrown, it would leave others waiting for an outcome.
      settle(call.failed(text.of(t), false));
    }
    if (settled.get()) {
      cancel(deadline);
    }
  }

  /** Settles it because the transport is closed. */
  void abandon() {
    settle(call.failed(CLOSED, false));
  }

  /**
   * Tells the outcome even though the stream of the body may still be open. After {@link #abandon}.
   */
  void tell() {
    outcome.complete(call.failed(CLOSED, false));
  }

  private void send(HttpClient client) throws Exception {
    URI uri = call.uri(options.baseUrl());
    if (uri == null) {
      settle(call.refusal());
      return;
    }
    ApiKey key = ApiKey.from(options.apiKey());
    String flaw = key.flaw();
    if (flaw != null) {
      settle(call.withoutKey(flaw));
      return;
    }
    text = key.publicText();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", key.authorization())
            .header("Accept", call.accepted())
            .header("User-Agent", options.userAgent());
    call.headers().forEach(request::header);
    RequestBody newBody = bodyOf(call.content(), request);
    if (settled.get()) {
      newBody.stop();
      return;
    }
    CompletableFuture<HttpResponse<Response>> sending =
        client.sendAsync(
            request.build(),
            info -> {
              head = info;
              return new CappedBody(info, options.maxResponseBytes());
            });
    sent = sending;
    sending.whenComplete((response, thrown) -> guarded(() -> answered(newBody, response, thrown)));
    if (settled.get()) {
      cancel(sending);
    }
  }

  private RequestBody bodyOf(HttpCall.@Nullable Content content, HttpRequest.Builder request) {
    RequestBody newBody =
        new RequestBody(
            content == null ? HttpCall.Content.of(new byte[0]) : content, options.gzip());
    body = newBody;
    if (content == null) {
      request.method(call.method(), HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json").POST(newBody);
      if (options.gzip()) {
        request.header("Content-Encoding", "gzip");
      }
    }
    return newBody;
  }

  private void answered(
      RequestBody newBody, @Nullable HttpResponse<Response> response, @Nullable Throwable thrown) {
    Throwable unread = newBody.failure();
    if (unread != null) {
      settle(call.failed(newBody.name() + " could not be read: " + text.of(unread), false));
    } else if (response == null) {
      Throwable why = unwrap(thrown);
      String cause = describe(why);
      if (!settled.get()) {
        clientAtFault = !isBegun() && head == null && !isForWantOfConnection(why);
      }
      settle(head == null && newBody.isBegun() ? call.failed(cause, true) : incomplete(cause));
    } else if (response.statusCode() / 100 == 2 && newBody.isBegun() && !newBody.isSent()) {
      settle(
          call.failed(
              "HTTP "
                  + response.statusCode()
                  + " came before all of "
                  + newBody.name()
                  + " was sent",
              false));
    } else {
      settle(call.answered(response.body(), text));
    }
  }

  private static boolean isForWantOfConnection(Throwable thrown) {
    return thrown instanceof SocketException
        || thrown instanceof UnknownHostException
        || thrown instanceof HttpTimeoutException
        || thrown instanceof SSLException;
  }

  /** No connection is the commonest trouble there is: name who could not be reached. */
  private String describe(Throwable thrown) {
    String words = text.of(thrown);
    if (!(thrown instanceof ConnectException)) {
      return words;
    }
    String host = options.baseUrl().authority();
    return thrown.getCause() instanceof UnresolvedAddressException
        ? "the name of " + host + " cannot be resolved (" + words + ")"
        : "cannot connect to " + host + " (" + words + ")";
  }

  private void expire() {
    clientAtFault = head == null && !settled.get();
    guarded(() -> settle(incomplete("no complete answer within " + options.requestTimeout())));
  }

  /** A status that already arrived stands, unless it is a success: that one needs its body. */
  private R incomplete(String cause) {
    HttpResponse.ResponseInfo info = head;
    if (info == null || info.statusCode() / 100 == 2) {
      return call.failed(cause, false);
    }
    Response cut = new Response(info.statusCode(), info.headers(), new byte[0], "it is incomplete");
    return call.answered(cut, text);
  }

  private void settle(R result) {
    if (!settled.compareAndSet(false, true)) {
      return;
    }
    try {
      cancel(deadline);
      cancel(sent);
      RequestBody sending = body;
      if (sending == null) {
        outcome.complete(result);
        return;
      }
      sending.stop();
      sending.released().thenRun(() -> outcome.complete(result));
      if (!outcome.isDone()) {
        Future<?> patience = threads.after(RELEASE_NANOS, () -> outcome.complete(result));
        outcome.thenRun(() -> patience.cancel(false));
      }
    } catch (Throwable t) {
      // What failed was the tidying up; also the timer refuses once the transport is closed.
      outcome.complete(result);
    }
  }

  /** Runs a step so that whatever it throws, an Error too, settles it. */
  private void guarded(Step step) {
    try {
      step.run();
    } catch (Throwable t) {
      clientAtFault = !isBegun() && head == null && !settled.get();
      settle(call.failed(text.of(t), false));
    }
  }

  /** The exchange wants the interrupt, and knows no thread; a timer's task would hit our own. */
  private static void cancel(@Nullable Future<?> future) {
    if (future != null) {
      future.cancel(future instanceof CompletableFuture);
    }
  }

  private static Throwable unwrap(@Nullable Throwable thrown) {
    if (thrown instanceof CompletionException && thrown.getCause() != null) {
      return thrown.getCause();
    }
    return thrown == null ? new IllegalStateException("no answer") : thrown;
  }

  private interface Step {
    void run() throws Exception;
  }
}
