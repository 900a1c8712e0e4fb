package io.github.eventbuffer.interchange;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of {@link InterchangeClient} came to nothing. The message says what may be done, where
 * that is known. Its texts are fit for logs: without the key, and without what looks like an e-mail
 * address, a phone number or a hash.
 */
public final class InterchangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final @Nullable String field;
  private final transient List<Issue> issues;
  private final boolean retryable;

  /**
   * One thing that the endpoint found wrong with a request.
   *
   * @param path where, in the endpoint's notation; may be empty
   * @param code which rule; may be empty
   * @param message what; may be empty
   */
  public record Issue(String path, String code, String message) {}

  InterchangeException(
      String message,
      int status,
      String code,
      @Nullable String field,
      List<Issue> issues,
      boolean retryable) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
    this.issues = List.copyOf(issues);
    this.retryable = retryable;
  }

  /** The status of the answer; 0 when none came. */
  public int status() {
    return status;
  }

  /** The endpoint's code, for example {@code VALIDATION_ERROR}; empty when it gave none. */
  public String code() {
    return code;
  }

  /** The field that the endpoint pointed at, or null. */
  public @Nullable String field() {
    return field;
  }

  /** All that the endpoint found wrong; empty when it did not say. */
  public List<Issue> issues() {
    return issues == null ? List.of() : issues;
  }

  /** Whether the same call may succeed later: the service was at fault, or the pace. */
  public boolean isRetryable() {
    return retryable;
  }
}
