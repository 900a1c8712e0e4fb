package io.github.eventbuffer.adcp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may be done about an error, in AdCP's own three words (3.1, {@code core/error.json}). */
public enum Recovery {
  /** The same request may succeed later. */
  TRANSIENT,
  /** Another request may succeed: this one has to be corrected. */
  CORRECTABLE,
  /** Nothing will succeed until somebody puts something right. */
  TERMINAL;

  /** Those that AdCP 3.1.19 calls correctable and that these tools may meet. */
  private static final Set<String> CORRECTABLE_CODES =
      Set.of(
          "INVALID_REQUEST",
          "VALIDATION_ERROR",
          "AUTH_REQUIRED",
          "AUTH_MISSING",
          "AUTHORIZATION_REQUIRED",
          "PERMISSION_DENIED",
          "SCOPE_INSUFFICIENT",
          "READ_ONLY_SCOPE",
          "FIELD_NOT_PERMITTED",
          "ACTION_NOT_ALLOWED",
          "POLICY_VIOLATION",
          "COMPLIANCE_UNSATISFIED",
          "GOVERNANCE_DENIED",
          "UNSUPPORTED_FEATURE",
          "UNSUPPORTED_PROVISIONING",
          "VERSION_UNSUPPORTED",
          "ACCOUNT_SETUP_REQUIRED",
          "ACCOUNT_AMBIGUOUS",
          "BRAND_REQUIRED",
          "BILLING_NOT_SUPPORTED",
          "BILLING_NOT_PERMITTED_FOR_AGENT",
          "AUDIENCE_TOO_SMALL",
          "REFERENCE_NOT_FOUND",
          "INVALID_STATE",
          "IDEMPOTENCY_CONFLICT",
          "IDEMPOTENCY_EXPIRED",
          // Not in the enum; named by the page of sync_event_sources.
          "INVALID_EVENT_TYPE",
          "DUPLICATE_EVENT_SOURCE_ID");

  private static final Set<String> TERMINAL_CODES =
      Set.of(
          "AUTH_INVALID",
          "CONFIGURATION_ERROR",
          "ACCOUNT_NOT_FOUND",
          "ACCOUNT_PAYMENT_REQUIRED",
          "ACCOUNT_SUSPENDED",
          "BUDGET_EXHAUSTED",
          "BILLING_OUT_OF_BAND",
          "AGENT_SUSPENDED",
          "AGENT_BLOCKED",
          "CREDENTIAL_IN_ARGS");

  /**
   * What an error says of itself counts. One that says nothing is what AdCP says of its code; a
   * code that nobody knows is transient, and a word that nobody knows is terminal.
   *
   * @param said the error's {@code recovery}, or null when it has none
   */
  static Recovery of(String code, @Nullable String said) {
    if (said != null) {
      return switch (said) {
        case "transient" -> TRANSIENT;
        case "correctable" -> CORRECTABLE;
        default -> TERMINAL;
      };
    }
    if (TERMINAL_CODES.contains(code)) {
      return TERMINAL;
    }
    return CORRECTABLE_CODES.contains(code) ? CORRECTABLE : TRANSIENT;
  }
}
