package io.github.eventbuffer.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses a stream while it is read; holds one chunk of it at a time. Not thread-safe. Closing
 * it closes the source.
 */
final class GzipStream extends InputStream {
  private static final int CHUNK_BYTES = 16 * 1024;

  private final InputStream source;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private final Drained compressed = new Drained();
  private final GZIPOutputStream gzip;
  private boolean finished;

  /** Writes the header; nothing is read yet. */
  GzipStream(InputStream source) throws IOException {
    this.source = source;
    this.gzip = new GZIPOutputStream(compressed, CHUNK_BYTES);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (compressed.isEmpty()) {
      if (finished) {
        return -1;
      }
      int n = source.read(chunk);
      if (n < 0) {
        gzip.finish();
        finished = true;
      } else {
        gzip.write(chunk, 0, n);
      }
    }
    return compressed.drain(buffer, offset, length);
  }

  /** Frees the compressor's native memory as well. */
  @Override
  public void close() throws IOException {
    try (source) {
      gzip.close();
    }
  }

  /** What was compressed and not read yet. */
  private static final class Drained extends ByteArrayOutputStream {
    private int position;

    boolean isEmpty() {
      return position == count;
    }

    int drain(byte[] target, int offset, int length) {
      int n = Math.min(length, count - position);
      System.arraycopy(buf, position, target, offset, n);
      position += n;
      if (position == count) {
        reset();
        position = 0;
      }
      return n;
    }
  }
}
