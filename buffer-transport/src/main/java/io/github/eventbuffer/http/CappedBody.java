package io.github.eventbuffer.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects a response's body up to a limit, and stops reading beyond it. For one response. */
final class CappedBody implements HttpResponse.BodySubscriber<Response> {
  private final int status;
  private final HttpHeaders headers;
  private final int maxBytes;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CompletableFuture<Response> response = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  /** For the response whose head is given. */
  CappedBody(HttpResponse.ResponseInfo head, int maxBytes) {
    this.status = head.statusCode();
    this.headers = head.headers();
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<Response> getBody() {
    return response;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (response.isDone()) {
        return;
      }
      if (buffer.remaining() > maxBytes - bytes.size()) {
        response.complete(
            new Response(status, headers, new byte[0], "it is larger than " + maxBytes + " bytes"));
        if (subscription != null) {
          subscription.cancel();
        }
        return;
      }
      byte[] copy = new byte[buffer.remaining()];
      buffer.get(copy);
      bytes.writeBytes(copy);
    }
  }

  @Override
  public void onError(Throwable thrown) {
    response.completeExceptionally(thrown);
  }

  @Override
  public void onComplete() {
    response.complete(new Response(status, headers, bytes.toByteArray(), null));
  }
}
