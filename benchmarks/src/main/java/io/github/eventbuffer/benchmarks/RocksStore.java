package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.rocksdb.CompactionPriority;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * RocksDB: a put per event under a rising number, with the log and without a force, so that it
 * survives the process.
 *
 * <p>Set up as the wiki's "Setup Options and Basic Tuning" says for a new database: a write buffer
 * of 64 MiB, six background jobs, a force of its files every MiB, compaction by least overlap,
 * dynamic level sizes. Not compressed: the buffer does not compress either.
 */
final class RocksStore implements EventStore {
  private final ScratchDirectory directory = new ScratchDirectory();
  private final Options options =
      new Options()
          .setCreateIfMissing(true)
          .setWriteBufferSize(64L << 20)
          .setMaxBackgroundJobs(6)
          .setBytesPerSync(1 << 20)
          .setCompactionPriority(CompactionPriority.MinOverlappingRatio)
          .setLevelCompactionDynamicLevelBytes(true)
          .setCompressionType(CompressionType.NO_COMPRESSION);
  private final WriteOptions write = new WriteOptions();
  private final RocksDB database;
  private final byte[] key = new byte[Long.BYTES];
  private long number;
  private byte[][] json = {};

  RocksStore() throws IOException, RocksDBException {
    database = RocksDB.open(options, directory.path().resolve("events").toString());
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) throws RocksDBException {
    ByteBuffer.wrap(key).putLong(number++);
    database.put(write, key, json[event]);
  }

  @Override
  public long missing(long events) {
    IdLedger ledger = new IdLedger();
    try (RocksIterator entries = database.newIterator()) {
      for (entries.seekToFirst(); entries.isValid(); entries.next()) {
        ledger.enterEvent(entries.value());
      }
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    database.close();
    write.close();
    options.close();
    directory.close();
  }
}
