package io.github.eventbuffer.adcp;

import org.jspecify.annotations.Nullable;

/** What to do about an answer of the agent, for people. */
final class Advice {
  private static final String KEY = "the key was refused; supply a valid one";

  private Advice() {}

  /** On a status of HTTP for which the buffer is held. */
  static String onStatus(int status) {
    return switch (status) {
      case 401 -> KEY;
      case 402 -> "the account's credit is used up; settle it with the seller";
      case 403 -> "the key may not do this; check its scope and the account";
      case 404 -> "no agent at this address; check baseUrl";
      case 407 -> "the proxy wants a login; let it pass this host, or set another proxy";
      case 400, 422 -> "the agent does not take the request for one of MCP; check baseUrl";
      default ->
          status >= 300 && status <= 399
              ? "redirects are not followed; set baseUrl to the final address, with its trailing"
                  + " slash if it has one"
              : "an unexpected status; check baseUrl and whether something between here and the"
                  + " agent answers in its place";
    };
  }

  /** On an error of AdCP for which the buffer is held. */
  static String onEvents(String code) {
    String common = common(code);
    if (common != null) {
      return common;
    }
    return code.endsWith("NOT_FOUND")
        ? "no such event source; register it first, then check eventSourceId"
        : "the seller refuses the request, not its events; check key, account and event source";
  }

  /** On a status of HTTP with which a call of the client failed. */
  static String onCall(int status) {
    return switch (status) {
      case 408, 429 -> "requests come too fast; wait, and call again";
      case 413 -> "the request is too large for the agent, or for something before it; send less";
      case 501 -> "the agent does not offer this; check baseUrl";
      default ->
          status == 409 || status >= 500 && status <= 599
              ? "the agent is at fault; call again later, under the same key"
              : onStatus(status);
    };
  }

  /** On an error of AdCP with which a call of the client failed; the agent's own advice first. */
  static @Nullable String onCall(AdcpError error) {
    if (error.suggestion() != null) {
      return "the agent suggests: " + error.suggestion();
    }
    String common = common(error.code());
    if (common != null) {
      return common;
    }
    if (error.code().equals("RATE_LIMITED")) {
      return "requests come too fast; wait, and call again";
    }
    return switch (error.recovery()) {
      case TRANSIENT -> "call again later, under the same key";
      case TERMINAL -> "check key and account, or ask the seller";
      // Which word to correct only the agent's words can say.
      case CORRECTABLE -> null;
    };
  }

  private static @Nullable String common(String code) {
    if (code.startsWith("AUTH") || code.startsWith("CREDENTIAL")) {
      return KEY;
    }
    return code.startsWith("ACCOUNT") || code.startsWith("BRAND") || code.startsWith("BILLING")
        ? "the account is not ready; check it with the seller"
        : null;
  }
}
