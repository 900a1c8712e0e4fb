package io.github.eventbuffer.torture;

/** A setting of a writer: most are options of the buffer. Sizes are small, so that much happens. */
enum Setting {
  /** The buffer's directory. */
  DIRECTORY(""),
  /** The endpoint's base URL. */
  ENDPOINT(""),
  /** Seed of the payloads. */
  SEED("0"),
  /** {@code PROCESS} or {@code POWER}. */
  DURABILITY("PROCESS"),
  /** Each number divisible by this is appended with {@code POWER}, whatever the rest; 0: none. */
  POWER_EVERY("0"),
  /** 1 MiB is the least. */
  SEGMENT_BYTES("1048576"),
  MAX_EVENT_BYTES("4096"),
  MAX_DISK_BYTES("1073741824"),
  MAX_BATCH_EVENTS("500"),
  MAX_IN_FLIGHT("4"),
  FLUSH_INTERVAL_MILLIS("20"),
  APPEND_TIMEOUT_MILLIS("1000"),
  /** By the names of the library's policies. */
  WHEN_FULL("BLOCK"),
  /**
   * How long an append waits for space; 0 rejects, and is a must with other policies than BLOCK.
   */
  WHEN_FULL_MILLIS("0"),
  WINDOW_ENTRIES("2000"),
  WINDOW_SECONDS("86400"),
  RETRY_BASE_MILLIS("10"),
  RETRY_CAP_MILLIS("100"),
  PROBE_MILLIS("100"),
  /** The buffer's own bound, should the transport not keep its. */
  ATTEMPT_TIMEOUT_MILLIS("120000"),
  REQUEST_TIMEOUT_MILLIS("10000");

  final String byDefault;

  Setting(String byDefault) {
    this.byDefault = byDefault;
  }
}
