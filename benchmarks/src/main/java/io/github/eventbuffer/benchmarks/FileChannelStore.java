package io.github.eventbuffer.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A plain file: one write per event, from direct memory, so that the JDK does not copy once more.
 *
 * <p>With a force after each write it is what one caller alone can have that survives a loss of
 * power. The file is then written full of zeros beforehand, so that a force finds no change of
 * length to write, and only data is forced.
 */
final class FileChannelStore implements EventStore {
  private static final long FORCED_BYTES = 64L << 20;

  private final ScratchDirectory directory = new ScratchDirectory();
  private final Path path = directory.path().resolve("events");
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CheckoutEvent.BYTES);
  private final boolean forced;
  private final FileChannel file;
  private byte[][] json = {};
  private long position;

  FileChannelStore(boolean forced) throws IOException {
    this.forced = forced;
    file =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
    if (forced) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
      while (file.position() < FORCED_BYTES) {
        file.write(zeros.clear());
      }
      file.force(true);
    }
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) throws IOException {
    buffer.clear().put(json[event]).flip();
    while (buffer.hasRemaining()) {
      position += file.write(buffer, position);
    }
    if (forced) {
      file.force(false);
    }
  }

  @Override
  public long missing(long events) throws IOException {
    IdLedger ledger = new IdLedger();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 20)) {
      for (long at = 0; at < position; at += CheckoutEvent.BYTES) {
        ledger.enterEvent(in.readNBytes(CheckoutEvent.BYTES));
      }
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    file.close();
    directory.close();
  }
}
