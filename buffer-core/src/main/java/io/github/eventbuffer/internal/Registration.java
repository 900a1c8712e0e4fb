package io.github.eventbuffer.internal;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventSource;
import io.github.eventbuffer.EventSourceResult;
import io.github.eventbuffer.EventTransport;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Registers the event sources that the buffer was given: when it opens, and when the endpoint may
 * not know the source. Events wait while a registration is under way, and for nothing else: a
 * registration that fails must not keep them, because the source may well be there.
 *
 * <p>After a refusal the first registration is made at once, and the batch is tried again when it
 * is done. Should that be refused as well, the source is not what is wrong; then each probe has a
 * registration before it. Belongs to the flusher, but for the answer.
 */
final class Registration {
  private final List<EventSource> sources;
  private final Destination destination;
  private final EventTransport transport;
  private final long timeoutNanos;
  private final Notices notices;
  private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
  private Runnable wake = () -> {};
  private volatile @Nullable String failure;
  private boolean wanted;
  private boolean refused;
  private boolean tried;
  private long deadlineNanos;

  /** The number of the one under way; 0 while none is. */
  private int underWay;

  private int begun;

  private record Answer(
      int number, @Nullable List<EventSourceResult> results, @Nullable Throwable thrown) {}

  Registration(BufferOptions options, Notices notices) {
    sources = options.eventSources();
    destination = options.destination();
    transport = options.transport();
    timeoutNanos = options.attemptTimeout().toNanos();
    this.notices = notices;
    wanted = !sources.isEmpty();
  }

  /** To be said before the first turn. */
  void onAnswer(Runnable wake) {
    this.wake = wake;
  }

  /** An answer may mean that the endpoint does not know the source. */
  void refused() {
    wanted = !sources.isEmpty();
    refused = true;
  }

  /** The endpoint took events, so it knows the source. */
  void delivered() {
    refused = false;
    tried = false;
    failure = null;
    wanted &= begun == 0;
  }

  /** Whether events are to wait for it. */
  boolean isUnderWay() {
    return underWay > 0;
  }

  /** When the one under way counts as unanswered. */
  long deadlineNanos() {
    return deadlineNanos;
  }

  /**
   * Begins what is wanted, ends what was answered.
   *
   * @param mayAttempt whether an attempt to deliver might be made now
   * @return whether the batch that was refused is to be tried again at once
   */
  boolean turn(long nowNanos, boolean mayAttempt) {
    if (underWay > 0) {
      return end(nowNanos);
    }
    if (wanted && (mayAttempt || refused && !tried)) {
      begin(nowNanos);
    }
    return false;
  }

  private void begin(long nowNanos) {
    wanted = false;
    tried |= refused;
    underWay = ++begun;
    deadlineNanos = nowNanos + timeoutNanos;
    answer.set(null);
    int number = underWay;
    try {
      transport
          .register(destination, sources)
          .whenComplete((results, thrown) -> answered(new Answer(number, results, thrown)));
    } catch (Throwable e) {
      answered(new Answer(number, null, e));
    }
  }

  private void answered(Answer given) {
    answer.set(given);
    wake.run();
  }

  private boolean end(long nowNanos) {
    Answer given = answer.get();
    if (given == null || given.number != underWay) {
      if (nowNanos - deadlineNanos >= 0) {
        underWay = 0;
        failed("the transport did not answer in time");
      }
      return false;
    }
    underWay = 0;
    String flaw = flaw(given);
    if (flaw != null) {
      failed(flaw);
      return false;
    }
    failure = null;
    notices.registered(destination.eventSourceId());
    return refused;
  }

  private void failed(String why) {
    failure = why;
    notices.notRegistered(why);
  }

  /** Why the last registration failed; null when it did not. Callable by any thread. */
  @Nullable String failure() {
    return failure;
  }

  private @Nullable String flaw(Answer given) {
    Throwable thrown = given.thrown;
    if (thrown != null) {
      Throwable cause =
          thrown instanceof CompletionException && thrown.getCause() != null
              ? thrown.getCause()
              : thrown;
      return String.valueOf(cause.getMessage());
    }
    List<EventSourceResult> results = given.results == null ? List.of() : given.results;
    for (EventSourceResult result : results) {
      if (!result.isRegistered() && isOurs(result)) {
        return result.eventSourceId()
            + ": "
            + (result.error() == null ? "the endpoint did not say why" : result.error());
      }
    }
    boolean named =
        results.stream().anyMatch(one -> one.eventSourceId().equals(destination.eventSourceId()));
    return named ? null : "the endpoint did not say what became of " + destination.eventSourceId();
  }

  private boolean isOurs(EventSourceResult result) {
    return sources.stream().anyMatch(one -> one.eventSourceId().equals(result.eventSourceId()));
  }
}
