package io.github.eventbuffer.benchmarks;

import io.github.eventbuffer.Durability;
import io.github.eventbuffer.benchmarks.BufferStore.Form;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** All trials by name. */
final class Trials {
  private static final Map<String, Trial> ALL = new LinkedHashMap<>();

  static {
    for (int threads : new int[] {1, 4, 16}) {
      burst("append-" + threads, threads, () -> new BufferStore(Form.EVENT, Durability.PROCESS));
      burst("raw-" + threads, threads, RawStore::sparse);
    }
    burst("raw-preallocated", 1, RawStore::preallocated);
    burst("append-json", 1, () -> new BufferStore(Form.JSON, Durability.PROCESS));
    burst("duplicate", 1, () -> new BufferStore(Form.DUPLICATE, Durability.PROCESS));
    ALL.put(
        "power-16",
        new BurstTrial(16, 4_000, 16_000, () -> new BufferStore(Form.EVENT, Durability.POWER)));
    ALL.put(
        "power-1",
        new BurstTrial(1, 300, 2_000, () -> new BufferStore(Form.EVENT, Durability.POWER)));
    ALL.put("raw-forced", new BurstTrial(1, 300, 2_000, RawStore::forced));
    ALL.put("file-forced", new BurstTrial(1, 300, 2_000, () -> new FileChannelStore(true)));
    burst("segment", 1, () -> new SegmentStore(false));
    burst("segment-enqueue", 1, () -> new SegmentStore(true));
    burst("fluency", 1, FluencyStore::new);
    burst("mvstore", 1, MvStore::new);
    burst("file", 1, () -> new FileChannelStore(false));
    burst("rocksdb", 1, RocksStore::new);
    ALL.put("sqlite", new BurstTrial(1, 5_000, 20_000, SqliteStore::new));
    ALL.put("otel", new BurstTrial(1, 20_000, 50_000, OtelStore::new));
    ALL.put("tape", new BurstTrial(1, 300, 2_000, TapeStore::new));
    ALL.put("latency", new LatencyTrial(false));
    ALL.put("raw-latency", new LatencyTrial(true));
    ALL.put("drain", DrainTrial.timed(0));
    ALL.put("post", new PostTrial());
    ALL.put("drain-heap", DrainTrial.heap());
    ALL.put("catch-up", DrainTrial.timed(100));
    ALL.put("open", new OpenTrial());
    ALL.put("filter-heap", new FilterHeapTrial());
    ALL.put("idle", new IdleTrial());
    ALL.put("disk", new DiskTrial());
  }

  private Trials() {}

  private static void burst(String name, int threads, Callable<EventStore> stores) {
    ALL.put(name, new BurstTrial(threads, 50_000, CheckoutEvent.BURST, stores));
  }

  static Trial named(String name) {
    Trial trial = ALL.get(name);
    if (trial == null) {
      throw new IllegalArgumentException("no trial " + name);
    }
    return trial;
  }

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }
}
