package io.github.eventbuffer.internal;

/** Keys, and what their owners decide. */
final class TestKeys {
  private TestKeys() {}

  static DuplicateKey key(long high, long low, long acceptedAtMillis) {
    DuplicateKey key = new DuplicateKey();
    key.set(high, low, acceptedAtMillis);
    return key;
  }

  static void confirm(DuplicateFilter filter, DuplicateKey key) {
    key.state = DuplicateKey.CONFIRMED;
    filter.settle(key);
  }

  static void release(DuplicateFilter filter, DuplicateKey key) {
    key.state = DuplicateKey.RELEASED;
    filter.settle(key);
  }
}
