package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.NotUnderstoodException;
import io.github.eventbuffer.http.PublicText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call of a tool whose arguments are small, and whose result is kept as a tree. */
final class ToolRequest implements McpRequest<ToolRequest.Outcome> {
  /** Major version of AdCP that all requests are written for. */
  private static final int ADCP_MAJOR_VERSION = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String tool;
  private final Map<String, Object> arguments;
  private final String success;
  private final boolean remarksPass;
  private final boolean maySubmit;

  private ToolRequest(
      String tool,
      Map<String, Object> arguments,
      String success,
      boolean remarksPass,
      boolean maySubmit) {
    this.tool = tool;
    this.arguments = arguments;
    this.success = success;
    this.remarksPass = remarksPass;
    this.maySubmit = maySubmit;
  }

  /**
   * A call of a tool.
   *
   * @param success the member that a success has, and a failure has not
   */
  static ToolRequest of(String tool, Map<String, Object> arguments, String success) {
    return new ToolRequest(tool, arguments, success, false, false);
  }

  /** The same of a tool whose answer may be that the call waits in line as a whole. */
  static ToolRequest ofQueued(String tool, Map<String, Object> arguments, String success) {
    return new ToolRequest(tool, arguments, success, false, true);
  }

  /** The call for what the seller can do; errors beside the answer are remarks by the schema. */
  static ToolRequest forCapabilities() {
    return new ToolRequest("get_adcp_capabilities", versioned(), "adcp", true, false);
  }

  /**
   * What came of it: a result, or a failure twice over, for a caller and for a buffer. Exactly one
   * of result and failure is there.
   */
  record Outcome(
      @Nullable JsonNode result,
      @Nullable AdcpException failure,
      @Nullable DeliveryResult toBuffer,
      PublicText text) {}

  /** Arguments that name the version of AdCP, and have room for more behind it. */
  static Map<String, Object> versioned() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("adcp_major_version", ADCP_MAJOR_VERSION);
    return arguments;
  }

  /** A JSON-RPC message; its parameters are the last member. */
  static Map<String, Object> toolsCall(long id, Map<String, Object> params) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", "2.0");
    message.put("id", id);
    message.put("method", "tools/call");
    message.put("params", params);
    return message;
  }

  @Override
  public HttpCall.Content message(long id) throws JsonProcessingException {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("name", tool);
    params.put("arguments", arguments);
    return HttpCall.Content.of(JSON.writeValueAsBytes(toolsCall(id, params)));
  }

  @Override
  public Outcome answered(McpAnswer answer, PublicText text) {
    McpMessage message = answer.message();
    if (answer.isSuccess()
        && message != null
        && !message.isRpcError()
        && !message.isToolError()
        && message.payload() != null) {
      try {
        JsonNode result = JsonTree.read(message.payload());
        boolean submitted = maySubmit && JsonTree.isSubmitted(result);
        boolean fails = JsonTree.isFailure(result, remarksPass || submitted);
        if (submitted && (fails || result.has(success))) {
          throw new NotUnderstoodException("it is submitted, and done or failed as well");
        }
        if (!submitted && result.has(success) == fails) {
          throw new NotUnderstoodException(
              fails ? "it has errors and " + success : "it has neither errors nor " + success);
        }
        if (!fails) {
          return new Outcome(result, null, null, text);
        }
      } catch (NotUnderstoodException e) {
        String doubt = "the agent's answer is not understood: " + e.getMessage();
        return failure(
            AdcpException.unclear(tool, doubt), new DeliveryResult.Unavailable(doubt), text);
      }
    }
    DeliveryResult judged = new LogEventJudge(0, text).judgeOther(answer);
    AdcpError error = error(answer, text);
    return failure(
        error == null
            ? AdcpException.of(tool, answer, judged, text)
            : AdcpException.of(tool, error),
        judged,
        text);
  }

  /** The first error of AdCP in an answer, or null. */
  private static @Nullable AdcpError error(McpAnswer answer, PublicText text) {
    McpMessage message = answer.message();
    if (message == null || message.payload() == null) {
      return null;
    }
    try {
      LogEventAnswer content = new LogEventReader(0, text).read(message.payload());
      return content.errors().isEmpty() ? null : content.errors().get(0);
    } catch (NotUnderstoodException e) {
      return null;
    }
  }

  private static Outcome failure(AdcpException failure, DeliveryResult judged, PublicText text) {
    return new Outcome(null, failure, judged, text);
  }

  @Override
  public Outcome withoutSession(McpAnswer refusal, DeliveryResult why, PublicText text) {
    return failure(AdcpException.of(tool, refusal, why, text), why, text);
  }

  @Override
  public Outcome failed(Failure failure) {
    return failure(
        AdcpException.unanswered(tool, failure),
        failure.isForKey()
            ? new DeliveryResult.Held(failure.reason())
            : new DeliveryResult.Unavailable(failure.reason()),
        new PublicText(""));
  }

  @Override
  public boolean isThrottled(Outcome outcome) {
    return outcome.toBuffer() instanceof DeliveryResult.Throttled;
  }

  @Override
  public @Nullable Duration retryAfter(Outcome outcome) {
    return outcome.toBuffer() instanceof DeliveryResult.Throttled throttled
        ? throttled.retryAfter()
        : null;
  }
}
