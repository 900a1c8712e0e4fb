package io.github.eventbuffer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

  /**
   * How long the next attempt should wait so that the endpoint's limit on requests is not hit;
   * default zero, at once.
   *
   * <p>The buffer asks whenever it has something to send, on the thread that calls {@link #deliver}
   * and right before it. Zero lets one attempt through, which that thread makes at once as a rule,
   * so a transport that serves several buffers may set a request aside for it. While there is a
   * delay the buffer sends nothing, retries and the probe of {@link EventBuffer#resume()} included,
   * and cuts no new batch: what is appended meanwhile makes the next one fuller. It asks again when
   * the delay is over, or sooner; so an answer says what is left of a delay, and comes to zero in
   * time. Flush and close keep their own time limits.
   *
   * <p>Called from several threads at once where several buffers share the transport. Must not
   * block. A transport in front of another one passes the question on.
   *
   * @return measured by the buffer's clock; not null, not negative. More than 1 h counts as 1 h. A
   *     call that throws, or returns anything else, counts as no delay and is logged.
   */
  default Duration delay() {
    return Duration.ZERO;
  }

  /**
   * Registers event sources on the destination's advertiser; what is registered already is left as
   * it is, or changed to the definition. Default: fails, because the transport has no way to.
   *
   * <p>Called by the buffer's flusher thread; must not block it for the time of the request. The
   * stage must complete within a bound of the transport's own. One attempt; a transport in front of
   * another one passes it on.
   *
   * @param sources 1 to 50, with different ids
   * @return what became of each; completes exceptionally, with a message for people and without
   *     secrets, when nothing can be said of any
   */
  default CompletionStage<List<EventSourceResult>> register(
      Destination destination, List<EventSource> sources) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException(
            "this transport cannot register event sources; register "
                + destination.eventSourceId()
                + " by other means"));
  }

  /** Frees connections and threads. Idempotent. Attempts under way may complete as unavailable. */
  @Override
  void close();
}
