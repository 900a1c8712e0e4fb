package io.github.eventbuffer.interchange;

import java.util.Set;

/** Who is at fault, by the endpoint's error code. The vocabulary is open. */
enum Fault {
  /** Key, account, advertiser, source or permission: nothing gets through until it is put right. */
  CONFIGURATION,
  /** Too many requests. */
  PACE,
  /** The service. */
  SERVICE,
  /** The events. */
  DATA,
  /** A code that nobody told us about, or none. */
  UNKNOWN;

  private static final Set<String> CONFIGURATION_CODES =
      Set.of(
          "UNAUTHORIZED",
          "FORBIDDEN",
          "ACCESS_DENIED",
          "CREDIT_LIMIT_EXCEEDED",
          "TOS_ACCEPTANCE_REQUIRED",
          "CUSTOMER_SCOPE_REQUIRED",
          "NOT_IMPLEMENTED",
          "AUTH_REQUIRED",
          "AUTH_MISSING",
          "AUTH_INVALID",
          "AUTHORIZATION_REQUIRED",
          "INVALID_API_KEY",
          "INVALID_TOKEN",
          "INVALID_CREDENTIALS",
          "PERMISSION_DENIED",
          "SCOPE_INSUFFICIENT",
          "READ_ONLY_SCOPE",
          "CONFIGURATION_ERROR");
  private static final Set<String> DATA_CODES =
      Set.of("VALIDATION_ERROR", "BAD_REQUEST", "CURRENCY_MISMATCH", "CAPABILITY_NOT_SUPPORTED");
  private static final Set<String> PACE_CODES = Set.of("RATE_LIMITED", "TOO_MANY_REQUESTS");
  private static final Set<String> SERVICE_CODES = Set.of("INTERNAL_ERROR", "SERVICE_UNAVAILABLE");

  /** The fault that a code speaks of. Sets come before patterns: INVALID_TOKEN is no data fault. */
  static Fault of(String code) {
    if (CONFIGURATION_CODES.contains(code)
        || code.endsWith("NOT_FOUND")
        || code.startsWith("ACCOUNT_")) {
      return CONFIGURATION;
    }
    if (PACE_CODES.contains(code)) {
      return PACE;
    }
    if (SERVICE_CODES.contains(code)) {
      return SERVICE;
    }
    return DATA_CODES.contains(code) || code.startsWith("INVALID_") ? DATA : UNKNOWN;
  }
}
