package io.github.eventbuffer.adcp;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.http.PublicText;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that the agent refused, or that did not get through. The message says what may be done,
 * where that is known; without secrets.
 *
 * <p>The code is the agent's own, or one of these:
 *
 * <table>
 * <caption>Codes of this library</caption>
 * <tr><th>code<th>means<th>recovery
 * <tr><td>{@code UNANSWERED}<td>no answer came; what the agent did is unknown<td>transient
 * <tr><td>{@code NOT_UNDERSTOOD}<td>an answer that is not AdCP's; what the agent did is unknown
 *     <td>transient
 * <tr><td>{@code NO_KEY}<td>the key supplier gave no key that can be sent<td>terminal
 * <tr><td>{@code HTTP_}status<td>refused by HTTP, for example {@code HTTP_401}<td>transient for
 *     408, 409, 429 and 5xx but 501; else terminal
 * <tr><td>{@code RPC_}code<td>refused by MCP, for example {@code RPC_-32601}<td>terminal for
 *     -32600 to -32602; else transient
 * </table>
 */
public final class AdcpException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofHours(1);

  private final AdcpError error;

  /**
   * A failure.
   *
   * @param words say the code where it tells more than they do
   */
  private AdcpException(String tool, AdcpError error, String words) {
    super(tool + " failed: " + words);
    this.error = error;
  }

  static AdcpException of(String tool, AdcpError error) {
    String advice = Advice.onCall(error);
    return new AdcpException(
        tool,
        error,
        error.code()
            + (error.message().isEmpty() ? "" : ": " + error.message())
            + (error.field() == null ? "" : " (" + error.field() + ")")
            + (advice == null ? "" : "; " + advice));
  }

  static AdcpException unclear(String tool, String doubt) {
    return new AdcpException(tool, own("NOT_UNDERSTOOD", doubt, null, Recovery.TRANSIENT), doubt);
  }

  static AdcpException unanswered(String tool, McpRequest.Failure failure) {
    String reason = failure.reason();
    return failure.isForKey()
        ? new AdcpException(tool, own("NO_KEY", reason, null, Recovery.TERMINAL), reason)
        : new AdcpException(
            tool, own("UNANSWERED", reason, null, Recovery.TRANSIENT), "UNANSWERED: " + reason);
  }

  /** Of an answer without an error of AdCP. */
  static AdcpException of(String tool, McpAnswer answer, DeliveryResult judged, PublicText text) {
    String words = words(judged);
    Duration delay = Delays.asked(answer, null);
    int status = answer.status();
    McpMessage message = answer.message();
    if (!answer.isSuccess()) {
      boolean passes =
          status == 408 || status == 409 || status == 429 || status / 100 == 5 && status != 501;
      Recovery recovery = passes ? Recovery.TRANSIENT : Recovery.TERMINAL;
      String said = message == null ? "" : text.of(message.words(), PublicText.MAX_ERROR_CHARS);
      String advice =
          Advice.onCall(status) + (said.isEmpty() ? "" : " (the agent says: " + said + ")");
      return new AdcpException(
          tool, own("HTTP_" + status, advice, delay, recovery), "HTTP " + status + ": " + advice);
    }
    if (message != null && message.isRpcError()) {
      boolean ours = message.code() <= -32600 && message.code() >= -32602;
      Recovery recovery = ours ? Recovery.TERMINAL : Recovery.TRANSIENT;
      String code = "JSON-RPC error " + message.code();
      return new AdcpException(
          tool,
          own("RPC_" + message.code(), words, delay, recovery),
          words.startsWith(code) ? words : code + ": " + words);
    }
    if (message != null && message.isToolError() && message.payload() == null) {
      boolean ours = !(judged instanceof DeliveryResult.Unavailable);
      return new AdcpException(
          tool, own("UNKNOWN", words, delay, ours ? Recovery.TERMINAL : Recovery.TRANSIENT), words);
    }
    return unclear(tool, words);
  }

  private static String words(DeliveryResult judged) {
    if (judged instanceof DeliveryResult.Held held) {
      return held.reason();
    }
    if (judged instanceof DeliveryResult.Unavailable unavailable) {
      return unavailable.cause();
    }
    return judged instanceof DeliveryResult.InvalidBatch invalid ? invalid.message() : "";
  }

  private static AdcpError own(
      String code, String message, @Nullable Duration retryAfter, Recovery recovery) {
    Duration clamped = retryAfter == null || retryAfter.compareTo(MOST) <= 0 ? retryAfter : MOST;
    return new AdcpError(
        code,
        message,
        null,
        null,
        clamped == null || clamped.compareTo(LEAST) >= 0 ? clamped : LEAST,
        recovery,
        List.of());
  }

  /** All that is known of it. */
  public AdcpError error() {
    return error;
  }

  /** The agent's code, or one of this library's; never empty. */
  public String code() {
    return error.code();
  }

  /** Where in the request, as the agent wrote it; null when it did not say. */
  public @Nullable String field() {
    return error.field();
  }

  /** What may be done. */
  public Recovery recovery() {
    return error.recovery();
  }

  /** The fields at fault; empty when the agent named none. */
  public List<AdcpIssue> issues() {
    return error.issues();
  }

  /** How long to wait before the next try, 1 s to 1 h; null when nobody said. */
  public @Nullable Duration retryAfter() {
    return error.retryAfter();
  }

  /**
   * Whether the same call, under the same idempotency key, may succeed later. Where no answer came,
   * the agent may have done what was asked; under the same key it does not do it again.
   */
  public boolean isRetryable() {
    return error.isRetryable();
  }
}
