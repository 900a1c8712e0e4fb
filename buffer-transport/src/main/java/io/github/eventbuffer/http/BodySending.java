package io.github.eventbuffer.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a request's body, paced by the client's demand. Reads on the thread that asks.
 *
 * <p>Demand, cancel and failure arrive on any thread, also from inside of {@code onNext}. Each of
 * them leaves its wish in a field and raises {@code wishes}; the thread that raised it from 0 works
 * until it has brought it back to 0. So one thread at a time touches the stream and the subscriber,
 * there is no recursion, and a wish that comes while another thread works is seen by that thread,
 * because it was written before the raise.
 */
final class BodySending implements Flow.Subscription {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final RequestBody body;
  private final Flow.Subscriber<? super ByteBuffer> subscriber;
  private final AtomicInteger wishes = new AtomicInteger();
  private final AtomicLong demand = new AtomicLong();
  private volatile boolean cancelled;
  private volatile @Nullable Throwable error;
  private @Nullable InputStream stream;
  private boolean ended;

  BodySending(RequestBody body, Flow.Subscriber<? super ByteBuffer> subscriber) {
    this.body = body;
    this.subscriber = subscriber;
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      fail(new IllegalArgumentException("demand must be 1 or more, is " + n));
      return;
    }
    demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    work();
  }

  @Override
  public void cancel() {
    cancelled = true;
    work();
  }

  /** Ends the pass with an error, if it has not ended. */
  void fail(Throwable thrown) {
    error = thrown;
    work();
  }

  private void work() {
    if (wishes.getAndIncrement() != 0) {
      return;
    }
    int done = 1;
    do {
      while (!ended && !cancelled && error == null && demand.get() > 0) {
        demand.decrementAndGet();
        next();
      }
      if (!ended && (cancelled || error != null)) {
        end(false, error);
        if (error != null) {
          subscriber.onError(error);
        }
      }
      done = wishes.addAndGet(-done);
    } while (done != 0);
  }

  private void next() {
    try {
      InputStream in = stream;
      if (in == null) {
        in = body.openStream();
        stream = in;
      }
      byte[] chunk = new byte[CHUNK_BYTES];
      int length = in.readNBytes(chunk, 0, CHUNK_BYTES);
      // A short chunk is the last one. The end is told with it, and not at the next demand,
      // because a subscriber that has all the bytes it waits for may demand no more.
      boolean last = length < CHUNK_BYTES;
      if (last) {
        end(true, null);
      }
      if (length > 0) {
        body.begun();
        subscriber.onNext(ByteBuffer.wrap(chunk, 0, length));
      }
      if (last) {
        subscriber.onComplete();
      }
    } catch (Throwable t) {
      // Also an Error: swallowed here, it would leave the request hanging until the deadline.
      if (!ended) {
        error = t;
      } else {
        subscriber.onError(t);
      }
    }
  }

  private void end(boolean whole, @Nullable Throwable thrown) {
    ended = true;
    Throwable reported = thrown;
    try {
      if (stream != null) {
        stream.close();
      }
    } catch (IOException | RuntimeException e) {
      // Everything was read, or nothing more is wanted: a failing close changes neither.
      reported = thrown;
    } finally {
      body.ended(this, whole, reported);
    }
  }
}
