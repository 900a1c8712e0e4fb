package io.github.eventbuffer.internal;

import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.EventBufferListener;
import io.github.eventbuffer.RecoveryReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Tells the listener and the log. What a listener throws ends here. */
final class Notices {
  private final EventBufferListener listener;
  private final RateLimitedLog log;

  Notices(EventBufferListener listener, RateLimitedLog log) {
    this.listener = listener;
    this.log = log;
  }

  void delivered(int count, int attempt, List<String> warnings) {
    tell(() -> listener.onDelivered(count, attempt, warnings));
  }

  void deadLetter(DeadLetter letter) {
    log.warn("dead letter", "an event became a dead letter: " + letter.code(), null);
    tell(() -> listener.onDeadLetter(letter));
  }

  void retry(String cause, Duration delay) {
    log.warn(
        "retry", "an attempt failed and is repeated in " + seconds(delay) + ": " + cause, null);
    tell(() -> listener.onRetry(cause, delay));
  }

  private static String seconds(Duration delay) {
    return String.format(Locale.ROOT, "%.1f s", delay.toMillis() / 1_000.0);
  }

  void held(String reason) {
    log.warn("held", "delivery is held and everything kept: " + reason, null);
    tell(() -> listener.onHeld(reason));
  }

  void registered(String eventSourceId) {
    log.info("event source " + eventSourceId + " is registered");
  }

  void notRegistered(String cause) {
    log.warn("registration", "the event source could not be registered: " + cause, null);
  }

  void recovered() {
    log.info("delivery works again");
    tell(listener::onRecovered);
  }

  void storageFailed(String what, Throwable cause) {
    log.warn("storage: " + what, what, cause);
    tell(() -> listener.onStorageFailure(what, cause));
  }

  void dropped(long events) {
    log.warn("dropped", events + " of the oldest event(s) were dropped for want of space", null);
    tell(() -> listener.onDropped(events));
  }

  void deadLettersDropped(long letters) {
    log.warn(
        "dead letters dropped",
        letters + " of the oldest dead letter(s) were given up for newer ones (maxDeadLetterBytes)",
        null);
    tell(() -> listener.onDeadLettersDropped(letters));
  }

  void found(RecoveryReport found) {
    if (found.isEmpty()) {
      return;
    }
    log.warn(
        "recovery",
        "damage was found and is gone around:"
            + (found.checkpointDamaged()
                ? " the checkpoint, so what is not surely delivered is delivered again;"
                : "")
            + (found.metadataRebuilt() ? " buffer.json, which was written anew;" : "")
            + " "
            + found.unreadablePlaces()
            + " place(s) that cannot be read; "
            + found.quarantined().size()
            + " file(s) in quarantine "
            + found.quarantined(),
        null);
    tell(() -> listener.onRecovery(found));
  }

  void damage(long events) {
    log.warn("damage", events + " event(s) could not be read back from the disk", null);
    tell(() -> listener.onDamage(events));
  }

  private void tell(Runnable callback) {
    try {
      callback.run();
    } catch (Throwable e) {
      log.warn("listener", "a listener threw; nothing came of it", e);
    }
  }
}
