package io.github.eventbuffer.internal;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A part of the duplicate filter with a lock of its own: the keys that fall to it, accepted ones
 * and reserved ones.
 *
 * <p>Accepted keys go into the newer of two tables. Once all keys of the older one are out of the
 * window, it is emptied and becomes the newer one. So nothing is removed one by one, and each table
 * comes to hold about as many keys as the window has for this stripe.
 *
 * <p>A reserved key that its owner has decided on, but could not take out since its stack was at
 * its end, is taken out by whoever meets it. Steps that belong together are stores without a call
 * between them, so a stack that ends leaves none of them half done.
 *
 * <p>Thread-safe. Its lock is a monitor: to let go of one takes no stack.
 */
final class DuplicateStripe {
  private final AtomicLong confirmed;
  private final int entries;
  private final long ageMillis;

  private KeyTable newer = new KeyTable();
  private KeyTable older = new KeyTable();
  private @Nullable DuplicateKey[] reserved = new DuplicateKey[2];
  private int reservations;

  /** What {@link #reserve} found. */
  enum Answer {
    RESERVED,
    DUPLICATE,
    /** Another caller has reserved it. */
    UNDECIDED
  }

  /**
   * A stripe without keys.
   *
   * @param confirmed counts the accepted keys of all stripes
   * @param entries how many of them the window holds
   * @param ageMillis how old they may be
   */
  DuplicateStripe(AtomicLong confirmed, int entries, long ageMillis) {
    this.confirmed = confirmed;
    this.entries = entries;
    this.ageMillis = ageMillis;
  }

  /** Reserves the key unless it is known. All that {@link #settle} takes is made ready here. */
  synchronized Answer reserve(DuplicateKey key) {
    int other = find(key);
    if (other >= 0) {
      if (isUndecided(other)) {
        return Answer.UNDECIDED;
      }
      takeOut(other);
    }
    long out = confirmed.get() - entries;
    long since = key.acceptedAtMillis - ageMillis;
    if (newer.contains(key.high, key.low, out, since)
        || older.contains(key.high, key.low, out, since)) {
      return Answer.DUPLICATE;
    }
    if (reservations == reserved.length) {
      reserved = Arrays.copyOf(reserved, 2 * reservations);
    }
    if (older.isOut(out, since) && newer.count() > 0) {
      turn();
    } else {
      newer.ensureRoom(reservations + 1);
    }
    reserved[reservations] = key;
    key.state = DuplicateKey.PENDING;
    reservations++;
    return Answer.RESERVED;
  }

  /** Whether another caller has reserved a key like this and not decided on it. */
  synchronized boolean isUndecided(DuplicateKey key) {
    int other = find(key);
    return other >= 0 && isUndecided(other);
  }

  /** Ends the reservation of this very key, if there is one: as accepted, or without a trace. */
  @SuppressWarnings("ReferenceEquality") // an equal one is another caller's
  synchronized void settle(DuplicateKey key) {
    for (int i = 0; i < reservations; i++) {
      if (reserved[i] == key) {
        takeOut(i);
        return;
      }
    }
    key.state = DuplicateKey.FREE;
  }

  /** How many keys there are, those included that are out of the window. */
  synchronized int held() {
    return newer.count() + older.count() + reservations;
  }

  private void turn() {
    KeyTable emptied = older;
    emptied.clear();
    // For the keys that are reserved by now, too; before it is put to use, as it may not be had.
    emptied.ensureRoom(reservations + 1);
    older = newer;
    newer = emptied;
  }

  private int find(DuplicateKey key) {
    for (int i = 0; i < reservations; i++) {
      DuplicateKey other = reserved[i];
      if (other != null && other.high == key.high && other.low == key.low) {
        return i;
      }
    }
    return -1;
  }

  private boolean isUndecided(int reservation) {
    DuplicateKey other = reserved[reservation];
    return other != null && other.state == DuplicateKey.PENDING;
  }

  private void takeOut(int reservation) {
    DuplicateKey key = reserved[reservation];
    if (key == null) {
      return;
    }
    if (key.state == DuplicateKey.CONFIRMED) {
      newer.add(key.high, key.low, confirmed.incrementAndGet(), key.acceptedAtMillis);
    }
    reservations--;
    reserved[reservation] = reserved[reservations];
    reserved[reservations] = null;
    key.state = DuplicateKey.FREE;
  }
}
