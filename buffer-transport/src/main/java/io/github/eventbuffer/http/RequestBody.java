package io.github.eventbuffer.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, one chunk at a time.
 *
 * <p>The JDK's publisher over a stream takes a failing read for the end of the stream; this one
 * fails the request, so that a damaged batch never looks whole to the endpoint.
 *
 * <p>A batch may not be read after its attempt is over. {@link #stop()} ends the reading and {@link
 * #released()} completes when no stream of the batch is open. Thread-safe.
 */
final class RequestBody implements HttpRequest.BodyPublisher {
  private final HttpCall.Content content;
  private final boolean gzip;
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final List<BodySending> open = new ArrayList<>();
  private boolean stopped;
  private volatile @Nullable Throwable failure;
  private volatile boolean begun;
  private volatile boolean sent;

  /** A body; nothing is read yet. */
  RequestBody(HttpCall.Content content, boolean gzip) {
    this.content = content;
    this.gzip = gzip;
  }

  @Override
  public long contentLength() {
    return gzip ? -1 : content.bytes();
  }

  /**
   * Starts from the beginning for each subscriber: the client may ask again on a new connection.
   */
  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    BodySending sending = new BodySending(this, subscriber);
    boolean late;
    synchronized (open) {
      late = stopped;
      open.add(sending);
    }
    subscriber.onSubscribe(sending);
    if (late) {
      sending.fail(new IOException("the attempt is over"));
    }
  }

  /** Ends all reading. Idempotent; does not block. */
  void stop() {
    List<BodySending> sendings;
    synchronized (open) {
      stopped = true;
      sendings = List.copyOf(open);
    }
    sendings.forEach(BodySending::cancel);
    releaseIfStopped();
  }

  /** Completes after {@link #stop()}, when no stream of the batch is open. */
  CompletableFuture<Void> released() {
    return released;
  }

  /** What it is called when it cannot be read. */
  String name() {
    return content.name();
  }

  /** Why it could not be read; null when it could, or was not yet. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Whether a part of the body, or all of it, was handed to the client. */
  boolean isBegun() {
    return begun;
  }

  /** Whether the whole body was handed to the client. */
  boolean isSent() {
    return sent;
  }

  /** Opens the whole body. Called by a sending, on a thread of the transport. */
  InputStream openStream() throws IOException {
    InputStream body = content.open();
    return gzip ? new GzipStream(body) : body;
  }

  /** Called by a sending before it hands over its first bytes. */
  void begun() {
    begun = true;
  }

  /** Called once by each sending, after it closed its stream. */
  void ended(BodySending sending, boolean whole, @Nullable Throwable thrown) {
    if (thrown != null) {
      failure = thrown;
    }
    if (whole) {
      sent = true;
    }
    synchronized (open) {
      open.remove(sending);
    }
    releaseIfStopped();
  }

  private void releaseIfStopped() {
    boolean release;
    synchronized (open) {
      release = stopped && open.isEmpty();
    }
    if (release) {
      released.complete(null);
    }
  }
}
