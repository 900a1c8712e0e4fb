package io.github.eventbuffer.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The events of a batch as one JSON array, read from the queue's files while it is consumed; what
 * it holds on the heap does not grow with the batch.
 */
final class EventStream extends InputStream {
  private static final byte[] COMMA = {','};

  private final SegmentReader reader;
  private final QueuedBatch batch;
  private final byte[] one = new byte[1];
  private byte[] slice = {'['};
  private int from;
  private int to = 1;
  private int events;
  private boolean separated = true;
  private boolean ended;

  EventStream(QueuedBatch batch, SegmentReader reader) throws IOException {
    this.batch = batch;
    this.reader = reader;
    reader.moveTo(batch.bounds().position(), batch.bounds().firstSequence() - 1);
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    int copied = 0;
    while (copied < length && (from < to || advance())) {
      int part = Math.min(length - copied, to - from);
      System.arraycopy(slice, from, into, offset + copied, part);
      from += part;
      copied += part;
    }
    return copied == 0 && length > 0 ? -1 : copied;
  }

  /** Moves on to the next piece: an event, a comma, or the closing bracket. */
  private boolean advance() throws IOException {
    if (ended) {
      return false;
    }
    if (batch.isClosed()) {
      throw new IOException("the buffer was closed, or gave up this batch");
    }
    if (!separated && events < batch.count()) {
      separated = true;
      return piece(COMMA, 0, 1);
    }
    while (reader.next(batch.bounds().lastSequence())) {
      if (batch.sends(reader.sequence())) {
        if (events == batch.count()) {
          // Of damaged segments, more may be found once all of the damage is known.
          throw new IOException("this batch holds more events than when it was cut");
        }
        events++;
        separated = false;
        int start = reader.frame() + Frame.HEADER_BYTES;
        return piece(
            reader.bytes(), start, start + Frame.payloadBytes(reader.bytes(), reader.frame()));
      }
    }
    if (events < batch.count()) {
      throw new IOException("a stored event of this batch can no longer be read");
    }
    ended = true;
    return piece(new byte[] {']'}, 0, 1);
  }

  private boolean piece(byte[] bytes, int start, int end) {
    slice = bytes;
    from = start;
    to = end;
    return true;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
