package io.github.eventbuffer.e2e;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Another transport, of which a test sees when it is asked and when nothing is under way. */
final class WatchedTransport implements EventTransport {
  /** One permit for each answer to {@link #delay()} that was not zero. */
  final Semaphore delays = new Semaphore(0);

  private final EventTransport transport;
  private int underWay;

  WatchedTransport(EventTransport transport) {
    this.transport = transport;
  }

  @Override
  public Duration delay() {
    Duration delay = transport.delay();
    if (!delay.isZero()) {
      delays.release();
    }
    return delay;
  }

  @Override
  public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    moved(1);
    return transport.deliver(batch).whenComplete((result, thrown) -> moved(-1));
  }

  private synchronized void moved(int by) {
    underWay += by;
    notifyAll();
  }

  synchronized void awaitNothingUnderWay() throws InterruptedException {
    while (underWay > 0) {
      TimeUnit.SECONDS.timedWait(this, 30);
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
