package io.github.eventbuffer.adcp;

import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a seller thinks of an event source ({@code core/event-source-health.json} of AdCP 3.1).
 * Decide by {@link #status} and {@link #isAtLeast}: the four levels mean the same at every seller,
 * the score of {@link #detail} does not. Texts are the seller's, as they came. Immutable.
 *
 * @param status the level
 * @param detail the seller's own score, or null
 * @param matchRate which fraction of the events was matched, 0–1; null when the seller did not say
 * @param lastEventAt when the newest event came; null when none did, or the seller did not say
 * @param evaluatedAt as of when this is, or null; may lie well back
 * @param eventsReceived24h events of the last 24 hours, 0 for a source that does not fire; null
 *     when the seller did not say
 * @param issues what could be better, the most severe first
 */
public record EventSourceHealth(
    Status status,
    @Nullable Detail detail,
    @Nullable Double matchRate,
    @Nullable OffsetDateTime lastEventAt,
    @Nullable OffsetDateTime evaluatedAt,
    @Nullable Long eventsReceived24h,
    List<Issue> issues) {

  /** Checks for null; copies the issues and sorts them, those alike stay in the seller's order. */
  public EventSourceHealth {
    Objects.requireNonNull(status, "status");
    issues = issues.stream().sorted(Comparator.comparing(Issue::severity)).toList();
  }

  /**
   * Whether the level is this one or better. {@link Status#UNKNOWN} is no better than itself.
   *
   * @throws NullPointerException if {@code least} is null
   */
  public boolean isAtLeast(Status least) {
    return status.compareTo(Objects.requireNonNull(least, "least")) >= 0;
  }

  /** Levels, from worst to best. */
  public enum Status {
    /** A word that this library does not know, or none. */
    UNKNOWN,
    /** Too little to work with; also that of a source without events. */
    INSUFFICIENT,
    /** Just enough. */
    MINIMUM,
    /** Good. */
    GOOD,
    /** Nothing left to wish for. */
    EXCELLENT;

    static Status of(@Nullable String word) {
      return switch (word == null ? "" : word) {
        case "insufficient" -> INSUFFICIENT;
        case "minimum" -> MINIMUM;
        case "good" -> GOOD;
        case "excellent" -> EXCELLENT;
        default -> UNKNOWN;
      };
    }
  }

  /** How much an issue matters, the most severe first. */
  public enum Severity {
    /** Keeps the seller from optimizing. */
    ERROR,
    /** Makes it less effective. */
    WARNING,
    /** A hint. */
    INFO,
    /** A word that this library does not know, or none. */
    UNKNOWN;

    static Severity of(@Nullable String word) {
      return switch (word == null ? "" : word) {
        case "error" -> ERROR;
        case "warning" -> WARNING;
        case "info" -> INFO;
        default -> UNKNOWN;
      };
    }
  }

  /**
   * A seller's own score, for people.
   *
   * @param score 0 to {@code maxScore}, on the seller's scale
   * @param maxScore the best on that scale
   * @param label what the seller calls it, or null
   */
  public record Detail(double score, double maxScore, @Nullable String label) {}

  /**
   * Something that could be better.
   *
   * @param severity how much it matters
   * @param message the seller's words; may be empty
   */
  public record Issue(Severity severity, String message) {
    /** Checks for null. */
    public Issue {
      Objects.requireNonNull(severity, "severity");
      Objects.requireNonNull(message, "message");
    }
  }
}
