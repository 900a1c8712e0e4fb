package io.github.eventbuffer.interchange;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver one batch, from asking for the key to the last byte of the answer, under
 * one deadline. Thread-safe.
 *
 * <p>Answer, failure, deadline and close race; the first one settles the attempt. The outcome is
 * told after the exchange was cancelled and the batch's stream is closed, because the batch is good
 * only until then. A stream that is stuck in a read delays it by a second at most.
 */
final class Attempt {
  private static final long RELEASE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final ResponseReader READER = new ResponseReader(Clock.systemUTC());

  private final EventBatch batch;
  private final TransportOptions options;
  private final TransportThreads threads;
  private final CompletableFuture<DeliveryResult> outcome = new CompletableFuture<>();
  private final AtomicBoolean settled = new AtomicBoolean();
  private volatile PublicText text = new PublicText("");
  private volatile @Nullable Future<?> deadline;
  private volatile @Nullable RequestBody body;
  private volatile @Nullable CompletableFuture<HttpResponse<Response>> exchange;
  private volatile HttpResponse.@Nullable ResponseInfo head;
  private volatile boolean unanswered;

  Attempt(EventBatch batch, TransportOptions options, TransportThreads threads) {
    this.batch = batch;
    this.options = options;
    this.threads = threads;
  }

  /** Completes once, never exceptionally. */
  CompletableFuture<DeliveryResult> outcome() {
    return outcome;
  }

  /** Whether it ended because its time was over, without so much as the head of an answer. */
  boolean isUnanswered() {
    return unanswered;
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
      deadline = threads.after(options.requestTimeout().toNanos(), this::expire);
      threads.workers().execute(() -> guarded(() -> send(client)));
    } catch (RejectedExecutionException e) {
      abandon();
    }
    if (settled.get()) {
      cancel(deadline);
    }
  }

  /** Settles the attempt because the transport is closed. */
  void abandon() {
    settle(new DeliveryResult.Unavailable("the transport was closed"));
  }

  /**
   * Tells the outcome even though the stream of the batch may still be open. After {@link
   * #abandon}.
   */
  void tell() {
    outcome.complete(new DeliveryResult.Unavailable("the transport was closed"));
  }

  private void send(HttpClient client) throws Exception {
    URI uri = options.baseUrl().logEvent(batch.destination().advertiserId());
    if (uri == null) {
      settle(new DeliveryResult.Held("advertiserId cannot be a part of a URL; correct it"));
      return;
    }
    if (!isUnicode(batch.destination().eventSourceId())
        || !isUnicode(batch.destination().testEventCode())) {
      settle(
          new DeliveryResult.Held(
              "eventSourceId or testEventCode is not valid Unicode; correct it"));
      return;
    }
    ApiKey key = ApiKey.from(options.apiKey());
    if (key.flaw() != null) {
      settle(new DeliveryResult.Held(key.flaw()));
      return;
    }
    text = key.publicText();
    RequestBody newBody = new RequestBody(batch, options.gzip());
    body = newBody;
    if (settled.get()) {
      newBody.stop();
      return;
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", key.authorization())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("User-Agent", options.userAgent())
            .POST(newBody);
    if (options.gzip()) {
      request.header("Content-Encoding", "gzip");
    }
    CompletableFuture<HttpResponse<Response>> sent =
        client.sendAsync(
            request.build(),
            info -> {
              head = info;
              return new CappedBody(info, options.maxResponseBytes());
            });
    exchange = sent;
    sent.whenComplete((response, thrown) -> guarded(() -> answered(newBody, response, thrown)));
    if (settled.get()) {
      cancel(sent);
    }
  }

  private void answered(
      RequestBody newBody, @Nullable HttpResponse<Response> response, @Nullable Throwable thrown) {
    Throwable unread = newBody.failure();
    if (unread != null) {
      settle(new DeliveryResult.Unavailable("the events could not be read: " + text.of(unread)));
    } else if (response == null) {
      String cause = describe(unwrap(thrown));
      settle(
          head == null && newBody.isBegun()
              ? new DeliveryResult.Unavailable(cause, null, true)
              : incomplete(cause));
    } else if (response.statusCode() / 100 == 2 && !newBody.isSent()) {
      settle(
          new DeliveryResult.Unavailable(
              "HTTP " + response.statusCode() + " came before all events were sent"));
    } else {
      settle(READER.read(response.body(), batch.count(), text));
    }
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
    unanswered = head == null && !settled.get();
    guarded(() -> settle(incomplete("no complete answer within " + options.requestTimeout())));
  }

  /** A status that already arrived stands, unless it is a success: that one needs its body. */
  private DeliveryResult incomplete(String cause) {
    HttpResponse.ResponseInfo info = head;
    if (info == null || info.statusCode() / 100 == 2) {
      return new DeliveryResult.Unavailable(cause);
    }
    Response cut = new Response(info.statusCode(), info.headers(), new byte[0], "it is incomplete");
    return READER.read(cut, batch.count(), text);
  }

  private void settle(DeliveryResult result) {
    if (!settled.compareAndSet(false, true)) {
      return;
    }
    try {
      cancel(deadline);
      cancel(exchange);
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

  /** Runs a step so that whatever it throws, an Error too, settles the attempt. */
  private void guarded(Step step) {
    try {
      step.run();
    } catch (Throwable t) {
      settle(new DeliveryResult.Unavailable(text.of(t)));
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

  private static boolean isUnicode(@Nullable String value) {
    return value == null || StandardCharsets.UTF_8.newEncoder().canEncode(value);
  }

  private interface Step {
    void run() throws Exception;
  }
}
