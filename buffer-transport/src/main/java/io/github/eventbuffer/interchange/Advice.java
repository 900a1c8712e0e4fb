package io.github.eventbuffer.interchange;

import org.jspecify.annotations.Nullable;

/** What to do about an answer of the endpoint, for people. */
final class Advice {
  private Advice() {}

  /** On a refusal of events, for which the buffer is held. */
  static String onEvents(int status, String code) {
    String common = common(status, code);
    if (common != null) {
      return common;
    }
    if (status == 404 || code.endsWith("NOT_FOUND")) {
      return "no such advertiser, event source or address; register the event source first, then"
          + " check advertiserId, eventSourceId and baseUrl";
    }
    if (status == 501 || code.equals("NOT_IMPLEMENTED")) {
      return "the endpoint does not offer log-event; check baseUrl";
    }
    if (status == 403 || Fault.of(code) == Fault.CONFIGURATION) {
      return "the key may not log events for this advertiser; check its scope, the account and"
          + " the terms of service";
    }
    return unexpected();
  }

  /** On a call of the client that failed; null where only the endpoint's words can help. */
  static @Nullable String onCall(int status, String code) {
    Fault fault = Fault.of(code);
    if (status == 408 || status == 429 || fault == Fault.PACE) {
      return "requests come too fast; wait, and call again";
    }
    String common = common(status, code);
    if (common != null) {
      return common;
    }
    if (status == 404 || code.endsWith("NOT_FOUND")) {
      return "no such advertiser, task or address; check the ids and baseUrl";
    }
    if (status == 413) {
      return "the request is too large for the endpoint, or for something before it; send less";
    }
    if (status == 501 || code.equals("NOT_IMPLEMENTED")) {
      return "the endpoint does not offer this; check baseUrl";
    }
    if (status == 403 || fault == Fault.CONFIGURATION) {
      return "the key may not do this for the advertiser; check its scope, the account and the"
          + " terms of service";
    }
    if (status >= 500 && status <= 599 || status == 409 || fault == Fault.SERVICE) {
      return "the service is at fault; call again later";
    }
    return status == 400 || status == 422 || status / 100 == 2 ? null : unexpected();
  }

  private static @Nullable String common(int status, String code) {
    if (status == 401 || code.equals("UNAUTHORIZED")) {
      return "the API key was refused; supply a valid one";
    }
    if (status == 402 || code.equals("CREDIT_LIMIT_EXCEEDED")) {
      return "the account's credit is used up; settle it with the vendor";
    }
    if (status == 407) {
      return "the proxy wants a login; let it pass this host, or set another proxy";
    }
    return status >= 300 && status <= 399
        ? "redirects are not followed; set baseUrl to the final address"
        : null;
  }

  private static String unexpected() {
    return "an unexpected status; check baseUrl and whether something between here and the"
        + " endpoint answers in its place";
  }
}
