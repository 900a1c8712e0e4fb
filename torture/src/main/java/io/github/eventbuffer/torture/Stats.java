package io.github.eventbuffer.torture;

import io.github.eventbuffer.BufferStats;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** A buffer's counters by their names, as the oracle takes them. */
final class Stats {
  private Stats() {}

  static Map<String, Long> of(BufferStats stats) {
    Map<String, Long> named = new LinkedHashMap<>();
    try {
      for (RecordComponent counter : BufferStats.class.getRecordComponents()) {
        Object value = counter.getAccessor().invoke(stats);
        named.put(counter.getName(), ((Number) value).longValue());
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the counters are public", e);
    }
    return named;
  }
}
