package io.github.eventbuffer;

import java.util.concurrent.CompletionStage;

/**
 * Carries one batch to the endpoint, once.
 *
 * <p>A transport makes exactly one attempt per call and never retries by itself: retry, hold,
 * split, dead letter and commit belong to the buffer, because they move the checkpoint. One
 * transport may serve several buffers, so implementations are thread-safe. A buffer never closes a
 * transport that it was given; the application that made it closes it.
 */
public interface EventTransport extends AutoCloseable {

  /**
   * Makes one attempt to deliver a batch.
   *
   * <p>Called by the buffer's flusher thread; must not block it for the time of the request. The
   * stage must complete within a bound of the transport's own (connect and request time-outs). A
   * stage that completes exceptionally, or a call that throws, counts as {@link
   * DeliveryResult.Unavailable}: the batch is sent again.
   *
   * @param batch what to send; valid until the returned stage is complete
   * @return the outcome; never completes with null
   */
  CompletionStage<DeliveryResult> deliver(EventBatch batch);

  /** Frees connections and threads. Idempotent. Attempts under way may complete as unavailable. */
  @Override
  void close();
}
