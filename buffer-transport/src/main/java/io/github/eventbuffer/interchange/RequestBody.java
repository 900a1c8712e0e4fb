package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The request's body: the destination around the batch's own bytes, one chunk at a time.
 *
 * <p>The JDK's publisher over a stream takes a failing read for the end of the stream; this one
 * fails the request, so that a damaged batch never looks whole to the endpoint.
 *
 * <p>A batch may not be read after its attempt is over. {@link #stop()} ends the reading and {@link
 * #released()} completes when no stream of the batch is open. Thread-safe.
 */
final class RequestBody implements HttpRequest.BodyPublisher {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] SUFFIX = {'}'};

  private final EventBatch batch;
  private final boolean gzip;
  private final byte[] prefix;
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final List<BodySending> open = new ArrayList<>();
  private boolean stopped;
  private volatile @Nullable Throwable failure;
  private volatile boolean begun;
  private volatile boolean sent;

  /** The body for a batch; nothing is read yet. */
  RequestBody(EventBatch batch, boolean gzip) throws JsonProcessingException {
    this.batch = batch;
    this.gzip = gzip;
    this.prefix = prefix(batch.destination());
  }

  @Override
  public long contentLength() {
    return gzip ? -1 : prefix.length + batch.byteSize() + SUFFIX.length;
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

  /** Why the events could not be read; null when they could, or were not yet. */
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
    InputStream body =
        new SequenceInputStream(
            Collections.enumeration(
                List.of(
                    new ByteArrayInputStream(prefix),
                    new CountedStream(batch.openEvents(), batch.byteSize()),
                    new ByteArrayInputStream(SUFFIX))));
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

  private static byte[] prefix(Destination destination) throws JsonProcessingException {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("event_source_id", destination.eventSourceId());
    if (destination.testEventCode() != null) {
      members.put("test_event_code", destination.testEventCode());
    }
    byte[] object = JSON.writeValueAsBytes(members);
    byte[] events = {',', '"', 'e', 'v', 'e', 'n', 't', 's', '"', ':'};
    // The events take the place of the closing brace.
    byte[] prefix = Arrays.copyOf(object, object.length - 1 + events.length);
    System.arraycopy(events, 0, prefix, object.length - 1, events.length);
    return prefix;
  }
}
