package io.github.eventbuffer;

import java.util.List;
import java.util.Objects;

/**
 * What became of an append. Immutable; the common results are constants and cost no allocation.
 *
 * @param status the outcome
 * @param violations the rules that the event breaks; empty unless the status is {@link
 *     Status#INVALID}
 */
public record AppendResult(Status status, List<Violation> violations) {

  /** The outcome of an append. */
  public enum Status {
    /** Stored as durably as asked for; it will be delivered at least once. */
    ACCEPTED,
    /**
     * An event with this id and type was accepted within the duplicate window, and is as durable as
     * asked for by now; nothing is stored. (Where a force of its segment failed, nothing proves
     * that any more, so with {@code POWER} the event is stored once more, and the answer is {@code
     * ACCEPTED}.)
     */
    DUPLICATE,
    /** The event breaks a rule of the endpoint or of the buffer; nothing is stored. */
    INVALID,
    /** The disk, or the buffer's share of it, is full; nothing is stored. */
    FULL,
    /**
     * Storage failed or did not answer in time. The caller may append the same event again, with
     * the same id; the duplicate filter does not know it before the next open. Where the failure
     * struck after the write, the event may still be delivered, and twice when it is appended
     * again: seldom with {@code PROCESS}, always with {@code POWER} when the device took longer
     * than {@code appendTimeout}.
     */
    FAILED
  }

  /** {@link Status#ACCEPTED}. */
  public static final AppendResult ACCEPTED = new AppendResult(Status.ACCEPTED, List.of());

  /** {@link Status#DUPLICATE}. */
  public static final AppendResult DUPLICATE = new AppendResult(Status.DUPLICATE, List.of());

  /** {@link Status#FULL}. */
  public static final AppendResult FULL = new AppendResult(Status.FULL, List.of());

  /** {@link Status#FAILED}. */
  public static final AppendResult FAILED = new AppendResult(Status.FAILED, List.of());

  /** Copies the list. */
  public AppendResult {
    Objects.requireNonNull(status, "status");
    violations = List.copyOf(violations);
  }

  /** {@link Status#INVALID} with its violations. */
  public static AppendResult invalid(List<Violation> violations) {
    return new AppendResult(Status.INVALID, violations);
  }

  /** Whether the event is in safe keeping: {@code ACCEPTED} now, or {@code DUPLICATE} of before. */
  public boolean isKept() {
    return status == Status.ACCEPTED || status == Status.DUPLICATE;
  }
}
