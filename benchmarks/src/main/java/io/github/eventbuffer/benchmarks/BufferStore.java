package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBuffer;
import java.io.IOException;
import java.time.Duration;

/**
 * The buffer, with its default options. Delivery is paused while it is measured, because nothing
 * reads the references either; in the end all is delivered, and each event looked for.
 */
final class BufferStore implements EventStore {
  /** What is appended. */
  enum Form {
    EVENT,
    JSON,
    /** Events that were accepted before, built anew as a retry of the checkout would. */
    DUPLICATE
  }

  private static final Duration DRAIN = Duration.ofMinutes(2);

  private final ScratchDirectory directory = new ScratchDirectory();
  private final IdLedger ledger = new IdLedger();
  private final Form form;
  private final EventBuffer buffer;
  private ConversionEvent[] events = {};
  private byte[][] json = {};
  private int filled;

  BufferStore(Form form, Durability durability) throws IOException {
    this.form = form;
    buffer =
        EventBuffer.builder(directory.path().resolve("events"))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(new CheckedTransport(ledger))
            .durability(durability)
            .open();
    buffer.pause();
  }

  @Override
  public void prepare(long first, int count) {
    if (form == Form.JSON) {
      json = CheckoutEvent.jsons(first, count);
      return;
    }
    if (form == Form.DUPLICATE) {
      events = CheckoutEvent.events(0, count);
      for (; filled < count; filled++) {
        require(buffer.append(events[filled]), AppendResult.ACCEPTED);
      }
    }
    events = CheckoutEvent.events(form == Form.DUPLICATE ? 0 : first, count);
  }

  @Override
  public void append(int event) {
    switch (form) {
      case EVENT -> require(buffer.append(events[event]), AppendResult.ACCEPTED);
      case JSON -> require(buffer.appendJson(json[event]), AppendResult.ACCEPTED);
      case DUPLICATE -> require(buffer.append(events[event]), AppendResult.DUPLICATE);
    }
  }

  private static void require(AppendResult result, AppendResult expected) {
    if (result != expected) {
      throw new IllegalStateException("expected " + expected + ", was " + result);
    }
  }

  @Override
  public long missing(long appended) {
    long events = form == Form.DUPLICATE ? filled : appended;
    buffer.resume();
    buffer.flush(DRAIN);
    BufferStats stats = buffer.stats();
    if (stats.accepted() != events
        || stats.delivered() != events
        || (form == Form.DUPLICATE && stats.duplicates() != appended)) {
      throw new IllegalStateException(appended + " events appended, but " + stats);
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    buffer.close(Duration.ZERO);
    directory.close();
  }
}
