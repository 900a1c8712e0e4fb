package io.github.eventbuffer;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What came of one attempt to deliver a batch. The buffer decides what follows. */
public sealed interface DeliveryResult {

  /**
   * The endpoint took the batch. Rejected events become dead letters, the rest is committed.
   *
   * @param rejected events refused for good; empty when all were taken
   * @param warnings the endpoint's remarks, for people
   * @param matchQuality 0–1, or null when the endpoint did not say
   * @param processed how many events the endpoint says it queued; 0 or more
   */
  record Delivered(
      List<RejectedEvent> rejected,
      List<String> warnings,
      @Nullable Double matchQuality,
      long processed)
      implements DeliveryResult {

    /** Copies the lists. */
    public Delivered {
      rejected = List.copyOf(rejected);
      warnings = List.copyOf(warnings);
    }

    /** All {@code count} events were taken. */
    public static Delivered all(long count) {
      return new Delivered(List.of(), List.of(), null, count);
    }
  }

  /**
   * The endpoint asked for a slower pace. The same batch is sent again.
   *
   * @param retryAfter how long the endpoint wants to be left alone, or null when it did not say;
   *     clamped by the buffer to 1 s … 1 h
   */
  record Throttled(@Nullable Duration retryAfter) implements DeliveryResult {}

  /**
   * The service did not answer, or answered that it is at fault; whether it stored the batch is
   * unknown. The same batch is sent again after a backoff.
   *
   * @param cause for people; without secrets and without event data
   * @param retryAfter how long the service wants to be left alone, or null when it did not say
   * @param cutOff whether the connection broke after a part of the body, or all of it, was handed
   *     to it, and before an answer began. Something in between may refuse a large body that way,
   *     in place of {@link TooLarge}: a batch of more than 256 KiB of JSON to which it happens
   *     twice in a row is sent in smaller parts
   */
  record Unavailable(String cause, @Nullable Duration retryAfter, boolean cutOff)
      implements DeliveryResult {
    /** Checks for null. */
    public Unavailable {
      Objects.requireNonNull(cause, "cause");
    }

    /** Not cut off. */
    public Unavailable(String cause, @Nullable Duration retryAfter) {
      this(cause, retryAfter, false);
    }

    /** Not cut off, and without a wish of the service for a delay. */
    public Unavailable(String cause) {
      this(cause, null, false);
    }
  }

  /**
   * The endpoint no longer answers under the batch's key: it knows that it saw the key, and not
   * what it answered. The same events are sent again, after a backoff, under a new key that is on
   * disk before. The endpoint may have stored them under the old key; it tells them by their event
   * ids then, or counts them twice.
   *
   * @param cause for people; without secrets and without event data
   */
  record KeyExpired(String cause) implements DeliveryResult {
    /** Checks for null. */
    public KeyExpired {
      Objects.requireNonNull(cause, "cause");
    }
  }

  /** The batch is larger than the endpoint takes. It is split; both halves are sent. */
  record TooLarge() implements DeliveryResult {}

  /**
   * The endpoint refused the whole batch because of its data.
   *
   * @param code the endpoint's code, for example {@code VALIDATION_ERROR}
   * @param message the endpoint's words, without event data
   * @param invalid the events at fault by position in the batch, or empty when the endpoint did not
   *     point at any
   */
  record InvalidBatch(String code, String message, List<InvalidEvent> invalid)
      implements DeliveryResult {
    /** Copies the list. */
    public InvalidBatch {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(message, "message");
      invalid = List.copyOf(invalid);
    }
  }

  /**
   * An event that the endpoint pointed at.
   *
   * @param position 0-based, in the batch
   * @param code the endpoint's code
   * @param message the endpoint's words
   */
  record InvalidEvent(int position, String code, String message) {
    /** Checks for null and range. */
    public InvalidEvent {
      if (position < 0) {
        throw new IllegalArgumentException("position must be 0 or more, is " + position);
      }
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * The configuration is at fault: key, advertiser, source, permission. Everything is kept; the
   * buffer probes slowly until it is put right.
   *
   * @param reason for people; without secrets
   * @param unknownSource whether the endpoint may not know the event source: a buffer that was
   *     given its definition registers it, and tries again
   */
  record Held(String reason, boolean unknownSource) implements DeliveryResult {
    /** Checks for null. */
    public Held {
      Objects.requireNonNull(reason, "reason");
    }

    /** The event source is known, as far as one can tell. */
    public Held(String reason) {
      this(reason, false);
    }
  }
}
