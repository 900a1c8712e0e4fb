package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.komamitsu.fluency.Fluency;
import org.komamitsu.fluency.FluencyBuilder;
import org.komamitsu.fluency.ingester.Ingester;
import org.komamitsu.fluency.ingester.sender.Sender;
import org.komamitsu.fluency.recordformat.RecordFormatter;

/**
 * Fluency 2.7, {@code emit}: chunks in memory, outside of the heap. Its file back-up is written
 * when it is closed in good order, so nothing survives the end of the process.
 *
 * <p>Set up as its README says under "Buffer and file back-up", with its defaults. The record is
 * given as bytes that a formatter of our own puts into the chunk as they are: no map is encoded.
 * What it ingests goes nowhere, at once.
 */
final class FluencyStore implements EventStore {
  private static final String TAG = "purchase";

  private final ScratchDirectory directory = new ScratchDirectory();
  private final IdLedger ledger = new IdLedger();
  private final Fluency fluency;
  private byte[][] json = {};

  FluencyStore() throws IOException {
    FluencyBuilder builder = new FluencyBuilder();
    builder.setFileBackupDir(directory.path().toString());
    fluency = builder.buildFromIngester(new Bytes(), new Arrival());
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) throws IOException {
    fluency.emit(TAG, json[event], 0, CheckoutEvent.BYTES);
  }

  @Override
  public long missing(long events) throws IOException, InterruptedException {
    fluency.flush();
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (ledger.missing(events) > 0 && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    fluency.close();
    directory.close();
  }

  /** Looks at what comes. */
  private final class Arrival implements Ingester {
    @Override
    public void ingest(String tag, ByteBuffer chunk) {
      byte[] bytes = new byte[chunk.remaining()];
      chunk.get(bytes);
      ledger.enterFound(bytes);
    }

    @Override
    public Sender getSender() {
      return new Sender() {};
    }

    @Override
    public void close() {}
  }

  /** Puts bytes into a chunk as they are. */
  private static final class Bytes implements RecordFormatter {
    @Override
    public byte[] format(String tag, Object time, Map<String, Object> data) {
      throw new UnsupportedOperationException("bytes only");
    }

    @Override
    public byte[] formatFromMessagePack(
        String tag, Object time, byte[] record, int from, int length) {
      return Arrays.copyOfRange(record, from, from + length);
    }

    @Override
    public byte[] formatFromMessagePack(String tag, Object time, ByteBuffer record) {
      byte[] bytes = new byte[record.remaining()];
      record.get(bytes);
      return bytes;
    }

    @Override
    public String formatName() {
      return "json";
    }
  }
}
