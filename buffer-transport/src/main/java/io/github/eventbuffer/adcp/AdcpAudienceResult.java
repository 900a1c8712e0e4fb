package io.github.eventbuffer.adcp;

import io.github.eventbuffer.adcp.AdcpEventSourceResult.Action;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an audience stands at a seller ({@code sync-audiences-response.json} of AdCP 3.1). Texts are
 * the seller's, as they came. Immutable.
 *
 * @param audienceId your own id for it
 * @param action what the call did to it
 * @param name for people, or null
 * @param sellerId the seller's own id for it, or null
 * @param status how far the matching is; null when the audience is deleted or failed
 * @param uploadedCount members of this call alone; null when the seller did not say
 * @param totalUploadedCount members of all calls so far; null when the seller did not say
 * @param matchedCount members of all calls that were matched; null when the seller did not say
 * @param effectiveMatchRate which fraction of the members was matched, 0–1, each person counted
 *     once; null when the seller did not say
 * @param matches the same by type of identifier; empty when the seller did not say
 * @param lastSyncedAt when the newest sync was taken; null when the seller did not say
 * @param minimumSize how many matched members it takes; null when the seller did not say
 * @param errors why {@code action} is {@code FAILED}; else empty
 */
public record AdcpAudienceResult(
    String audienceId,
    Action action,
    @Nullable String name,
    @Nullable String sellerId,
    @Nullable Status status,
    @Nullable Long uploadedCount,
    @Nullable Long totalUploadedCount,
    @Nullable Long matchedCount,
    @Nullable Double effectiveMatchRate,
    List<Match> matches,
    @Nullable OffsetDateTime lastSyncedAt,
    @Nullable Long minimumSize,
    List<AdcpError> errors) {

  /** Checks for null and copies the lists. */
  public AdcpAudienceResult {
    Objects.requireNonNull(audienceId, "audienceId");
    Objects.requireNonNull(action, "action");
    matches = List.copyOf(matches);
    errors = List.copyOf(errors);
  }

  /** How far the matching is. */
  public enum Status {
    /** The seller is at it. */
    PROCESSING,
    /** It can be targeted. */
    READY,
    /** Too few members were matched; more of them may cure it. */
    TOO_SMALL,
    /** The seller has taken it out of use. */
    SUSPENDED,
    /** A word that this library does not know. */
    UNKNOWN;

    static @Nullable Status of(@Nullable String word) {
      if (word == null) {
        return null;
      }
      return switch (word) {
        case "processing" -> PROCESSING;
        case "ready" -> READY;
        case "too_small" -> TOO_SMALL;
        case "suspended" -> SUSPENDED;
        default -> UNKNOWN;
      };
    }
  }

  /**
   * How well identifiers of one type are matched.
   *
   * @param idType {@code hashed_email}, {@code hashed_phone} or the type of a universal id
   * @param submitted members that had one, of all calls so far
   * @param matched how many of them were matched by it
   * @param matchRate 0–1, as the seller counts
   */
  public record Match(String idType, long submitted, long matched, double matchRate) {
    /** Checks for null. */
    public Match {
      Objects.requireNonNull(idType, "idType");
    }
  }
}
