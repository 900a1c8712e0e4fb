package io.github.eventbuffer.internal;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side: validate, reserve the id, encode, append, confirm. Whatever goes wrong behind
 * it, an {@code Error} of Chronicle or of the heap included, the caller gets a result. Thread-safe.
 */
final class Appends {
  private final EventValidator.Rules rules;
  private final EventValidator validator;
  private final DuplicateFilter filter;
  private final SegmentQueue queue;
  private final GroupForce force;
  private final WallTime wall;
  private final RateLimitedLog log;
  private final EntryBufferPool pool;
  private final int maxEventBytes;
  private final long timeoutNanos;
  private final long fullNanos;

  private final LongAdder duplicates = new LongAdder();
  private final LongAdder invalid = new LongAdder();
  private final LongAdder full = new LongAdder();

  /** Not an adder, which allocates under contention: it counts what a full heap does, too. */
  private final AtomicLong failed = new AtomicLong();

  Appends(
      BufferOptions options,
      DuplicateFilter filter,
      SegmentQueue queue,
      GroupForce force,
      WallTime wall,
      EntryFormat format,
      RateLimitedLog log) {
    this.filter = filter;
    this.queue = queue;
    this.force = force;
    this.wall = wall;
    this.log = log;
    rules = new EventValidator.Rules(options.requireIdentifier(), options.requireSourceUrl());
    validator = new EventValidator(rules);
    maxEventBytes = options.maxEventBytes();
    pool =
        new EntryBufferPool(4 * Runtime.getRuntime().availableProcessors(), maxEventBytes, format);
    timeoutNanos = options.appendTimeout().toNanos();
    // Dropping the oldest takes a moment, too.
    fullNanos = options.dropsOldest() ? timeoutNanos : options.whenFull().timeout().toNanos();
  }

  /**
   * Makes the classes that read, validate and encode an event; those of the queue are made by its
   * first mark. A class is lost for good when a caller's stack ends while it is made.
   */
  static void makeClasses() {
    String json =
        "{\"event_id\":\"\\u0061\",\"event_type\":\"purchase\","
            + "\"event_time\":\"2026-01-01T00:00:00Z\",\"custom_event_name\":\"a@example.com\"}";
    EventValidator.Rules all = new EventValidator.Rules(true, true);
    EntryFormat format = EntryFormat.events(Destination.of("a", "a"));
    EntryBuffer entry = new EntryBuffer(json.length(), format);
    entry.payload(json.getBytes(StandardCharsets.US_ASCII));
    try {
      if (!entry.isOrdinary(all)) {
        ConversionEvent read = EventReader.read(entry.payload());
        AppendResult.invalid(new EventValidator(all).validate(read));
        entry.reset();
        EventEncoder.encode(read, entry.json);
      }
    } catch (MalformedEventException e) {
      throw new IllegalStateException(e);
    }
  }

  AppendResult append(ConversionEvent event, Durability durability) {
    EntryBuffer entry = null;
    try {
      StackProbe.ensure();
      entry = pool.take();
      Findings found = entry.findings;
      validator.check(event, found);
      if (!found.isEmpty()) {
        return invalid(found.toList());
      }
      identify(event, entry);
      DuplicateFilter.Outcome outcome = reserve(entry);
      boolean again = isToBeStoredAgain(outcome, durability);
      if (outcome != DuplicateFilter.Outcome.RESERVED && !again) {
        return refused(outcome, durability);
      }
      // Only now: a duplicate is not worth it.
      entry.reset();
      entry.json.takeAsPlain(found.isPlain());
      EventEncoder.encode(event, entry.json);
      if (entry.payloadBytes() > maxEventBytes) {
        return invalid(tooLarge(entry.payloadBytes() + " bytes"));
      }
      return again ? storeUnfiltered(entry, durability) : store(entry, durability);
    } catch (JsonWriter.TooLargeException e) {
      return refused(e);
    } catch (Throwable e) {
      return failed(e);
    } finally {
      if (entry != null && entry.key.state == DuplicateKey.PENDING) {
        // Whatever was thrown. A store alone: where the stack ends, no call succeeds, and a key
        // that nobody decides on would make each retry wait.
        entry.key.state = DuplicateKey.RELEASED;
      }
      giveBack(entry);
    }
  }

  AppendResult appendJson(byte[] json, Durability durability) {
    return appendJson(json, durability, false);
  }

  /** An event that was accepted before is accepted again. */
  AppendResult appendAgain(byte[] json, Durability durability) {
    return appendJson(json, durability, true);
  }

  private AppendResult appendJson(byte[] json, Durability durability, boolean again) {
    EntryBuffer entry = null;
    try {
      StackProbe.ensure();
      if (json.length > maxEventBytes) {
        return invalid(tooLarge(json.length + " bytes"));
      }
      entry = pool.take();
      // A copy first: what was validated is what is stored, whatever the caller does meanwhile.
      entry.payload(json);
      if (entry.isOrdinary(rules)) {
        entry.identify(entry.scan.digest(entry.digest), wall.millis());
      } else {
        ConversionEvent read = EventReader.read(entry.payload());
        List<Violation> violations = validator.validate(read);
        if (!violations.isEmpty()) {
          return invalid(violations);
        }
        identify(read, entry);
      }
      DuplicateFilter.Outcome outcome = reserve(entry);
      if (outcome == DuplicateFilter.Outcome.DUPLICATE && again
          || isToBeStoredAgain(outcome, durability)) {
        return storeUnfiltered(entry, durability);
      }
      return outcome == DuplicateFilter.Outcome.RESERVED
          ? store(entry, durability)
          : refused(outcome, durability);
    } catch (MalformedEventException e) {
      return refused(e);
    } catch (Throwable e) {
      return failed(e);
    } finally {
      if (entry != null && entry.key.state == DuplicateKey.PENDING) {
        entry.key.state = DuplicateKey.RELEASED;
      }
      giveBack(entry);
    }
  }

  private void identify(ConversionEvent event, EntryBuffer entry) {
    String id = event.eventId();
    EventType type = event.type();
    if (id == null || type == null) {
      throw new IllegalStateException("a valid event has an id and a type");
    }
    entry.digest.update(type.value(), id);
    entry.identify(id.hashCode(), wall.millis());
  }

  /** Another caller with the same id may be waiting for space: so long may its outcome take. */
  private DuplicateFilter.Outcome reserve(EntryBuffer entry) {
    return filter.reserve(entry.key, Math.max(timeoutNanos, fullNanos));
  }

  /**
   * Whether it was accepted before, and no force can tell any more that it is on the device. The
   * endpoint drops one of the two by its id.
   */
  private boolean isToBeStoredAgain(DuplicateFilter.Outcome outcome, Durability durability) {
    return outcome == DuplicateFilter.Outcome.DUPLICATE
        && durability == Durability.POWER
        && !queue.isProvable();
  }

  /**
   * The one that was accepted before need not have been forced: with {@code PROCESS}, or by a
   * process that was killed during the force. Where it lies is not known, so all is forced.
   */
  private AppendResult refused(DuplicateFilter.Outcome outcome, Durability durability) {
    if (outcome == DuplicateFilter.Outcome.DUPLICATE
        && isDurable(queue.lastSequence(), durability)) {
      duplicates.increment();
      return AppendResult.DUPLICATE;
    }
    failed.incrementAndGet();
    return AppendResult.FAILED;
  }

  /** Its key is reserved. */
  private AppendResult store(EntryBuffer entry, Durability durability) {
    entry.beginEvent();
    long sequence = queue.append(entry, timeoutNanos, fullNanos);
    boolean stored = sequence > 0 && isDurable(sequence, durability);
    entry.key.state = stored ? DuplicateKey.CONFIRMED : DuplicateKey.RELEASED;
    filter.settle(entry.key);
    // Counted last: what throws before this is counted by the caller.
    return result(sequence, stored);
  }

  /** Its id is in the filter already, and stays there whatever comes of this. */
  private AppendResult storeUnfiltered(EntryBuffer entry, Durability durability) {
    entry.beginEvent();
    long sequence = queue.append(entry, timeoutNanos, fullNanos);
    return result(sequence, sequence > 0 && isDurable(sequence, durability));
  }

  /** Forces all that was appended; returns whether it is on the device. */
  boolean force() {
    return isDurable(queue.lastSequence(), Durability.POWER);
  }

  private boolean isDurable(long sequence, Durability durability) {
    return durability == Durability.PROCESS
        || force.force(sequence, System.nanoTime() + timeoutNanos);
  }

  private AppendResult result(long sequence, boolean stored) {
    if (stored) {
      return AppendResult.ACCEPTED;
    }
    if (sequence == SegmentQueue.FULL) {
      full.increment();
      return AppendResult.FULL;
    }
    failed.incrementAndGet();
    return AppendResult.FAILED;
  }

  private AppendResult invalid(List<Violation> violations) {
    invalid.increment();
    return AppendResult.invalid(violations);
  }

  private List<Violation> tooLarge(String given) {
    String rule = "at most " + maxEventBytes + " bytes of JSON (maxEventBytes)";
    return List.of(new Violation("event", rule, given));
  }

  /** Not in the catch block that has caught it: what a full heap throws there, nobody catches. */
  private AppendResult refused(Exception thrown) {
    try {
      return invalid(
          thrown instanceof MalformedEventException malformed
              ? List.of(malformed.violation())
              : tooLarge("more"));
    } catch (Throwable e) {
      return failed(e);
    }
  }

  private AppendResult failed(Throwable thrown) {
    failed.incrementAndGet();
    if (thrown instanceof StackOverflowError) {
      // Not said: a logger's lock would be taken with as little of the stack left.
      return AppendResult.FAILED;
    }
    try {
      log.warn("append", "an append failed", thrown);
    } catch (Throwable e) {
      // A heap that is full may not even have room for the line; the result tells the caller.
      thrown = e;
    }
    return AppendResult.FAILED;
  }

  private void giveBack(@Nullable EntryBuffer entry) {
    if (entry == null) {
      return;
    }
    try {
      if (entry.key.state != DuplicateKey.FREE) {
        filter.settle(entry.key);
      }
      pool.give(entry);
    } catch (Throwable e) {
      // No stack is left. The key is decided on, so whoever meets it ends its reservation; and the
      // buffer is not used again.
    }
  }

  long duplicates() {
    return duplicates.sum();
  }

  long invalid() {
    return invalid.sum();
  }

  long full() {
    return full.sum();
  }

  long failed() {
    return failed.get();
  }
}
