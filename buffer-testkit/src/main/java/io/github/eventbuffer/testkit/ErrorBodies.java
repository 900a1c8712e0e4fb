package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Error bodies in the shapes that are documented or were seen. */
final class ErrorBodies {

  private ErrorBodies() {}

  /** The code that belongs to a status. */
  static String codeOf(int status) {
    return switch (status) {
      case 400 -> "VALIDATION_ERROR";
      case 401 -> "UNAUTHORIZED";
      case 402 -> "CREDIT_LIMIT_EXCEEDED";
      case 403 -> "FORBIDDEN";
      case 404 -> "NOT_FOUND";
      case 409 -> "CONFLICT";
      case 422 -> "INVALID_STATE";
      case 408, 429 -> "RATE_LIMITED";
      case 501 -> "NOT_IMPLEMENTED";
      case 502, 503, 504 -> "SERVICE_UNAVAILABLE";
      default -> status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR";
    };
  }

  static String bare(String code, String message) {
    return error(code, message).toString();
  }

  static String wrapped(String code, String message) {
    return wrap(error(code, message)).toString();
  }

  /** AdCP's shape: {@code errors} in place of the success fields. */
  static String errors(String code, String message) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putArray("errors").add(error(code, message));
    return root.toString();
  }

  static ObjectNode error(String code, String message) {
    return JsonNodeFactory.instance.objectNode().put("code", code).put("message", message);
  }

  static ObjectNode wrap(ObjectNode error) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putNull("data");
    root.set("error", error);
    return root;
  }
}
