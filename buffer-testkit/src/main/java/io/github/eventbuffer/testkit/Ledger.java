package io.github.eventbuffer.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint stored and what it was asked: the other side of every promise about delivery.
 *
 * <p>Thread-safe. A request is entered before it is answered, whole, so whoever has an answer finds
 * it here. An event is stored once; every further arrival of the same {@link EventKey} is counted.
 */
public final class Ledger {

  /** What is kept of an event. */
  public enum Keep {
    /** Its text and its key, in the order of arrival. */
    TEXT,
    /**
     * SHA-256 of its text under a hash of its key: about 150 bytes each, for millions of events.
     */
    DIGEST
  }

  /** What arrived of one event. */
  record Arrival(EventKey key, byte[] json) {}

  private static final int MAX_VIOLATIONS = 10_000;

  private static final class Entry {
    final byte[] content;
    int arrivals;

    Entry(byte[] content) {
      this.content = content;
    }
  }

  private final Keep keep;
  private final Map<Object, Entry> events = new LinkedHashMap<>();
  private final Set<String> sources = new HashSet<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private final List<RecordedRequest> requests = new ArrayList<>();
  private final List<FoundViolation> violations = new ArrayList<>();
  private long violationCount;
  private long arrivals;

  Ledger(Keep keep) {
    this.keep = keep;
  }

  /** Number of different events stored. */
  public synchronized long count() {
    return events.size();
  }

  /** Number of stored arrivals, repeated ones included. */
  public synchronized long arrivals() {
    return arrivals;
  }

  /** Arrivals beyond the first of each event: what a client sent again. */
  public synchronized long duplicates() {
    return arrivals - events.size();
  }

  /** How often an event arrived at any source; 0 if it was never stored. */
  public synchronized int arrivals(String eventId, String eventType) {
    int sum = 0;
    for (String source : sources) {
      Entry entry = events.get(keyOf(new EventKey(source, eventType, eventId)));
      sum += entry == null ? 0 : entry.arrivals;
    }
    return sum;
  }

  /** Whether an event was stored, at any source. */
  public boolean contains(String eventId, String eventType) {
    return arrivals(eventId, eventType) > 0;
  }

  /** Whether an event was stored. */
  public synchronized boolean contains(EventKey key) {
    return events.containsKey(keyOf(key));
  }

  /** SHA-256 of the text that an event first arrived with, lower-case hex. */
  public synchronized Optional<String> sha256(EventKey key) {
    Entry entry = events.get(keyOf(key));
    if (entry == null) {
      return Optional.empty();
    }
    return Optional.of(
        Digests.hex(keep == Keep.TEXT ? Digests.sha256(entry.content) : entry.content));
  }

  /**
   * The exact text that an event first arrived with.
   *
   * @throws IllegalStateException if only digests are kept
   */
  public synchronized Optional<String> json(EventKey key) {
    requireText();
    return Optional.ofNullable(events.get(key)).map(entry -> text(entry.content));
  }

  /**
   * All stored events in the order of their first arrival.
   *
   * @throws IllegalStateException if only digests are kept
   */
  public synchronized List<StoredEvent> events() {
    requireText();
    List<StoredEvent> all = new ArrayList<>(events.size());
    events.forEach(
        (key, entry) ->
            all.add(new StoredEvent((EventKey) key, text(entry.content), entry.arrivals)));
    return all;
  }

  /** All requests so far, in the order in which they were decided. */
  public synchronized List<RecordedRequest> requests() {
    return List.copyOf(requests);
  }

  /** Number of requests so far. */
  public synchronized int requestCount() {
    return requests.size();
  }

  /** The rules that were broken; the first 10,000 of them. */
  public synchronized List<FoundViolation> violations() {
    return List.copyOf(violations);
  }

  /** Number of broken rules, those beyond the list included. */
  public synchronized long violationCount() {
    return violationCount;
  }

  /**
   * Waits until a condition holds. It is tested with the ledger locked, after every request.
   *
   * @return false if it did not hold in that time
   * @throws InterruptedException if the calling thread is interrupted
   */
  public synchronized boolean await(Predicate<? super Ledger> condition, Duration timeout)
      throws InterruptedException {
    Objects.requireNonNull(condition, "condition");
    return Waiting.until(this, () -> condition.test(this), timeout);
  }

  /** Waits until at least so many different events are stored; see {@link #await}. */
  public boolean awaitCount(long count, Duration timeout) throws InterruptedException {
    return await(ledger -> ledger.count() >= count, timeout);
  }

  /** Waits until at least so many requests were decided; see {@link #await}. */
  public boolean awaitRequests(int count, Duration timeout) throws InterruptedException {
    return await(ledger -> ledger.requestCount() >= count, timeout);
  }

  /** Forgets everything. */
  public synchronized void clear() {
    events.clear();
    sources.clear();
    attempts.clear();
    requests.clear();
    violations.clear();
    violationCount = 0;
    arrivals = 0;
    notifyAll();
  }

  /**
   * Enters a decided request in one step.
   *
   * @param request complete but for {@code attempt} and {@code newEvents}
   * @param stored events to store; null when the request stores nothing
   * @param found violations, at most {@value #MAX_VIOLATIONS} of which are kept
   */
  void enter(RecordedRequest request, @Nullable List<Arrival> stored, List<FoundViolation> found) {
    List<Arrival> all = stored == null ? List.of() : stored;
    Object[] keys = all.stream().map(arrival -> keyOf(arrival.key())).toArray();
    synchronized (this) {
      int before = events.size();
      for (int i = 0; i < keys.length; i++) {
        Arrival arrival = all.get(i);
        Entry entry = events.computeIfAbsent(keys[i], key -> new Entry(content(arrival)));
        entry.arrivals++;
        sources.add(arrival.key().eventSourceId());
      }
      arrivals += keys.length;
      int attempt =
          request.bodySha256().isEmpty()
              ? 1
              : attempts.merge(request.bodySha256(), 1, Integer::sum);
      requests.add(
          new RecordedRequest(
              request.number(),
              request.time(),
              request.status(),
              request.count(),
              stored != null,
              events.size() - before,
              request.bodySha256(),
              request.bodyBytes(),
              attempt,
              request.testEventCode()));
      violationCount += found.size();
      int room = MAX_VIOLATIONS - violations.size();
      violations.addAll(found.subList(0, Math.min(room, found.size())));
      notifyAll();
    }
  }

  private Object keyOf(EventKey key) {
    return keep == Keep.TEXT ? key : Digests.key(key);
  }

  private byte[] content(Arrival arrival) {
    return keep == Keep.TEXT ? arrival.json() : Digests.sha256(arrival.json());
  }

  private void requireText() {
    if (keep != Keep.TEXT) {
      throw new IllegalStateException("this ledger keeps digests only");
    }
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
