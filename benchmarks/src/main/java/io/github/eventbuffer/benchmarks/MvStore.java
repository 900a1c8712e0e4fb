package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * H2's MVStore: a put per event under a rising number.
 *
 * <p>Set up with its defaults, as "MVStore" at h2database.com describes it for fast writes: a
 * thread of its own writes what was put, about once a second. Until then an event is in memory
 * only, so the last second does not survive the process.
 */
final class MvStore implements EventStore {
  private final ScratchDirectory directory = new ScratchDirectory();
  private final MVStore store;
  private final MVMap<Long, byte[]> map;
  private long number;
  private byte[][] json = {};

  MvStore() throws IOException {
    store = new MVStore.Builder().fileName(directory.path().resolve("events").toString()).open();
    map = store.openMap("events");
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) {
    map.put(number++, json[event]);
  }

  @Override
  public long missing(long events) {
    IdLedger ledger = new IdLedger();
    for (byte[] each : map.values()) {
      ledger.enterEvent(each);
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    store.close();
    directory.close();
  }
}
