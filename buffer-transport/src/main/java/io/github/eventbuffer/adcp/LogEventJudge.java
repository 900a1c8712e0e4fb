package io.github.eventbuffer.adcp;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.DeliveryResult.InvalidEvent;
import io.github.eventbuffer.http.EventPath;
import io.github.eventbuffer.http.NotUnderstoodException;
import io.github.eventbuffer.http.PublicText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an answer to {@code log_event} means; the table stands at {@link McpTransport}.
 * Delivered needs a result that is understood and speaks of exactly this batch; every doubt about a
 * 2xx is Unavailable.
 */
final class LogEventJudge {
  private static final long INVALID_REQUEST = -32600;
  private static final long METHOD_NOT_FOUND = -32601;
  private static final long INVALID_PARAMS = -32602;

  /** How MCP's own SDKs tell of what went wrong around a tool. */
  private static final Pattern TOLD_CODE = Pattern.compile("MCP error (-?\\d{1,9}): .*");

  /** The path of an argument in a validator's words: {@code events.0.x}, {@code "events", 0}. */
  private static final Pattern OF_THE_EVENTS = Pattern.compile("\\bevents\\b");

  private static final Pattern NO_SUCH_TOOL =
      Pattern.compile(
          "(MCP error -?\\d{1,9}: )?(Tool \\S+ (not found|disabled)|Unknown tool\\b).*");

  private final int count;
  private final PublicText text;

  /**
   * A judge of answers to one batch.
   *
   * @param count number of events in the batch; 0 for a request that has none
   */
  LogEventJudge(int count, PublicText text) {
    this.count = count;
    this.text = text;
  }

  /** The outcome of an attempt that was answered. */
  DeliveryResult judge(McpAnswer answer) {
    LogEventAnswer content = null;
    String doubt = answer.doubt();
    McpMessage message = answer.message();
    if (message != null && message.payload() != null) {
      try {
        content = new LogEventReader(count, text).read(message.payload());
      } catch (NotUnderstoodException e) {
        doubt = String.valueOf(e.getMessage());
      }
    }
    if (!answer.isSuccess()) {
      return refused(answer, content);
    }
    if (message == null) {
      return notUnderstood(doubt);
    }
    if (message.isRpcError()) {
      return content != null && hasErrors(content)
          ? byErrors(answer, content)
          : byRpcError(message);
    }
    if (content == null) {
      return message.isToolError() && doubt.isEmpty()
          ? byWords(message)
          : notUnderstood(doubt.isEmpty() ? "it has no structured result" : doubt);
    }
    if (hasErrors(content)) {
      return content.success().received() >= 0 || content.success().processed() >= 0
          ? notUnderstood("it has errors and the fields of a success")
          : byErrors(answer, content);
    }
    return message.isToolError()
        ? notUnderstood("it is an error and says not which")
        : success(content);
  }

  /**
   * What an answer that is no success means, to a request that was made for the sake of a batch and
   * did not carry it: held, unavailable or throttled. It blames no batch.
   */
  DeliveryResult judgeOther(McpAnswer answer) {
    DeliveryResult judged = judge(answer);
    if (judged instanceof DeliveryResult.Held
        || judged instanceof DeliveryResult.Unavailable
        || judged instanceof DeliveryResult.Throttled) {
      return judged;
    }
    String words = words(answer);
    if (judged instanceof DeliveryResult.InvalidBatch invalid) {
      words = invalid.code() + ": " + invalid.message();
    }
    return new DeliveryResult.Held(
        "the agent refuses what has to be asked before any event is sent" + said(words));
  }

  private DeliveryResult success(LogEventAnswer content) {
    if (!content.status().isEmpty() && !content.status().equals("completed")) {
      return notUnderstood("its status is " + content.status());
    }
    String doubt = content.success().doubt(count);
    return doubt == null ? content.success().toDelivered() : notUnderstood(doubt);
  }

  private static DeliveryResult notUnderstood(String doubt) {
    return new DeliveryResult.Unavailable("the agent's answer is not understood: " + doubt);
  }

  private static boolean hasErrors(LogEventAnswer content) {
    return !content.errors().isEmpty();
  }

  /**
   * Data faults come last: what follows from them cannot be undone, so one error that speaks of
   * something else speaks for all.
   */
  private static AdcpError deciding(List<AdcpError> errors) {
    for (AdcpError error : errors) {
      if (AdcpFault.of(error) != AdcpFault.DATA) {
        return error;
      }
    }
    return errors.get(0);
  }

  private DeliveryResult byErrors(McpAnswer answer, LogEventAnswer content) {
    AdcpError error = deciding(content.errors());
    return switch (AdcpFault.of(error)) {
      case CONFIGURATION -> held(error);
      case KEY_CONFLICT ->
          new DeliveryResult.Held(
              error.code()
                  + ": the seller has another request under this batch's key; were the account,"
                  + " the test event code or this library's version changed, or a copy of the"
                  + " buffer's directory used elsewhere? Undo that; else delivery goes on when the"
                  + " seller's replay window is over"
                  + said(error.message()));
      case KEY_EXPIRED -> new DeliveryResult.KeyExpired(label(error));
      case PACE -> new DeliveryResult.Throttled(Delays.asked(answer, error));
      case SERVICE -> new DeliveryResult.Unavailable(label(error), Delays.asked(answer, error));
      case DATA ->
          new DeliveryResult.InvalidBatch(error.code(), error.message(), invalid(content.errors()));
    };
  }

  /** The events that any of the errors points at, each once. */
  private List<InvalidEvent> invalid(List<AdcpError> errors) {
    Map<Integer, InvalidEvent> byPosition = new LinkedHashMap<>();
    for (AdcpError error : errors) {
      for (AdcpIssue issue : error.issues()) {
        int position = EventPath.position(issue.pointer(), count);
        if (position != EventPath.NONE) {
          byPosition.putIfAbsent(
              position, new InvalidEvent(position, error.code(), issue.message()));
        }
      }
      String field = error.field();
      int position = field == null ? EventPath.NONE : EventPath.position(field, count);
      if (position != EventPath.NONE) {
        byPosition.putIfAbsent(position, new InvalidEvent(position, error.code(), error.message()));
      }
    }
    return new ArrayList<>(byPosition.values());
  }

  private DeliveryResult byRpcError(McpMessage message) {
    return byRpcCode(message.code(), message.words());
  }

  /** An error of the tool without an object of AdCP: an SDK's words. */
  private DeliveryResult byWords(McpMessage message) {
    Matcher told = TOLD_CODE.matcher(firstLine(message.words()));
    return byRpcCode(told.matches() ? Long.parseLong(told.group(1)) : 0, message.words());
  }

  private DeliveryResult byRpcCode(long code, String unsafe) {
    String words = text.of(unsafe, PublicText.MAX_ERROR_CHARS);
    if (code == METHOD_NOT_FOUND || NO_SUCH_TOOL.matcher(firstLine(unsafe)).matches()) {
      return new DeliveryResult.Held(
          "the agent does not offer this tool; check baseUrl" + said(words));
    }
    if (code == INVALID_REQUEST) {
      return new DeliveryResult.Held(
          "the agent does not take the request for one of MCP; check baseUrl" + said(words));
    }
    if (code == INVALID_PARAMS) {
      // Words that do not speak of the events speak of what is the same for every batch.
      return OF_THE_EVENTS.matcher(unsafe).find()
          ? new DeliveryResult.InvalidBatch("INVALID_PARAMS", words, List.of())
          : new DeliveryResult.Held(
              "the agent refuses the request's arguments, and not its events; check account and"
                  + " event source"
                  + said(words));
    }
    return new DeliveryResult.Unavailable(
        (code == 0 ? "the agent failed" : "JSON-RPC error " + code) + said(words));
  }

  private static String firstLine(String words) {
    return words.lines().findFirst().orElse("");
  }

  private DeliveryResult refused(McpAnswer answer, @Nullable LogEventAnswer content) {
    int status = answer.status();
    AdcpError error = content != null && hasErrors(content) ? deciding(content.errors()) : null;
    return switch (status) {
      case 400, 422 ->
          content != null && error != null ? byErrors(answer, content) : byBareStatus(answer);
      case 408, 429 -> new DeliveryResult.Throttled(Delays.asked(answer, error));
      case 409 -> unavailable(answer, error);
      case 413 -> new DeliveryResult.TooLarge();
      case 501 -> held(answer, error);
      default -> status >= 500 && status <= 599 ? unavailable(answer, error) : held(answer, error);
    };
  }

  /**
   * A 400 that says nothing of AdCP comes from MCP's own layer, or from something in between, which
   * did not look into the events: no reason to suspect them.
   */
  private DeliveryResult byBareStatus(McpAnswer answer) {
    McpMessage message = answer.message();
    return message != null && message.isRpcError() && message.code() == INVALID_PARAMS
        ? byRpcError(message)
        : held(answer, null);
  }

  private DeliveryResult unavailable(McpAnswer answer, @Nullable AdcpError error) {
    return new DeliveryResult.Unavailable(
        "HTTP " + answer.status() + (error == null ? said(words(answer)) : " " + label(error)),
        Delays.asked(answer, error));
  }

  private static DeliveryResult held(AdcpError error) {
    boolean unknownSource =
        error.code().endsWith("NOT_FOUND") || "event_source_id".equals(error.field());
    return new DeliveryResult.Held(
        error.code() + ": " + Advice.onEvents(error.code()) + said(error.message()), unknownSource);
  }

  private DeliveryResult held(McpAnswer answer, @Nullable AdcpError error) {
    String code = error == null ? "" : " " + error.code();
    return new DeliveryResult.Held(
        "HTTP "
            + answer.status()
            + code
            + ": "
            + Advice.onStatus(answer.status())
            + said(error == null ? words(answer) : error.message()));
  }

  private String words(McpAnswer answer) {
    McpMessage message = answer.message();
    return message == null ? "" : text.of(message.words(), PublicText.MAX_ERROR_CHARS);
  }

  private static String said(String words) {
    return words.isEmpty() ? "" : " (the agent says: " + words + ")";
  }

  private static String label(AdcpError error) {
    return error.code() + (error.message().isEmpty() ? "" : ": " + error.message());
  }
}
