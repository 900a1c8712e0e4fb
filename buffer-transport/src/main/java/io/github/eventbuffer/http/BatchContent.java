package io.github.eventbuffer.http;

import io.github.eventbuffer.EventBatch;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;

/** A batch's own bytes between what a protocol puts before and behind them. */
public final class BatchContent implements HttpCall.Content {
  private final byte[] prefix;
  private final EventBatch batch;
  private final byte[] suffix;

  /** The batch between these bytes, which are kept. */
  public BatchContent(byte[] prefix, EventBatch batch, byte[] suffix) {
    this.prefix = prefix;
    this.batch = batch;
    this.suffix = suffix;
  }

  @Override
  public long bytes() {
    return prefix.length + batch.byteSize() + suffix.length;
  }

  @Override
  public InputStream open() {
    return new SequenceInputStream(
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream(prefix),
                new CountedStream(batch.openEvents(), batch.byteSize()),
                new ByteArrayInputStream(suffix))));
  }

  @Override
  public String name() {
    return "the events";
  }
}
