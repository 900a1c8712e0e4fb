package io.github.eventbuffer.adcp;

import io.github.eventbuffer.adcp.AdcpEventSourceResult.Action;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of a sync of audiences: the seller's answers, and what was sent. Immutable.
 *
 * @param answers one for each request, in their order
 * @param added how many members were sent to be added
 * @param removed how many were sent to be removed
 * @param removedInstead how many of those to be added were not, because they are to be removed
 */
public record AdcpAudienceSync(
    List<Answer> answers, long added, long removed, long removedInstead) {

  /** Copies the list. */
  public AdcpAudienceSync {
    answers = List.copyOf(answers);
  }

  /**
   * The results of all answers, in their order: an audience whose members took several requests has
   * several. Without those that a {@link Submitted} stands for, which nobody knows yet.
   */
  public List<AdcpAudienceResult> results() {
    return answers.stream()
        .filter(Done.class::isInstance)
        .flatMap(answer -> ((Done) answer).audiences().stream())
        .toList();
  }

  /** The results that say that an audience failed; {@link AdcpAudienceResult#errors} says why. */
  public List<AdcpAudienceResult> failed() {
    return results().stream().filter(result -> result.action() == Action.FAILED).toList();
  }

  /** The answers that only promise results; empty when all is done. */
  public List<Submitted> submitted() {
    return answers.stream().filter(Submitted.class::isInstance).map(Submitted.class::cast).toList();
  }

  /** An answer to one request: results, or the promise of them. */
  public sealed interface Answer permits Done, Submitted {}

  /**
   * The request is done; an audience may be {@linkplain AdcpAudienceResult.Status#PROCESSING
   * matched} still.
   *
   * @param audiences the audiences of the request and, by the seller's choice, others of the
   *     account; in the seller's order
   * @param sandbox whether the seller says that all of it is simulated
   */
  public record Done(List<AdcpAudienceResult> audiences, boolean sandbox) implements Answer {
    /** Copies the list. */
    public Done {
      audiences = List.copyOf(audiences);
    }
  }

  /**
   * The request waits in line as a whole, and nothing is known of its audiences yet: it may come to
   * nothing. The seller tells by its {@code tasks/get}, which this library does not offer.
   *
   * @param taskId the seller's id for it, as it came
   * @param message the seller's words, plain and fit for logs, at most 2,000 characters; or null
   * @param remarks what the seller finds worth telling, and no failure; may be empty
   */
  public record Submitted(String taskId, @Nullable String message, List<AdcpError> remarks)
      implements Answer {
    /** Checks for null and copies the list. */
    public Submitted {
      Objects.requireNonNull(taskId, "taskId");
      remarks = List.copyOf(remarks);
    }
  }
}
