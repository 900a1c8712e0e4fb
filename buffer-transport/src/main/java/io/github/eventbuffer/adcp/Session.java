package io.github.eventbuffer.adcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an agent wants to see again with each request: the id of a session and the version of MCP
 * that was agreed on. Told apart by identity: two sessions are never the same. Immutable.
 */
final class Session {
  /** Nothing was agreed on; that is how each connection begins, and all that many agents need. */
  static final Session NONE = new Session(null, null);

  private static final Pattern ID = Pattern.compile("[!-~]{1,1024}");
  private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z.-]{1,32}");
  private static final Pattern ASKS_FOR_ONE =
      Pattern.compile(
          "\\bsession\\b|\\bnot initiali[sz]ed\\b|\\bprotocol version\\b",
          Pattern.CASE_INSENSITIVE);
  private static final int INVALID_PARAMS = -32602;

  private final @Nullable String id;
  private final @Nullable String version;

  private Session(@Nullable String id, @Nullable String version) {
    this.id = id;
    this.version = version;
  }

  /** What an answer to {@code initialize} agreed on. Null when no header may carry it. */
  static @Nullable Session of(@Nullable String id, String version) {
    return (id == null || ID.matcher(id).matches()) && VERSION.matcher(version).matches()
        ? new Session(id, version)
        : null;
  }

  /** Whether the agent keeps something for it. */
  boolean isKept() {
    return id != null;
  }

  /** The headers of a request in this session. */
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (id != null) {
      headers.put("Mcp-Session-Id", id);
    }
    if (version != null) {
      headers.put("MCP-Protocol-Version", version);
    }
    return headers;
  }

  /**
   * Whether an answer says that the request was not looked into because there is no session, or no
   * longer this one. By MCP an agent says 400 for want of a session and 404 to one that has ended;
   * the words are what its SDKs send where they say something else. What speaks of the tool's
   * arguments, or is an error of AdCP, was looked into.
   */
  boolean isRefusedBy(McpAnswer answer) {
    McpMessage message = answer.message();
    if (message != null && isOfTheTool(message)) {
      return false;
    }
    if (message != null && message.isRpcError() && ASKS_FOR_ONE.matcher(message.words()).find()) {
      return true;
    }
    boolean fresh = id == null && version == null;
    return answer.status() == 404 && (fresh || id != null) || answer.status() == 400 && fresh;
  }

  private static boolean isOfTheTool(McpMessage message) {
    return message.isRpcError()
        ? message.code() == INVALID_PARAMS
        : message.payload() != null || !message.words().isEmpty();
  }
}
