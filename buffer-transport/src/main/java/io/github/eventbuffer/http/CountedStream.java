package io.github.eventbuffer.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The events of a batch, held to the length that the batch stated. Not thread-safe. */
final class CountedStream extends FilterInputStream {
  private final long byteSize;
  private long count;

  /**
   * Watches a stream.
   *
   * @param byteSize length that the stream must have
   */
  CountedStream(InputStream in, long byteSize) {
    super(in);
    this.byteSize = byteSize;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /** Throws {@link IOException} when the events end before their stated length, or go beyond. */
  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = super.read(buffer, offset, length);
    count += Math.max(n, 0);
    if (n < 0 ? count < byteSize : count > byteSize) {
      throw new IOException(
          "the events have " + (n < 0 ? count + " bytes" : "more bytes") + ", not " + byteSize);
    }
    return n;
  }
}
