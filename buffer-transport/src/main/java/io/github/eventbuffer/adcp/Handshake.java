package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.http.HttpCall;
import io.github.eventbuffer.http.LibraryVersion;
import io.github.eventbuffer.http.PublicText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of the two messages that begin a session: {@code initialize}, and the note that it was
 * understood.
 */
final class Handshake implements McpRequest<Handshake.Outcome> {
  /** The newest version of MCP that this was written for; an agent may answer with an older one. */
  static final String VERSION = "2025-06-18";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Outcome GONE_WELL = new Outcome(null, null, null, null);

  private final boolean confirms;

  private Handshake(boolean confirms) {
    this.confirms = confirms;
  }

  /** Asks for a session. */
  static Handshake initialize() {
    return new Handshake(false);
  }

  /** Says that the session may begin; has no answer. */
  static Handshake initialized() {
    return new Handshake(true);
  }

  /**
   * What came of it: a session, an answer that is a failure, or no answer. None of them for the
   * note, when it arrived.
   */
  record Outcome(
      @Nullable Session session,
      @Nullable McpAnswer answer,
      @Nullable PublicText text,
      @Nullable Failure failure) {

    /** Became of a session that was asked for. */
    static Outcome of(Session session) {
      return new Outcome(session, null, null, null);
    }

    /** What this failure means for the request that wanted the session. */
    <T> T failed(McpRequest<T> wanting) {
      McpAnswer refusal = answer;
      PublicText known = text;
      if (refusal != null && known != null) {
        DeliveryResult why = new LogEventJudge(0, known).judgeOther(refusal);
        return wanting.withoutSession(refusal, why, known);
      }
      Failure none = failure;
      return wanting.failed(
          none == null ? new Failure("the agent began no session", false, false) : none);
    }

    /** Became of nothing that the agent said. */
    static Outcome none(String reason) {
      return new Outcome(null, null, null, new Failure(reason, false, false));
    }

    /** Whether the note that the session may begin arrived. */
    boolean hasGoneWell() {
      return answer == null && failure == null;
    }

    boolean isThrottled() {
      return answer != null && answer.status() == 429;
    }
  }

  @Override
  public HttpCall.Content message(long id) throws JsonProcessingException {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", "2.0");
    if (confirms) {
      message.put("method", "notifications/initialized");
    } else {
      message.put("id", id);
      message.put("method", "initialize");
      Map<String, Object> params = new LinkedHashMap<>();
      params.put("protocolVersion", VERSION);
      params.put("capabilities", Map.of());
      Map<String, Object> client = new LinkedHashMap<>();
      client.put("name", "event-buffer");
      client.put("version", LibraryVersion.current());
      params.put("clientInfo", client);
      message.put("params", params);
    }
    return HttpCall.Content.of(JSON.writeValueAsBytes(message));
  }

  @Override
  public Outcome answered(McpAnswer answer, PublicText text) {
    if (!answer.isSuccess()) {
      return new Outcome(null, answer, text, null);
    }
    if (confirms) {
      return GONE_WELL;
    }
    McpMessage message = answer.message();
    if (message == null) {
      return unclear(answer.doubt());
    }
    if (message.isRpcError()) {
      return new Outcome(null, answer, text, null);
    }
    Session session =
        Session.of(
            answer.headers().firstValue("Mcp-Session-Id").orElse(null), message.agreedVersion());
    return session == null ? unclear("no header may carry what it says") : Outcome.of(session);
  }

  private static Outcome unclear(String doubt) {
    return Outcome.none("the answer to initialize is not understood: " + doubt);
  }

  @Override
  public Outcome withoutSession(McpAnswer refusal, DeliveryResult why, PublicText text) {
    return new Outcome(null, refusal, text, null);
  }

  @Override
  public Outcome failed(Failure failure) {
    return new Outcome(null, null, null, failure);
  }

  @Override
  public boolean isThrottled(Outcome outcome) {
    return outcome.isThrottled();
  }

  @Override
  public @Nullable Duration retryAfter(Outcome outcome) {
    McpAnswer refusal = outcome.answer();
    return refusal == null ? null : Delays.asked(refusal, null);
  }
}
