package io.github.eventbuffer.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which events arrived, by the number that each id was made of. All events of the benchmarks are of
 * one length, so an array of them is looked through without a parser, and the look costs next to
 * nothing beside the transfer. Thread-safe.
 */
final class IdLedger {
  private static final byte[] START = "{\"event_id\":\"txn_".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 16;

  private final BitSet arrived = new BitSet();

  /**
   * Enters each event of a JSON array.
   *
   * @param from where the array begins in {@code bytes}
   * @param to its end
   * @return how many there were
   * @throws IllegalArgumentException if there is anything but events of {@link CheckoutEvent}
   */
  int enterArray(byte[] bytes, int from, int to) {
    int each = CheckoutEvent.BYTES + 1;
    if (bytes[from] != '[' || bytes[to - 1] != ']' || (to - from - 1) % each != 0) {
      throw new IllegalArgumentException("no array of events: " + (to - from) + " bytes");
    }
    int count = (to - from - 1) / each;
    synchronized (arrived) {
      for (int i = 0; i < count; i++) {
        enter(bytes, from + 1 + i * each);
      }
    }
    return count;
  }

  /** Enters one event. */
  void enterEvent(byte[] bytes) {
    if (bytes.length != CheckoutEvent.BYTES) {
      throw new IllegalArgumentException("no event: " + bytes.length + " bytes");
    }
    synchronized (arrived) {
      enter(bytes, 0);
    }
  }

  /** Enters every event that lies somewhere in the bytes, whatever is around it. */
  void enterFound(byte[] bytes) {
    synchronized (arrived) {
      for (int at = 0; at <= bytes.length - CheckoutEvent.BYTES; at++) {
        if (bytes[at] == START[0]
            && Arrays.equals(bytes, at, at + START.length, START, 0, START.length)) {
          enter(bytes, at);
        }
      }
    }
  }

  /** Enters one event by its id. */
  void enterId(String id) {
    long digits = Long.parseUnsignedLong(id, id.length() - DIGITS, id.length(), 16);
    synchronized (arrived) {
      arrived.set(Math.toIntExact(CheckoutEvent.number(digits)));
    }
  }

  private void enter(byte[] bytes, int at) {
    int digits = at + START.length;
    if (!Arrays.equals(bytes, at, digits, START, 0, START.length)
        || bytes[at + CheckoutEvent.BYTES - 1] != '}') {
      throw new IllegalArgumentException("no event at " + at);
    }
    long hash = 0;
    for (int i = digits; i < digits + DIGITS; i++) {
      hash = hash << 4 | Character.digit(bytes[i], 16);
    }
    arrived.set(Math.toIntExact(CheckoutEvent.number(hash)));
  }

  /** How many of the events 0 to {@code events - 1} did not arrive. */
  long missing(long events) {
    synchronized (arrived) {
      return events - arrived.get(0, Math.toIntExact(events)).cardinality();
    }
  }

  void clear() {
    synchronized (arrived) {
      arrived.clear();
    }
  }
}
