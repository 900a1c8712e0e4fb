package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads every batch, enters its events into a ledger and acknowledges it at once. */
final class CheckedTransport implements EventTransport {
  private final IdLedger ledger;
  private final byte[] bytes = new byte[16 << 20];

  CheckedTransport(IdLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public synchronized CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    try (InputStream events = batch.openEvents()) {
      ledger.enterArray(bytes, 0, events.readNBytes(bytes, 0, bytes.length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return CompletableFuture.completedFuture(DeliveryResult.Delivered.all(batch.count()));
  }

  @Override
  public void close() {}
}
